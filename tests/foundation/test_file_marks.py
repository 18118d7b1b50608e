"""Files that people upload are read for marks of classification, within bounds; what cannot be read is said."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from portal.foundation.file_marks import marks_of_file
from portal.foundation.marked_files import texts
from portal.foundation.marked_files.limits import MAX_CPU_SECONDS
from tests.foundation import files

MARK = "机密★10年"
CLEAN = "第一条 为保守国家秘密和工作秘密，制定本办法。绝密级文件另行规定。"

MARKED = {
    "body.docx": lambda: files.docx_file(MARK),
    "header.docx": lambda: files.docx_file(MARK, place="header"),
    "cell.docx": lambda: files.docx_file("秘密★1年", place="cell"),
    "properties.docx": lambda: files.docx_file(MARK, place="properties"),
    "cell.xlsx": lambda: files.xlsx_file(MARK),
    "header.xlsx": lambda: files.xlsx_file(MARK, place="header"),
    "sheet.xlsx": lambda: files.xlsx_file("机密★", place="sheet"),
    "slide.pptx": lambda: files.pptx_file(MARK),
    "text.odt": lambda: files.odt_file(MARK),
    "page.pdf": lambda: files.pdf_file("第一页", MARK),
    "internal.pdf": lambda: files.pdf_file("内部资料 注意保存"),
    "utf-8.txt": lambda: f"通知\n{MARK}\n".encode(),
    "gbk.txt": lambda: f"通知\n{MARK}\n".encode("gb18030"),
    "utf-16.txt": lambda: f"通知\n{MARK}\n".encode("utf-16"),
    "table.csv": lambda: f"密级,标题\n{MARK},通知\n".encode(),
    "notes.md": lambda: f"# 通知\n\n**{MARK}**\n".encode(),
    "inner.zip": lambda: files.package(a_docx=files.docx_file(MARK)),
    "nested.zip": lambda: files.package(b_zip=files.package(a_txt=MARK)),
    "名.zip": lambda: files.package(**{"机密★10年_txt": "无"}),
    # Named as a text: what it is its content says.
    "really-pdf.txt": lambda: files.pdf_file(MARK),
}
READ = {
    "law.docx": lambda: files.docx_file(CLEAN),
    "law.pdf": lambda: files.pdf_file(CLEAN),
    "law.txt": lambda: CLEAN.encode(),
    "law.zip": lambda: files.package(a_txt=CLEAN),
}
UNREAD = {
    "scan.pdf": lambda: files.pdf_file("", ""),
    "half-scan.pdf": lambda: files.pdf_file(CLEAN, ""),
    "locked.pdf": lambda: files.locked_pdf(CLEAN),
    "damaged.pdf": lambda: b"%PDF-1.4\nnothing",
    "damaged.docx": lambda: b"PK\x03\x04nothing",
    "old.docx": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "picture.zip": lambda: files.package(a_png=b"\x89PNG"),
    "empty.txt": lambda: b"",
    "entities.docx": lambda: files.package(
        **{"[Content_Types]_xml": "<a/>", "word__document_xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}
    ),
}


@pytest.mark.parametrize("name", MARKED)
def test_marks_are_found_in_files_of_every_kind(name):
    assert marks_of_file(name, MARKED[name]()).marks


@pytest.mark.parametrize("name", READ)
def test_file_that_speaks_of_secrets_bears_no_mark(name):
    found = marks_of_file(name, READ[name]())
    assert (found.is_read, found.marks) == (True, [])


@pytest.mark.parametrize("name", UNREAD)
def test_file_that_cannot_be_read_is_not_taken_for_one_without_marks(name):
    found = marks_of_file(name, UNREAD[name]())
    assert (found.is_read, found.marks) == (False, [])


def test_mark_beside_a_scanned_page_is_found():
    found = marks_of_file("a.pdf", files.pdf_file("", MARK))
    assert (found.is_read, found.marks) == (False, ["机密★"])


def test_passage_shows_the_words_around_the_mark():
    (passage,) = marks_of_file("a.txt", f"前文。\n{MARK}\n后文。".encode()).passages
    assert (passage[0].strip(), passage[1].strip(), passage[2].strip()) == ("前文。", "机密★", "10年\n后文。")


def test_mark_of_the_first_page_is_found_though_the_rest_takes_too_long():
    found = marks_of_file("slow.pdf", files.pdf_file(MARK, *[CLEAN] * 400))
    assert (found.is_read, found.marks) == (False, ["机密★"])


def test_pages_end_before_a_busy_machine_ends_the_process(monkeypatch):
    monkeypatch.setattr(texts, "MAX_PDF_SECONDS", 0)
    reading = texts.FileTexts()
    assert MARK not in "".join(reading.texts("slow.pdf", files.pdf_file(MARK)))
    assert not reading.is_complete


def test_file_that_unpacks_to_gigabytes_costs_seconds():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        for number in range(6):
            archive.writestr(f"word/{number}.xml", b"<a>" + b" " * 60_000_000 + b"</a>")
    started = time.monotonic()
    assert not marks_of_file("bomb.docx", content.getvalue()).is_read
    assert time.monotonic() - started < 2 * MAX_CPU_SECONDS
