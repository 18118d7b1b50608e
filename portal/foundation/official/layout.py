"""Page, type and grid of an official document (GB/T 9704-2012, 5 to 7), as python-docx understands them.

The type area is 156 x 225 mm and holds 22 lines of 28 characters. Since 28 characters of 16 pt would be 158 mm wide,
a document grid of lines and characters sets the pitch.
"""

from __future__ import annotations

import enum
import math
import re
from typing import Any

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run


class Typeface(enum.StrEnum):
    """The typefaces of official documents, by the names that word processors know."""

    SONG = "宋体"
    TITLE = "方正小标宋简体"
    FANG_SONG = "仿宋"
    HEI = "黑体"
    KAI = "楷体"


LATIN_TYPEFACE = "Times New Roman"
# Substitutes, as installed on many machines, for a typeface that is missing there.
FALLBACKS = {
    Typeface.TITLE: "宋体",
    Typeface.FANG_SONG: "仿宋_GB2312",
    Typeface.KAI: "楷体_GB2312",
}

PAGE_WIDTH, PAGE_HEIGHT = Mm(210), Mm(297)
# Top, bottom, left, right: 37 mm above and 28 mm at the binding edge, around a type area of 156 x 225 mm.
PORTRAIT_MARGINS = (Mm(37), Mm(35), Mm(28), Mm(26))
# The same page turned by a quarter to the left.
LANDSCAPE_MARGINS = (Mm(28), Mm(26), Mm(37), Mm(35))
PORTRAIT_FOOTER, LANDSCAPE_FOOTER = Mm(25), Mm(16)
TYPE_AREA_WIDTH_MM, TYPE_AREA_HEIGHT_MM = 156, 225
LINES_PER_PAGE, CHARACTERS_PER_LINE = 22, 28

BODY_SIZE, TITLE_SIZE, TABLE_SIZE, PAGE_NUMBER_SIZE = Pt(16), Pt(22), Pt(10.5), Pt(14)  # 3, 2, 5 and 4 号
TWIPS_PER_POINT = 20
LINE_PITCH_TWIPS = math.floor(Mm(TYPE_AREA_HEIGHT_MM).pt * TWIPS_PER_POINT / LINES_PER_PAGE)
LINE_PITCH, TITLE_LINE_PITCH = Pt(LINE_PITCH_TWIPS / TWIPS_PER_POINT), Pt(36)
CHARACTER_PITCH_POINTS = Mm(TYPE_AREA_WIDTH_MM).pt / CHARACTERS_PER_LINE
# What Word adds to the size of the body for each character, in 1/4096 pt (ECMA-376, 17.6.5).
CHARACTER_SPACE = math.floor((CHARACTER_PITCH_POINTS - BODY_SIZE.pt) * 4096)
# LibreOffice gives a character that is wider than the pitch two cells of the grid: 98 % of 16 pt fit into one.
BODY_SCALE_PERCENT = 98

# Characters that XML 1.0 forbids, lone surrogates included.
FORBIDDEN_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def without_forbidden(text: str) -> str:
    """Return a text without the characters that XML forbids."""
    return FORBIDDEN_IN_XML.sub("", text)


