"""What WPS and Word are known to refuse or to repair stands in no file that the portal writes.

Their readers want the children of an element in the order of its schema (ECMA-376), a paragraph at the end of each
cell, parts that are declared and related, and names of sheets and lengths of texts within Excel's limits.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator

import pytest
from lxml import etree
from openpyxl import load_workbook

from inquiry.intake.template import template_xlsx
from portal.foundation.official import OfficialDocument, TypedRun
from portal.foundation.sheets import write_xlsx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ORDERS = {
    "pPr": (
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
        "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
        "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
        "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
    ),
    "rPr": (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish "
        "webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang "
        "eastAsianLayout specVanish oMath"
    ),
    "tblPr": (
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd "
        "tblBorders shd tblLayout tblCellMar tblLook"
    ),
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "sectPr": (
        "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType "
        "cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid"
    ),
    "font": "altName panose1 charset family notTrueType pitch sig embedRegular embedBold embedItalic embedBoldItalic",
    "tbl": "tblPr tblGrid tr",
    "tr": "tblPrEx trPr tc",
}
MAX_TITLE_CHARACTERS, MAX_CELL_CHARACTERS = 31, 32_767
DEFLATED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def package_faults(archive: zipfile.ZipFile) -> Iterator[str]:
    names = archive.namelist()
    yield from (f"{name} twice" for name in set(names) if names.count(name) > 1)
    yield from (
        info.filename
        for info in archive.infolist()
        if info.compress_type not in DEFLATED or info.flag_bits & 1
    )
    parts = {name: etree.fromstring(archive.read(name)) for name in names if name.endswith((".xml", ".rels"))}
    types = parts["[Content_Types].xml"]
    declared = {node.get("PartName", "").lstrip("/") for node in types}
    extensions = {node.get("Extension") for node in types}
    undeclared = (
        name for name in names if name not in declared and name.rpartition(".")[2] not in extensions
    )
    yield from (f"{name} of no type" for name in undeclared)
    for name in filter(lambda name: name.endswith(".rels"), names):
        folder = posixpath.dirname(posixpath.dirname(name))
        for relation in parts[name]:
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target"))).lstrip("/")
            if relation.get("TargetMode") != "External" and target not in names:
                yield f"{name} leads to {target}"


def docx_faults(data: bytes) -> list[str]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    faults = list(package_faults(archive))
    for part in filter(lambda name: re.match(r"word/\w+\.xml$", name), archive.namelist()):
        root = etree.fromstring(archive.read(part))
        for name, order in ORDERS.items():
            places = {f"{W}{tag}": place for place, tag in enumerate(order.split())}
            for element in root.iter(f"{W}{name}"):
                children = [places.get(child.tag, -1) for child in element]
                if children != sorted(children) or -1 in children:
                    faults.append(f"{part}: {etree.tostring(element)[:300]!r}")
        faults += [
            f"{part}: a cell without a paragraph" for cell in root.iter(f"{W}tc") if cell[-1].tag != f"{W}p"
        ]
        faults += [f"{part}: body" for body in root.iter(f"{W}body") if body[-1].tag != f"{W}sectPr"]
    return faults


def xlsx_faults(data: bytes) -> list[str]:
    faults = list(package_faults(zipfile.ZipFile(io.BytesIO(data))))
    for sheet in load_workbook(io.BytesIO(data)):
        if len(sheet.title) > MAX_TITLE_CHARACTERS or re.search(r"[\[\]:*?/\\]", sheet.title):
            faults.append(sheet.title)
        cells = [cell for row in sheet.iter_rows() for cell in row]
        faults += [f"{cell.coordinate}: a formula" for cell in cells if cell.data_type == "f"]
        faults += [cell.coordinate for cell in cells if len(str(cell.value)) > MAX_CELL_CHARACTERS]
    return faults


def official_document() -> bytes:
    """Return a document with all that the writer knows."""
    document = OfficialDocument(title="卷宗\x01", number="D-2026-001")
    document.add_title("关于外出审批的材料")
    document.add_heading("一、依据")
    document.add_paragraph(TypedRun("说明", bold=True, italic=True, strike=True), "正文")
    document.add_markdown(
        "# 一\n\n> 引文\n\n- 甲\n- [乙](https://example.org/)\n\n---\n\n```\n码\n```\n\n|a|b|\n|-|-|\n|1|**2**|\n"
    )
    document.begin_section(landscape=True)
    document.add_table(["序号", "内容"], [["1", ""], ["2", "长" * 700]], (20, 100))
    document.begin_section()
    return document.to_bytes()


def test_document_has_nothing_that_word_processors_refuse():
    assert docx_faults(official_document()) == []


def test_order_of_elements_is_looked_at():
    data, changed = official_document(), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                content = re.sub(rb"(<w:rFonts [^>]*/>)(<w:sz [^>]*/>)", rb"\2\1", content)
            target.writestr(name, content)
    assert docx_faults(changed.getvalue()) != []


@pytest.mark.parametrize(
    "data",
    [
        lambda: write_xlsx(["=标题", "b"], [["=1+1", "长" * 40_000], ["", 3]], title="被退回的行" * 9),
        template_xlsx,
    ],
    ids=["sheet", "template"],
)
def test_sheet_has_nothing_that_spreadsheets_refuse(data):
    assert xlsx_faults(data()) == []
