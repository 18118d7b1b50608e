"""Files of the kinds that people upload, each with some lines of text."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
from PIL import Image as Picture
from pypdf import PdfReader, PdfWriter

PRESENTATION = (
    '<?xml version="1.0" encoding="UTF-8"?><p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>{}</a:t></a:r>'
    "<a:r><a:t>{}</a:t></a:r></a:p></p:sld>"
)
OPEN_TEXT = (
    '<?xml version="1.0" encoding="UTF-8"?><o:doc xmlns:o="o" xmlns:text="t"><text:p>{}<text:span>{}</text:span>'
    "</text:p></o:doc>"
)


def split(mark: str) -> tuple[str, str]:
    """Return a text in two runs, as editors store it."""
    return mark[:1], mark[1:]


def docx_file(mark: str, *, place: str = "body") -> bytes:
    word = docx.Document()
    word.add_paragraph("关于某项工作的情况")
    paragraph = {
        "body": lambda: word.add_paragraph(),
        "header": lambda: word.sections[0].header.paragraphs[0],
        "cell": lambda: word.add_table(1, 1).cell(0, 0).paragraphs[0],
        "properties": lambda: None,
    }[place]()
    if paragraph is None:
        word.core_properties.title = mark
    else:
        for run in split(mark):
            paragraph.add_run(run)
    return saved(word)


def xlsx_file(mark: str, *, place: str = "cell") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "情况"
    if place == "cell":
        sheet["B7"] = mark
    elif place == "header":
        sheet.oddHeader.left.text = mark
    else:
        sheet.title = mark
    return saved(book)


def saved(document: object) -> bytes:
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def package(**parts: str | bytes) -> bytes:
    """Return a ZIP archive; `_` in a name stands for a dot, `__` for a slash."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), part)
    return content.getvalue()


def pptx_file(mark: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("ppt/slides/slide1.xml", PRESENTATION.format(*split(mark)))
    return content.getvalue()


def odt_file(mark: str) -> bytes:
    return package(
        mimetype="application/vnd.oasis.opendocument.text", content_xml=OPEN_TEXT.format(*split(mark))
    )


def pdf_file(*pages: str) -> bytes:
    """Return a PDF whose pages show a line each, "" for a page without text; codes are UTF-16."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def "
        "1 begincodespacerange <0000> <FFFF> endcodespacerange "
        "1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /U /Encoding /Identity-H /ToUnicode "
        f"{4 + 2 * len(pages)} 0 R /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /U "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 >>] >>",
    ]
    for number, text in enumerate(pages):
        drawn = f"BT /F 12 Tf 72 720 Td <{text.encode('utf-16-be').hex()}> Tj ET" if text else "0 0 m"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    objects.append(f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream")
    return _pdf_of(objects)


def _pdf_of(objects: list[str]) -> bytes:
    body, offsets = "%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    rows = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{rows}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return f"{body}{end}startxref\n{len(body)}\n%%EOF\n".encode("latin-1")


def locked_pdf(*pages: str) -> bytes:
    """Return a PDF that opens with a password alone."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_file(*pages))))
    writer.encrypt("密码123", algorithm="RC4-128")
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def png_file() -> bytes:
    content = io.BytesIO()
    Picture.new("RGB", (60, 40), "red").save(content, "PNG")
    return content.getvalue()