def new_docx(title: str, number: str, *, landscape: bool = False) -> DocxDocument:
    """Return an empty A4 document with the standard's page, grid, body style and page numbers, upright or turned."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.subject = without_forbidden(title), number
    properties.author = properties.comments = ""
    style = document.styles["Normal"]
    style.font.size = BODY_SIZE
    run_properties = style.element.get_or_add_rPr()
    _set_typeface(run_properties, Typeface.FANG_SONG)
    _set_scale(run_properties)
    _set_language(run_properties)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    document.settings.odd_and_even_pages_header_footer = True
    _name_fallbacks(document)
    lay_out_section(document.sections[0], landscape=landscape)
    return document


def _set_typeface(run_properties: Any, typeface: Typeface) -> None:
    fonts = run_properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        run_properties.insert(0, fonts)
    for script in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(script), LATIN_TYPEFACE)
    fonts.set(qn("w:eastAsia"), typeface.value)


def _set_scale(run_properties: Any) -> None:
    """Set the width of characters in percent of their own; the schema wants it before their size."""
    scale = OxmlElement("w:w")
    scale.set(qn("w:val"), str(BODY_SCALE_PERCENT))
    run_properties.insert_element_before(scale, "w:kern", "w:position", "w:sz")


def _set_language(run_properties: Any) -> None:
    """Set mainland Chinese, by which word processors choose the shapes of characters and punctuation."""
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    run_properties.append(language)


def _name_fallbacks(document: DocxDocument) -> None:
    """Name the substitute of each typeface, for machines that do not have it."""
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    entries = "".join(
        f'<w:font w:name="{typeface}"><w:altName w:val="{fallback}"/><w:charset w:val="86"/></w:font>'
        for typeface, fallback in FALLBACKS.items()
    )
    # python-docx reads no font table; the part is only bytes to it.
    part._blob = part.blob.replace(b"</w:fonts>", f"{entries}</w:fonts>".encode())


def lay_out_section(section: Section, *, landscape: bool) -> None:
    """Give a section the standard's page, margins, grid and page numbers, upright or turned."""
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (
        (PAGE_HEIGHT, PAGE_WIDTH) if landscape else (PAGE_WIDTH, PAGE_HEIGHT)
    )
    margins = LANDSCAPE_MARGINS if landscape else PORTRAIT_MARGINS
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = margins
    _set_grid(section)
    section.footer_distance = LANDSCAPE_FOOTER if landscape else PORTRAIT_FOOTER
    section.footer.is_linked_to_previous = section.even_page_footer.is_linked_to_previous = False
    # The number stands at the outer edge: on the right of odd pages, on the left of even ones.
    _number_pages(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number_pages(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _set_grid(section: Section) -> None:
    """Set the grid of 22 lines of 28 characters that fills the type area."""
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(LINE_PITCH_TWIPS))
    grid.set(qn("w:charSpace"), str(CHARACTER_SPACE))


def leave_grid(paragraph_properties: Any) -> None:
    """Set a paragraph in the pitch of its own type, for type that is larger or smaller than the body."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    # The schema wants it before spacing, indent and alignment.
    paragraph_properties.insert_element_before(snap, "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _number_pages(paragraph: Paragraph, alignment: WD_ALIGN_PARAGRAPH) -> None:
    """Write `— 1 —` in half-width Song, one character in from the edge."""
    paragraph.alignment = alignment
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = PAGE_NUMBER_SIZE
    leave_grid(paragraph._p.get_or_add_pPr())
    write_run(paragraph, "— ", Typeface.SONG, PAGE_NUMBER_SIZE)
    run = write_run(paragraph, "", Typeface.SONG, PAGE_NUMBER_SIZE)
    for tag, attribute, value, text in (
        ("w:fldChar", "w:fldCharType", "begin", None),
        ("w:instrText", "xml:space", "preserve", " PAGE "),
        ("w:fldChar", "w:fldCharType", "end", None),
    ):
        element = OxmlElement(tag)
        element.set(qn(attribute), value)
        element.text = text
        run._r.append(element)
    write_run(paragraph, " —", Typeface.SONG, PAGE_NUMBER_SIZE)


def write_run(
    paragraph: Paragraph, text: str, typeface: Typeface, size: Length, *, bold: bool = False
) -> Run:
    """Append text of one typeface, size and weight to a paragraph."""
    run = paragraph.add_run(without_forbidden(text))
    run.font.size, run.font.bold = size, bold or None
    _set_typeface(run._r.get_or_add_rPr(), typeface)
    return run


def is_external(url: str) -> bool:
    """Return whether an address leads somewhere from a file on any machine: `/law/` needs this site."""
    return url.startswith(("http://", "https://", "mailto:"))


def link_run(paragraph: Paragraph, run: Run, url: str) -> None:
    """Make a run of a paragraph a link."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run._r.addprevious(link)
    link.append(run._r)


def draw_rule(paragraph: Paragraph) -> None:
    """Draw a line below an empty paragraph."""
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    # The schema wants borders before everything else that is set here.
    properties.insert(0, borders)
