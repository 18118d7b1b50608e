"""Tables of an exported document, written as XML since they may have thousands of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from xml.sax.saxutils import escape

from docx.document import Document as DocumentObject
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from inquiry.exporting.docx_styles import HEI, LATIN, SONG, TABLE_SIZE, clean

BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
STEP = 50
LONG_ROW = 600  # characters; a longer one may break over pages


def add_table(
    document: DocumentObject,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[int],
    progress: Callable[[int], None] = lambda done: None,
) -> None:
    """A grid whose head row repeats on each page; `widths` in millimetres; `progress` hears of rows done."""
    twips = [round(Mm(width).pt * 20) for width in widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid></w:tbl>"
    )
    table.append(_row(head, twips, is_head=True))
    for done, row in enumerate(rows, start=1):
        table.append(_row(row, twips))
        if done % STEP == 0:
            progress(done)
    body = document.element.body
    body.insert(list(body).index(body.sectPr), table)


def _row(cells: Sequence[str], widths: Sequence[int], *, is_head: bool = False) -> object:
    whole = "<w:cantSplit/>" if sum(map(len, cells)) < LONG_ROW else ""
    properties = f"<w:trPr>{whole}{'<w:tblHeader/>' if is_head else ''}</w:trPr>"
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{_paragraphs(text, is_head)}</w:tc>"
        for text, width in zip(cells, widths, strict=True)
    )
    return parse_xml(f"<w:tr {nsdecls('w')}>{properties}{inner}</w:tr>")


def _paragraphs(text: str, is_head: bool) -> str:
    size = int(TABLE_SIZE.pt * 2)
    font = HEI if is_head else SONG
    side = '<w:jc w:val="center"/>' if is_head else ""
    run = (
        f'<w:rPr><w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{font}" w:cs="{LATIN}"/>'
        f'<w:sz w:val="{size}"/></w:rPr>'
    )
    lines = [line for line in clean(text).splitlines() if line.strip()] or [""]
    return "".join(
        f'<w:p><w:pPr><w:spacing w:line="320" w:lineRule="exact"/>{side}</w:pPr>'
        f'<w:r>{run}<w:t xml:space="preserve">{escape(line.strip())}</w:t></w:r></w:p>'
        for line in lines
    )
