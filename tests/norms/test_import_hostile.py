"""Files that are not what their names say, or are made to do harm."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import zipfile

import pytest
from django.utils import translation

from norms.importing.errors import UnreadableSource
from norms.importing.files import read_file, source_files
from norms.importing.parser import parse_source
from norms.importing.readers import read_source
from tests.growth import LINEAR_TIME, time_ratio
from tests.norms.word import docx, p, package, part, run

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(UnreadableSource) as caught:
        parse_source(name, content)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.docx",
            OLE,
            "This is a file of an older Office version (such as .doc). Save it as DOCX and try again.",
        ),
        (
            "a.docx",
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "The file is protected by a password. Save it without one and try again.",
        ),
        ("a.docx", b"<html><body>x</body></html>", "This is not a Word document but a web page."),
        ("a.docx", b"{\\rtf1 x}", "This is not a Word document but an RTF document."),
        ("a.docx", b"%PDF-1.7 x", "This is not a Word document but a PDF document."),
        ("a.docx", b'<?xml version="1.0"?><x/>', "This is not a Word document but an XML file."),
        ("a.docx", b"\x89PNG\r\n", "This is not a Word document but a picture."),
        ("a.docx", "第一条　甲。".encode(), "This is not a Word document, although its name ends in .docx."),
        ("a.docx", b"", "The file is empty."),
        ("a.txt", b"\xef\xbb\xbf \n", "The file is empty."),
        ("a.docx", b"\0" * 100, "The file is empty."),
        (
            "a.md",
            OLE,
            "This is a file of an older Office version (such as .doc). Save it as DOCX and try again.",
        ),
        ("a.txt", b"%PDF-1.7 x", "This is not a text file but a PDF document."),
        ("a.txt", b"abc\0\1\2\3def", "This is not a text file."),
        ("a.doc", b"x", "Only DOCX, Markdown (.md) and plain text (.txt) files are read."),
        ("a", b"x", "Only DOCX, Markdown (.md) and plain text (.txt) files are read."),
        ("a.docx", b"PK\x03\x04 broken", "The file is damaged: it cannot be unpacked."),
    ],
)
def test_wrong_content_is_named(name, content, message):
    assert refusal(name, content) == message


def test_text_file_that_holds_a_package_is_named():
    message = "This is not a text file but a ZIP package, such as a Word document."
    assert refusal("a.md", docx(p("x"))) == message


def test_truncated_package_is_damaged():
    assert refusal("a.docx", docx(p("x" * 5000))[:-40]) == "The file is damaged: it cannot be unpacked."


def test_package_with_damaged_data_is_damaged():
    content = bytearray(docx(p("内容" * 5000)))
    start = content.find(b"word/document.xml") + 40
    content[start : start + 20] = b"\xff" * 20
    assert refusal("a.docx", bytes(content)) == "The file is damaged: it cannot be unpacked."


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"xl/workbook.xml": "<x/>"}, "This is an Excel workbook, not a Word document."),
        ({"ppt/presentation.xml": "<x/>"}, "This is a PowerPoint presentation, not a Word document."),
        (
            {"mimetype": "x", "content.xml": "<x/>"},
            "This is an OpenDocument or EPUB file, not a Word document.",
        ),
        ({"readme.txt": "x"}, "This is a ZIP archive without a Word document in it."),
        ({"word/document.xml": "<w:document"}, "The file is damaged: its XML cannot be read."),
        ({"word/document.xml": ""}, "The file is damaged: its XML cannot be read."),
    ],
)
def test_other_packages_are_named(files, message):
    assert refusal("a.docx", package(files)) == message


def test_empty_document_is_refused():
    assert refusal("a.docx", docx("")) == "The file holds no text beside its title."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding):
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "lol"}">' for i in range(12))
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [{entities}]><x>&e11;</x>'.encode(encoding)
    message = "The file defines XML entities, which no Word document does, and was not read."
    assert refusal("a.docx", package({"word/document.xml": xml})) == message


def test_external_entity_is_not_fetched(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    xml = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><x>&e;</x>'
    assert "geheim" not in refusal("a.docx", package({"word/document.xml": xml}))


def test_zip_bomb_is_refused():
    content = package({"word/document.xml": b" " * (41 * 2**20)})
    assert len(content) < 100_000
    assert refusal("a.docx", content) == "The file unpacks to more than 40 MB and was not read."


def test_many_large_parts_are_refused():
    content = package(
        {"word/document.xml": "<x/>"} | {f"word/media/{i}.bin": b"\0" * (30 * 2**20) for i in range(7)}
    )
    assert refusal("a.docx", content) == "The file unpacks to more than 200 MB and was not read."


def test_package_that_lies_about_its_size_is_damaged():
    content = bytearray(docx(p("内容" * 50_000)))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo("word/document.xml").file_size
    lie = bytes(content).replace(struct.pack("<I", size), struct.pack("<I", 100))
    assert refusal("a.docx", lie) == "The file is damaged: it cannot be unpacked."


def test_encrypted_zip_entries_are_named():
    content = bytearray(docx(p("x")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(signature, at + 1)
    message = "The file is protected by a password. Save it without one and try again."
    assert refusal("a.docx", bytes(content)) == message


def test_deeply_nested_xml_is_refused():
    nested = "<w:sdt><w:sdtContent>" * 5000 + "</w:sdtContent></w:sdt>" * 5000
    assert refusal("a.docx", docx(nested)) == "The file is damaged: its XML cannot be read."


def test_too_long_a_text_is_refused(monkeypatch):
    monkeypatch.setattr("norms.importing.blocks.MAX_CHARACTERS", 1000)
    assert refusal("a.txt", ("字" * 1001).encode()) == "The text is too long for one document."


HOSTILE = [
    (lambda n: "第一条　" * n, 8_000),
    (lambda n: "第一条　甲。\n" * n, 8_000),
    (lambda n: "\n".join(f"第{number}条　甲。" for number in range(n, 0, -1)), 8_000),
    (lambda n: "第一条　甲：\n" + "（一）乙；\n" * n, 8_000),
    (lambda n: "第一条　甲：\n" + "乙\n" * n, 8_000),
    (lambda n: "甲乙丙\n" * n, 8_000),
    (lambda n: "2020年1月1日\n" * n, 8_000),
    (lambda n: "目录\n" + "第一章 甲\n" * n, 8_000),
    (lambda n: "（" * n, 200_000),
    (lambda n: "**" * 10 * n + "a ** b" * n, 10_000),
    (lambda n: "<!--" * n, 100_000),
    (lambda n: "[" * 2 * n + "](" * n, 50_000),
    (lambda n: "附件：\n" * n, 8_000),
    (lambda n: "." * n, 300_000),
    (lambda n: "I. a (1) b " * n, 8_000),
    (lambda n: "第" + "一" * n + "条", 100_000),
    (lambda n: "第 " * n, 100_000),
    (lambda n: "自" * n + "起施行", 300_000),
    (lambda n: "《" * n + "现予公布", 100_000),
]


@pytest.mark.parametrize("suffix", [".txt", ".md"])
@pytest.mark.parametrize(
    ("text", "size"), HOSTILE, ids=[text(8)[:12].replace("\n", "/") for text, _size in HOSTILE]
)
def test_hostile_text_is_read_or_refused_in_linear_time(text, size, suffix):
    def title(n):
        with contextlib.suppress(UnreadableSource):
            return parse_source(f"甲{suffix}", f"某条例\n\n{text(n)}".encode()).title

    assert title(size) in ("某条例", None)
    assert time_ratio(title, size // 4) < LINEAR_TIME


def test_numbering_with_absurd_values_is_read():
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="99999999999"/>'
        '<w:numFmt w:val="upperLetter"/><w:lvlText w:val="%1%1%1"/></w:lvl><w:lvl w:ilvl="x"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="77"/></w:num>'
    )
    styles = (
        '<w:style w:type="paragraph" w:styleId="a"><w:basedOn w:val="b"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="b"><w:basedOn w:val="a"/></w:style>'
    )
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="a"/><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
        f"</w:pPr>{run('甲乙丙。')}</w:p>"
        for level, list_id in (("0", "1"), ("-3", "1"), ("99", "1"), ("0", "2"), ("0", "9"))
    )
    content = docx(body, numbering=numbering, styles=styles)
    assert len(read_source("a.docx", content).blocks) == 5


def test_main_part_may_stand_elsewhere():
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="/other/text.xml"/></Relationships>'
    )
    content = package(
        {"_rels/.rels": relations, "other/text.xml": part("document", f"<w:body>{p('甲')}</w:body>")}
    )
    assert [block.text for block in read_source("a.docx", content).blocks] == ["甲"]


def test_pipes_folders_and_dead_links_are_named(tmp_path):
    pipe, link, missing = tmp_path / "a.docx", tmp_path / "b.docx", tmp_path / "c.docx"
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / "nowhere")
    messages = []
    for path in (pipe, link, missing):
        with pytest.raises(UnreadableSource) as caught:
            read_file(path)
        messages.append(str(caught.value))
    assert messages == [
        "This is not a file that can be read.",
        "This link leads to no file.",
        "There is no such file.",
    ]


def test_folders_are_walked_in_order_without_hidden_files_and_links(tmp_path):
    for name in ("b.md", "a.txt", ".hidden.md", "~$a.docx", "sub/c.md", ".git/d.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)
    paths = [path.relative_to(tmp_path).as_posix() for path in source_files([str(tmp_path)])]
    assert paths == ["a.txt", "b.md", "sub/c.md"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "utf-32"]
)
def test_encodings_are_recognised(encoding):
    text = "宁川省某条例\n\n第一条　为了规范社区矫正工作，根据法律，制定本条例。\n第二条　本条例自公布之日起施行。\n"
    document = parse_source("宁川省某条例_20200101.txt", text.encode(encoding))
    assert (document.title, document.articles) == ("宁川省某条例", 2)


def test_a_few_damaged_bytes_are_reported():
    text = "宁川省某条例\n\n第一条　为了规范社区矫正工作。\n第二条　自公布之日起施行。\n" * 20
    content = text.encode()
    document = parse_source("某条例.txt", content.replace("规范".encode(), b"\xff" + "规范".encode(), 1))
    assert [str(w) for w in document.warnings if w.code == "bytes_replaced"] == [
        "1 bytes could not be read and were replaced."
    ]


def test_unknown_encoding_is_refused():
    content = "Всякий закон обратной силы не имеет. ".encode("koi8-r") * 50
    message = "The encoding of the text was not recognised. Save it as UTF-8 and try again."
    assert refusal("a.txt", content) == message


def test_levels_of_any_length_are_read():
    endless = "9" * 5000
    body = p("某部办法", f'<w:outlineLvl w:val="{endless}"/>') + "".join(
        p(f"第{number}条　正文。", f'<w:numPr><w:ilvl w:val="{endless}"/><w:numId w:val="1"/></w:numPr>')
        for number in "一二"
    )
    styles = f'<w:style w:type="paragraph" w:default="1"><w:pPr><w:outlineLvl w:val="{endless}"/></w:pPr></w:style>'
    document = parse_source("a.docx", docx(body, styles=styles))
    assert (document.title, document.articles) == ("某部办法", 2)


@pytest.mark.parametrize("code", ["D800", "DFFF", "FFFE", "FFFFFFFFFF", "1"])
def test_symbols_that_are_no_characters_become_a_box(code):
    symbol = f'<w:r><w:sym w:char="{code}"/></w:r>'
    body = p("某部办法") + p(raw=run("第一条　甲") + symbol) + p("第二条　乙。")
    document = parse_source("a.docx", docx(body))
    assert [row.node.text for row in document.rows if row.node.text] == ["甲□", "乙。"]
