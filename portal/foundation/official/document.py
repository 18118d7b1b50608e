"""The writer of official documents: what is appended to it comes out as DOCX in the standard's layout."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length

from portal.foundation.official.blocks import MarkdownBlock, links_of, markdown_blocks, printed_address
from portal.foundation.official.layout import (
    BODY_SIZE,
    LINE_PITCH,
    TITLE_LINE_PITCH,
    TITLE_SIZE,
    TYPE_AREA_WIDTH_MM,
    Typeface,
    draw_rule,
    is_external,
    lay_out_section,
    leave_grid,
    link_run,
    new_docx,
    write_run,
)
from portal.foundation.official.tables import Cell, append_table

# Headings of levels 1 to 4 (一、 （一） 1. （1）): typeface, bold.
HEADING_TYPES = (
    (Typeface.HEI, False),
    (Typeface.KAI, False),
    (Typeface.FANG_SONG, True),
    (Typeface.FANG_SONG, False),
)


@dataclass(frozen=True)
class TypedRun:
    """A stretch of text in one typeface and look; `url` makes it a link."""

    text: str
    typeface: Typeface = Typeface.FANG_SONG
    bold: bool = False
    italic: bool = False
    strike: bool = False
    url: str = ""


class OfficialDocument:
    """A DOCX in the layout of GB/T 9704-2012; each call appends, `to_bytes` returns the file.

    `title` and `number` become the file's properties; the visible title is written by `add_title`.
    A document that is one wide table begins turned (`landscape`).
    """

    def __init__(self, *, title: str, number: str = "", landscape: bool = False) -> None:
        self._docx = new_docx(title, number, landscape=landscape)

    def add_title(self, text: str) -> None:
        """Append a title: 2 号小标宋, centred."""
        run = TypedRun(text, Typeface.TITLE)
        self._add([run], centred=True, size=TITLE_SIZE, pitch=TITLE_LINE_PITCH, outline=0)

    def add_heading(self, text: str, *, level: int = 1) -> None:
        """Append a heading with its number: level 1 (一、) in 黑体, 2 in 楷体, 3 and 4 in 仿宋."""
        typeface, bold = HEADING_TYPES[level - 1]
        self._add([TypedRun(text, typeface, bold)], outline=level - 1)

    def add_paragraph(self, *runs: TypedRun | str, centred: bool = False, indented: bool = True) -> None:
        """Append a paragraph, its first line two characters in; strings are body text, none is a blank line."""
        typed = [TypedRun(run) if isinstance(run, str) else run for run in runs]
        self._add(typed, centred=centred, indented=indented)

    def add_markdown(self, text: str, *, list_level: int = 1) -> None:
        """Append a Markdown text; how its headings and lists are numbered is said by `markdown_blocks`."""
        for block in markdown_blocks(text, list_level=list_level):
            self.add_block(block)

    def add_block(
        self, block: MarkdownBlock, *, typeface: Typeface = Typeface.FANG_SONG, is_part: bool = False
    ) -> None:
        """Append one block of a Markdown text; the columns of a table share the width of the type area.

        A heading of a part, such as a clause, is one of its items and not set as a heading of the document.
        """
        if block.kind == "heading" and not is_part:
            typeface, bold = HEADING_TYPES[block.level]
            self._add(block_runs(block, typeface, bold=bold), outline=block.level)
        elif block.kind == "table":
            header, *rows = block.rows
            width = TYPE_AREA_WIDTH_MM / max(len(header), 1)
            self.add_table(header, rows, [width] * len(header))
        elif block.kind == "code":
            for line in filter(str.strip, block.text.splitlines()):
                self._add([TypedRun(line, typeface)], quote_depth=block.quote_depth)
        elif block.kind == "rule":
            draw_rule(self._docx.add_paragraph())
        else:
            self._add(block_runs(block, typeface), quote_depth=block.quote_depth)

    def add_table(
        self,
        header: Sequence[Cell],
        rows: Iterable[Sequence[Cell]],
        widths_mm: Sequence[float],
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        """Append a table whose header repeats on each page.

        Cells are plain text or runs of Markdown. `on_progress` receives the number of rows written, every 50 rows. Raises ValueError
        where a row has more or fewer cells than there are widths.
        """
        append_table(self._docx, header, rows, widths_mm, on_progress)

    def begin_section(self, *, landscape: bool = False) -> None:
        """Begin a section on a new page, upright or turned."""
        lay_out_section(self._docx.add_section(WD_SECTION.NEW_PAGE), landscape=landscape)

    def to_bytes(self) -> bytes:
        """Return the file."""
        buffer = io.BytesIO()
        self._docx.save(buffer)
        return buffer.getvalue()

    def _add(
        self,
        runs: Iterable[TypedRun],
        *,
        centred: bool = False,
        indented: bool = True,
        size: Length = BODY_SIZE,
        pitch: Length = LINE_PITCH,
        outline: int | None = None,
        quote_depth: int = 0,
    ) -> None:
        """Append a paragraph.

        `outline` is its level in a word processor's navigation, 0 the highest; each level of `quote_depth` moves it in by
        two characters.
        """
        paragraph = self._docx.add_paragraph()
        layout = paragraph.paragraph_format
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, pitch
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.JUSTIFY
        for run in filter(lambda run: run.text, runs):
            written = write_run(paragraph, run.text, run.typeface, size, bold=run.bold)
            written.font.italic, written.font.strike = run.italic or None, run.strike or None
            if is_external(run.url):
                link_run(paragraph, written, run.url)
        properties = paragraph._p.get_or_add_pPr()
        if indented and not centred:
            # The length is for programs that do not know indents in characters (hundredths of one).
            layout.first_line_indent = Length(size * 2)
            properties.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")
        if quote_depth:
            layout.left_indent = Length(size * 2 * quote_depth)
            properties.find(qn("w:ind")).set(qn("w:leftChars"), str(200 * quote_depth))
        if size != BODY_SIZE:
            leave_grid(properties)
        if outline is not None:
            layout.keep_with_next = True
            level = OxmlElement("w:outlineLvl")
            level.set(qn("w:val"), str(outline))
            properties.append(level)


def block_runs(
    block: MarkdownBlock, typeface: Typeface = Typeface.FANG_SONG, *, bold: bool = False
) -> Iterator[TypedRun]:
    """Yield the runs of a block after its mark; behind a link stands its address, which paper cannot open."""
    if block.mark:
        yield TypedRun(block.mark, typeface, bold)
    for url, runs in links_of(block.runs):
        for run in runs:
            yield TypedRun(run.text, typeface, run.bold or bold, run.italic, run.strike, url)
        if address := printed_address(url, runs):
            yield TypedRun(address, typeface, bold)
