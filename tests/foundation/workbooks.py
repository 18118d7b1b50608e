"""Excel workbooks written part by part, so that tests can make what no library writes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass
class Sheet:
    """A worksheet: rows of texts or of XML (`<c .../>`), and what stands around them."""

    rows: list = field(default_factory=list)
    name: str = "Sheet1"
    state: str = "visible"
    before: str = ""
    after: str = ""

    @property
    def xml(self) -> str:
        rows = "".join(_row(number, row) for number, row in enumerate(self.rows, start=1))
        return f'<worksheet xmlns="{MAIN}">{self.before}<sheetData>{rows}</sheetData>{self.after}</worksheet>'


def merged(*references: str) -> str:
    cells = "".join(f'<mergeCell ref="{reference}"/>' for reference in references)
    return f"<mergeCells>{cells}</mergeCells>"


def text_cell(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _row(number: int, row) -> str:
    if isinstance(row, str):
        return row
    cells = [
        cell if cell.startswith("<c") else text_cell(f"{get_column_letter(column)}{number}", cell)
        for column, cell in enumerate(row, start=1)
        if cell
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def styles(*formats: str, cells: str = "", colour: str = "FF000000") -> str:
    """Styles with one cell style for each number format, after the plain one."""
    numbers = "".join(
        f'<numFmt numFmtId="{164 + index}" formatCode={quoteattr(code)}/>'
        for index, code in enumerate(formats)
    )
    cells = cells or "".join(f'<xf numFmtId="{164 + index}"/>' for index in range(len(formats)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{numbers}</numFmts><fonts><font><color rgb="{colour}"/></font></fonts>'
        f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>{cells}</cellXfs></styleSheet>'
    )


def workbook(*sheets: Sheet, properties: str = "", **parts: str) -> bytes:
    """A workbook of these sheets; `styles` and `strings` are the XML of those parts, others go in as named."""
    named = {"styles": ("styles", "styles.xml"), "strings": ("sharedStrings", "sharedStrings.xml")}
    relations = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)]
    relations += [named[key] for key in parts if key in named]
    entries = "".join(
        f'<sheet name="{escape(sheet.name)}" sheetId="{number}" state="{sheet.state}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, start=1)
    )
    files = {
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{properties}<sheets>{entries}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relations(relations),
    }
    files |= {f"xl/worksheets/sheet{number}.xml": sheet.xml for number, sheet in enumerate(sheets, start=1)}
    files |= {f"xl/{named[key][1]}" if key in named else key: xml for key, xml in parts.items()}
    return zipped(files)


def _relations(rows: list[tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(rows, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE_RELATIONS}">{entries}</Relationships>'


def zipped(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()
