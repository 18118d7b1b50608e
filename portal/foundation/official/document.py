"""The writer of official documents: what is appended to it comes out as DOCX in the standard's layout."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length

from portal.foundation.official.blocks import MarkdownBlock, markdown_blocks
from portal.foundation.official.layout import (
    BODY_SIZE,
    LINE_PITCH,
    TITLE_LINE_PITCH,
    TITLE_SIZE,
    TYPE_AREA_WIDTH_MM,
    Typeface,
    lay_out_section,
    leave_grid,
    new_docx,
    write_run,
)
from portal.foundation.official.tables import append_table

# Headings of levels 1 to 4 (一、 （一） 1. （1）): typeface, bold.
HEADING_TYPES = (
    (Typeface.HEI, False),
    (Typeface.KAI, False),
    (Typeface.FANG_SONG, True),
    (Typeface.FANG_SONG, False),
)


@dataclass(frozen=True)
class TypedRun:
    """A stretch of text in one typeface and weight."""

    text: str
    typeface: Typeface = Typeface.FANG_SONG
    bold: bool = False


class OfficialDocument:
    """A DOCX in the layout of GB/T 9704-2012; each call appends, `to_bytes` returns the file.

    `title` and `number` become the file's properties; the visible title is written by `add_title`.
    """

    def __init__(self, *, title: str, number: str = "") -> None:
        self._docx = new_docx(title, number)

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

    def add_block(self, block: MarkdownBlock) -> None:
        """Append one block of a Markdown text; the columns of a table share the width of the type area."""
        if block.kind == "heading":
            self.add_heading(f"{block.mark}{block.text}", level=block.level + 1)
        elif block.kind == "table":
            header, *rows = block.rows
            width = TYPE_AREA_WIDTH_MM // max(len(header), 1)
            self.add_table(header, rows, [width] * len(header))
        else:
            self.add_paragraph(block.mark, *block_runs(block))

    def add_table(
        self,
        header: Sequence[str],
        rows: Iterable[Sequence[str]],
        widths_mm: Sequence[float],
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        """Append a table whose header repeats on each page.

        Cells are plain text. `on_progress` receives the number of rows written, every 50 rows. Raises ValueError
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
    ) -> None:
        """Append a paragraph; `outline` is its level in a word processor's navigation, 0 the highest."""
        paragraph = self._docx.add_paragraph()
        layout = paragraph.paragraph_format
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, pitch
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.JUSTIFY
        for run in filter(lambda run: run.text, runs):
            write_run(paragraph, run.text, run.typeface, size, bold=run.bold)
        properties = paragraph._p.get_or_add_pPr()
        if indented and not centred:
            # The length is for programs that do not know indents in characters (hundredths of one).
            layout.first_line_indent = Length(size * 2)
            properties.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")
        if size != BODY_SIZE:
            leave_grid(properties)
        if outline is not None:
            layout.keep_with_next = True
            level = OxmlElement("w:outlineLvl")
            level.set(qn("w:val"), str(outline))
            properties.append(level)


def block_runs(block: MarkdownBlock) -> list[TypedRun]:
    """Return the runs of a block in the typeface of the body, without its mark."""
    return [TypedRun(run.text, bold=run.bold) for run in block.runs]
