"""Tables of official documents, written as XML: python-docx needs minutes for thousands of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from docx.document import Document as DocxDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from portal.foundation.official.blocks import MarkdownCell, MarkdownRun, links_of, printed_address
from portal.foundation.official.layout import (
    LATIN_TYPEFACE,
    TABLE_SIZE,
    TWIPS_PER_POINT,
    Typeface,
    is_external,
    without_forbidden,
)

Cell = str | MarkdownCell

BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
TABLE_LINE_PITCH_TWIPS = 320
PROGRESS_STEP_ROWS = 50
# A row of fewer characters is not broken over two pages; a longer one may not fit on any single page.
BREAKABLE_ROW_CHARS = 600


def append_table(
    document: DocxDocument,
    header: Sequence[Cell],
    rows: Iterable[Sequence[Cell]],
    widths_mm: Sequence[float],
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Append a bordered table whose header repeats on each page; `on_progress` receives the rows written."""
    widths = [round(Mm(width).pt * TWIPS_PER_POINT) for width in widths_mm]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid></w:tbl>"
    )
    writer = _RowWriter(document, widths)
    table.append(writer.row(header, is_header=True))
    for count, row in enumerate(rows, start=1):
        table.append(writer.row(row))
        if on_progress and count % PROGRESS_STEP_ROWS == 0:
            on_progress(count)
    # The properties of the last section close the body and must stay its last element.
    body = document.element.body
    body.insert(list(body).index(body.sectPr), table)


@dataclass
class _RowWriter:
    """Writes rows of cells as XML; `document` keeps the addresses of their links."""

    document: DocxDocument
    widths: Sequence[int]

    def row(self, cells: Sequence[Cell], *, is_header: bool = False) -> object:
        chars = sum(map(_count_chars, cells))
        properties = ("" if chars >= BREAKABLE_ROW_CHARS else "<w:cantSplit/>") + (
            "<w:tblHeader/>" if is_header else ""
        )
        cells_xml = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            f"{self._paragraphs(cell, is_header)}</w:tc>"
            for cell, width in zip(cells, self.widths, strict=True)
        )
        return parse_xml(f"<w:tr {nsdecls('w', 'r')}><w:trPr>{properties}</w:trPr>{cells_xml}</w:tr>")

    def _paragraphs(self, cell: Cell, is_header: bool) -> str:
        """Return the XML of a cell's lines; a cell without text has one empty paragraph, as Word wants."""
        alignment = '<w:jc w:val="center"/>' if is_header else ""
        properties = (
            f'<w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="{TABLE_LINE_PITCH_TWIPS}" w:lineRule="exact"/>'
            f"{alignment}</w:pPr>"
        )
        if isinstance(cell, str):
            lines = [line.strip() for line in without_forbidden(cell).splitlines() if line.strip()] or [""]
            contents = [_run_xml(MarkdownRun(line), is_header) for line in lines]
        else:
            contents = ["".join(self._link(url, runs, is_header) for url, runs in links_of(cell))]
        return "".join(f"<w:p>{properties}{content}</w:p>" for content in contents)

    def _link(self, url: str, runs: Sequence[MarkdownRun], is_header: bool) -> str:
        """Return the XML of runs of one link, or of none where `url` is empty."""
        xml = "".join(_run_xml(run, is_header) for run in runs)
        if is_external(url):
            key = self.document.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            xml = f'<w:hyperlink r:id="{key}">{xml}</w:hyperlink>'
        address = printed_address(url, runs)
        return xml + (_run_xml(MarkdownRun(address), is_header) if address else "")


def _count_chars(cell: Cell) -> int:
    return len(cell) if isinstance(cell, str) else sum(len(run.text) for run in cell)


def _run_xml(run: MarkdownRun, is_header: bool) -> str:
    half_points = int(TABLE_SIZE.pt * 2)
    typeface = Typeface.HEI if is_header else Typeface.SONG
    look = "".join(
        tag
        for is_set, tag in ((run.bold, "<w:b/>"), (run.italic, "<w:i/>"), (run.strike, "<w:strike/>"))
        if is_set
    )
    return (
        f'<w:r><w:rPr><w:rFonts w:ascii="{LATIN_TYPEFACE}" w:hAnsi="{LATIN_TYPEFACE}" w:eastAsia="{typeface}"'
        f' w:cs="{LATIN_TYPEFACE}"/>{look}<w:sz w:val="{half_points}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(without_forbidden(run.text))}</w:t></w:r>'
    )
