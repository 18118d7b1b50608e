from __future__ import annotations

import pytest

from norms.importing.docx import read_docx
from norms.importing.parser import parse_source
from norms.importing.word_numbering import formatted
from tests.norms.word import (
    MARKUP,
    NAMESPACE,
    abstract_list,
    docx,
    law,
    level,
    numbered,
    p,
    package,
    part,
    run,
    used_list,
)


def lines(content: bytes) -> list[str]:
    return [block.text for block in read_docx(content).blocks]


def texts(content: bytes, kind: str) -> list[str]:
    rows = parse_source("某条例_20200101.docx", content).rows
    return [f"{row.node.label}{row.node.text}" for row in rows if row.node.kind == kind]


def test_reader_keeps_body_order_with_tables():
    table = "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>"
    body = p("前") + table.format(p("甲"), p("乙"), p("丙"), p("丁")) + p("后")
    assert lines(docx(body)) == ["前", "甲\t乙\n丙\t丁", "后"]


def test_reader_takes_text_out_of_a_table_of_one_column():
    body = f"<w:tbl><w:tr><w:tc>{p('第一条　甲。')}{p('第二条　乙。')}</w:tc></w:tr></w:tbl>"
    assert lines(docx(body)) == ["第一条　甲。", "第二条　乙。"]


def test_reader_accepts_tracked_changes():
    raw = (
        run("保留")
        + f'<w:ins w:author="a">{run("新增")}</w:ins>'
        + '<w:del w:author="a"><w:r><w:delText>删去</w:delText></w:r></w:del>'
        + f'<w:moveFrom w:author="a">{run("移走")}</w:moveFrom><w:moveTo w:author="a">{run("移来")}</w:moveTo>'
    )
    assert lines(docx(p(raw=raw))) == ["保留新增移来"]


def test_reader_joins_paragraphs_whose_mark_was_deleted():
    body = p("前半", '<w:rPr><w:del w:author="a"/></w:rPr>') + p("后半")
    assert lines(docx(body)) == ["前半后半"]


def test_reader_reads_links_controls_and_fields():
    raw = (
        f"<w:hyperlink>{run('链接')}</w:hyperlink>"
        + f"<w:sdt><w:sdtPr/><w:sdtContent>{run('控件')}</w:sdtContent></w:sdt>"
        + '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>'
        + f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("域")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        + f"<w:smartTag>{run('标记')}</w:smartTag>"
    )
    assert lines(docx(p(raw=raw))) == ["链接控件域标记"]


