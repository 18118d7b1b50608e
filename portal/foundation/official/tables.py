"""Tables of official documents, written as XML: python-docx needs minutes for thousands of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from xml.sax.saxutils import escape

from docx.document import Document as DocxDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from portal.foundation.official.layout import (
    LATIN_TYPEFACE,
    TABLE_SIZE,
    TWIPS_PER_POINT,
    Typeface,
    without_forbidden,
)

BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
LINE_PITCH_TWIPS = 320
PROGRESS_STEP_ROWS = 50
# A row of fewer characters is not broken over two pages; a longer one may not fit on any single page.
BREAKABLE_ROW_CHARS = 600


def append_table(
    document: DocxDocument,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
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
    table.append(_row(header, widths, is_header=True))
    for count, row in enumerate(rows, start=1):
        table.append(_row(row, widths))
        if on_progress and count % PROGRESS_STEP_ROWS == 0:
            on_progress(count)
    # The properties of the last section close the body and must stay its last element.
    body = document.element.body
    body.insert(list(body).index(body.sectPr), table)


def _row(cells: Sequence[str], widths: Sequence[int], *, is_header: bool = False) -> object:
    is_breakable = sum(map(len, cells)) >= BREAKABLE_ROW_CHARS
    properties = ("" if is_breakable else "<w:cantSplit/>") + ("<w:tblHeader/>" if is_header else "")
    cells_xml = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{_paragraphs(text, is_header)}</w:tc>"
        for text, width in zip(cells, widths, strict=True)
    )
    return parse_xml(f"<w:tr {nsdecls('w')}><w:trPr>{properties}</w:trPr>{cells_xml}</w:tr>")


def _paragraphs(text: str, is_header: bool) -> str:
    """Return the XML of a cell's lines; a cell without text has one empty paragraph, as Word wants."""
    half_points = int(TABLE_SIZE.pt * 2)
    typeface = Typeface.HEI if is_header else Typeface.SONG
    alignment = '<w:jc w:val="center"/>' if is_header else ""
    run_properties = (
        f'<w:rPr><w:rFonts w:ascii="{LATIN_TYPEFACE}" w:hAnsi="{LATIN_TYPEFACE}" w:eastAsia="{typeface}"'
        f' w:cs="{LATIN_TYPEFACE}"/><w:sz w:val="{half_points}"/></w:rPr>'
    )
    paragraph_properties = (
        f'<w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="{LINE_PITCH_TWIPS}" w:lineRule="exact"/>'
        f"{alignment}</w:pPr>"
    )
    lines = [line.strip() for line in without_forbidden(text).splitlines() if line.strip()] or [""]
    return "".join(
        f"<w:p>{paragraph_properties}<w:r>{run_properties}"
        f'<w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for line in lines
    )
