"""The layout of an official Chinese document (GB/T 9704-2012), as python-docx understands it."""

from __future__ import annotations

import re
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

SONG, TITLE, FANG, HEI, KAI = "宋体", "方正小标宋简体", "仿宋", "黑体", "楷体"
LATIN = "Times New Roman"
BODY_SIZE, TITLE_SIZE, TABLE_SIZE = Pt(16), Pt(22), Pt(10.5)
LINE, TITLE_LINE = Pt(28), Pt(36)
PAGE = (Mm(210), Mm(297))
MARGINS = {"top": Mm(37), "bottom": Mm(35), "left": Mm(28), "right": Mm(26)}
TURNED = {"top": Mm(28), "bottom": Mm(26), "left": Mm(37), "right": Mm(35)}
FOOTER = Mm(25)
FALLBACKS = {TITLE: SONG, FANG: "仿宋_GB2312", KAI: "楷体_GB2312"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Text without the characters that XML forbids."""
    return CONTROL.sub("", text)


def new_document(title: str, number: str) -> DocumentObject:
    """An A4 document with the standard's margins, body style and page numbers."""
    document = Document()
    document.core_properties.title = clean(title)
    document.core_properties.subject = number
    document.core_properties.author = ""
    document.core_properties.comments = ""
    style = document.styles["Normal"]
    style.font.size = BODY_SIZE
    properties = style.element.get_or_add_rPr()
    _set_fonts(properties, FANG)
    _set_language(properties)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    document.settings.odd_and_even_pages_header_footer = True
    _name_fallbacks(document)
    _lay_out(document.sections[0], turned=False)
    return document


def _set_fonts(properties: Any, font: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), LATIN)
    fonts.set(qn("w:eastAsia"), font)


def _set_language(properties: Any) -> None:
    """Chinese of the mainland, by which readers choose the shapes of characters and punctuation."""
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)


def _name_fallbacks(document: DocumentObject) -> None:
    """Tell readers without a font which other one it may be."""
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in FALLBACKS.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", f"{entries}</w:fonts>".encode())


def _lay_out(section: Section, *, turned: bool) -> None:
    width, height = reversed(PAGE) if turned else PAGE
    section.orientation = WD_ORIENT.LANDSCAPE if turned else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    margins = TURNED if turned else MARGINS
    section.top_margin, section.bottom_margin = margins["top"], margins["bottom"]
    section.left_margin, section.right_margin = margins["left"], margins["right"]
    section.footer_distance = Mm(16) if turned else FOOTER
    section.footer.is_linked_to_previous = section.even_page_footer.is_linked_to_previous = False
    _number_pages(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number_pages(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _number_pages(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """`— 1 —` in half-width Song, one character in from the outer edge."""
    paragraph.alignment = side
    indent = paragraph.paragraph_format
    indent.left_indent = indent.right_indent = Pt(14)
    _write(paragraph, "— ", SONG, Pt(14))
    run = _write(paragraph, "", SONG, Pt(14))
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._r.append(mark)
    _write(paragraph, " —", SONG, Pt(14))


def _write(paragraph: Paragraph, text: str, font: str, size: Pt, *, bold: bool = False) -> Run:
    run = paragraph.add_run(clean(text))
    run.font.size, run.font.bold = size, bold or None
    _set_fonts(run._r.get_or_add_rPr(), font)
    return run


def add_line(
    document: DocumentObject,
    runs: list[tuple[str, str, bool]],
    *,
    centred: bool = False,
    indented: bool = True,
    size: Pt = BODY_SIZE,
    line: Pt = LINE,
    outline: int | None = None,
) -> Paragraph:
    """A paragraph of (text, font, bold) runs: exact line spacing, the first line two characters in.

    `outline` is its level in the navigation of a word processor, 0 for the highest.
    """
    paragraph = document.add_paragraph()
    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, line
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.JUSTIFY
    for text, font, bold in runs:
        _write(paragraph, text, font, size, bold=bold)
    properties = paragraph._p.get_or_add_pPr()
    if indented and not centred:
        layout.first_line_indent = size * 2
        properties.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")
    if outline is not None:
        layout.keep_with_next = True
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), str(outline))
        properties.append(level)
    return paragraph


def turn_page(document: DocumentObject, *, turned: bool) -> None:
    """Begin a new section on a new page, lying or standing."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    _lay_out(section, turned=turned)