def test_reader_reads_text_boxes_once():
    box = f"<w:txbxContent>{p('框内文字')}</w:txbxContent>"
    raw = (
        run("正文")
        + f'<w:r><mc:AlternateContent xmlns:mc="{MARKUP}"><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>'
        + f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert lines(docx(p(raw=raw))) == ["正文", "框内文字"]


def test_reader_leaves_out_hidden_text_and_soft_hyphens():
    raw = run("看得见") + run("看不见", "<w:vanish/>") + "<w:r><w:softHyphen/></w:r>" + run("的\u00ad字")
    assert lines(docx(p(raw=raw))) == ["看得见的字"]


def test_reader_splits_at_line_breaks():
    raw = "<w:r><w:t>第一条　甲。</w:t><w:br/><w:t>第二条　乙。</w:t></w:r>"
    blocks = read_docx(docx(p(raw=raw))).blocks
    assert [(block.text, block.soft) for block in blocks] == [("第一条　甲。", False), ("第二条　乙。", True)]


def test_reader_puts_footnotes_at_the_end():
    raw = run("正文") + '<w:r><w:footnoteReference w:id="2"/></w:r>'
    notes = f'<w:footnote w:id="2">{p("脚注文字")}</w:footnote>'
    assert lines(docx(p(raw=raw) + p("后文"), footnotes=notes)) == ["正文", "后文", "[1] 脚注文字"]


def test_reader_tells_of_pictures():
    source = read_docx(docx(p(raw=f"{run('甲')}<w:r><w:drawing/></w:r>")))
    assert [(warning.code, dict(warning.values)) for warning in source.warnings] == [
        ("images", {"count": "1"})
    ]


def test_reader_understands_the_strict_namespace():
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    content = part("document", f"<w:body>{p('严格格式')}</w:body>").replace(NAMESPACE, strict)
    assert lines(package({"word/document.xml": content})) == ["严格格式"]


ARTICLES = abstract_list(level(0, "chineseCountingThousand", "第%1条"), level(1, "chineseCounting", "（%2）"))


def test_numbers_made_by_word_begin_articles_and_items():
    body = law(
        numbered("为了规范，制定本条例。"),
        numbered("有下列情形之一的："),
        numbered("甲；", level=1),
        numbered("乙。", level=1),
        numbered("又一条："),
        numbered("丙。", level=1),
    )
    content = docx(body, numbering=ARTICLES + used_list(1))
    document = parse_source("宁川省某条例_20200101.docx", content)
    assert [row.node.label for row in document.rows if row.node.kind == "article"] == [
        "第一条",
        "第二条",
        "第三条",
    ]
    assert texts(content, "item") == ["（一）甲；", "（二）乙。", "（一）丙。"]


def test_numbers_that_come_from_a_style_count_too():
    styles = (
        '<w:style w:type="paragraph" w:styleId="base"><w:name w:val="条"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="article"><w:name w:val="条文"/><w:basedOn w:val="base"/></w:style>'
    )
    paragraph = p("甲。", '<w:pStyle w:val="article"/>')
    plain = p("不编号。", '<w:pStyle w:val="article"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    content = docx(paragraph + plain + paragraph, styles=styles, numbering=ARTICLES + used_list(1))
    assert lines(content) == ["第一条　甲。", "不编号。", "第二条　甲。"]


def test_a_list_may_start_elsewhere_or_begin_again():
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>'
    numbering = ARTICLES + used_list(1) + used_list(2, extra=override)
    body = numbered("甲") + numbered("乙") + numbered("丙", 2) + numbered("丁", 2) + numbered("戊")
    assert lines(docx(body, numbering=numbering)) == [
        "第一条　甲",
        "第二条　乙",
        "第七条　丙",
        "第八条　丁",
        "第九条　戊",
    ]


def test_levels_show_the_numbers_above_them():
    numbering = abstract_list(
        level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2", extra="<w:isLgl/>")
    )
    body = numbered("甲") + numbered("乙", level=1) + numbered("丙") + numbered("丁", level=1)
    assert lines(docx(body, numbering=numbering + used_list(1))) == ["一、甲", "1.1　乙", "二、丙", "2.1　丁"]


def test_bullets_are_no_numbers():
    numbering = abstract_list(level(0, "bullet", "●")) + used_list(1)
    assert lines(docx(numbered("甲"), numbering=numbering)) == ["甲"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("decimal", "12"),
        ("chineseCounting", "十二"),
        ("chineseCountingThousand", "十二"),
        ("japaneseCounting", "十二"),
        ("ideographDigital", "一二"),
        ("chineseLegalSimplified", "壹拾贰"),
        ("decimalFullWidth", "１２"),
        ("decimalEnclosedCircle", "⑫"),
        ("decimalEnclosedParen", "⑿"),
        ("decimalZero", "12"),
        ("upperRoman", "XII"),
        ("lowerRoman", "xii"),
        ("upperLetter", "L"),
        ("ideographTraditional", "乙"),
        ("ideographZodiac", "亥"),
        ("unknownFormat", "12"),
    ],
)
def test_number_formats(form, expected):
    assert formatted(12, form) == expected


def test_hundreds_count_as_article_numbers_do():
    assert [formatted(number, "japaneseCounting") for number in (100, 105, 110, 120)] == [
        "一百",
        "一百零五",
        "一百一十",
        "一百二十",
    ]


def test_contents_field_is_left_out():
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    contents = (
        f"<w:sdt>{gallery}<w:sdtContent>{p('第一章 总则	1')}{p('第二章 附则	2')}</w:sdtContent></w:sdt>"
    )
    body = law(contents, p("第一章 总则"), p("第一条　甲。"), p("第二章 附则"), p("第二条　乙。"))
    document = parse_source("宁川省某条例_20200101.docx", docx(body))
    assert [row.anchor for row in document.rows] == ["ch-1", "art-1", "art-1-p1", "ch-2", "art-2", "art-2-p1"]


def test_tables_are_kept_as_such():
    table = f"<w:tbl><w:tr><w:tc>{p('项目')}</w:tc><w:tc>{p('标准')}</w:tc></w:tr></w:tbl>"
    content = docx(law(p("第一条　按下表执行："), table, p("第二条　乙。")))
    document = parse_source("宁川省某条例_20200101.docx", content)
    assert [
        (row.anchor, row.node.kind, row.node.text) for row in document.rows if row.node.kind == "table"
    ] == [("table-1", "table", "项目\t标准")]
