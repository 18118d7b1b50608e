import io
import shutil
import subprocess

import pytest
from django.utils import translation
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from portal.foundation.numerals import chinese_numeral
from portal.foundation.official import (
    MarkdownRun,
    OfficialDocument,
    PartNumbers,
    TypedRun,
    Typeface,
    markdown_blocks,
)
from portal.foundation.official.markdown import escape_line, markdown_table, renumbered_markdown


def opened(document):
    return Document(io.BytesIO(document.to_bytes()))


def typefaces(paragraph):
    return [run._r.rPr.rFonts.get(qn("w:eastAsia")) for run in paragraph.runs]


def outline(paragraph):
    level = paragraph._p.pPr.find(qn("w:outlineLvl"))
    return None if level is None else int(level.get(qn("w:val")))


def test_type_area_is_156_by_225_millimetres():
    page = opened(OfficialDocument(title="通知")).sections[0]
    margins = (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert round((page.page_width - page.left_margin - page.right_margin) / Mm(1)) == 156
    assert round((page.page_height - page.top_margin - page.bottom_margin) / Mm(1)) == 225


def test_grid_fits_22_lines_of_28_characters_and_no_more():
    document = opened(OfficialDocument(title="通知"))
    grid = document.sections[0]._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    line = int(grid.get(qn("w:linePitch"))) / 20
    character = document.styles["Normal"].font.size.pt + int(grid.get(qn("w:charSpace"))) / 4096
    assert 22 * line <= Mm(225).pt < 22 * line + 1.1
    assert 28 * character <= Mm(156).pt < 28 * character + 0.1
    assert character == pytest.approx(15.8, abs=0.01)


def test_body_lines_have_the_pitch_of_the_grid():
    document = OfficialDocument(title="通知")
    document.add_paragraph("正文")
    paragraph = opened(document).paragraphs[0]
    assert paragraph.paragraph_format.line_spacing == Pt(28.95)
    assert paragraph._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    assert (typefaces(paragraph), paragraph.runs[0].font.size) == (["仿宋"], Pt(16))


def test_page_number_is_at_the_outer_edge():
    page = opened(OfficialDocument(title="通知")).sections[0]
    texts, sides = [], []
    for footer in (page.footer, page.even_page_footer):
        nodes = footer._element.iter(qn("w:t"), qn("w:instrText"))
        texts.append("".join(node.text or "" for node in nodes))
        sides.append(footer.paragraphs[0].alignment.name)
    assert texts == ["—  PAGE  —"] * 2
    assert sides == ["RIGHT", "LEFT"]


def test_turned_section_has_the_turned_type_area():
    document = OfficialDocument(title="通知")
    document.begin_section(landscape=True)
    document.begin_section()
    sizes = [
        (
            round((page.page_width - page.left_margin - page.right_margin) / Mm(1)),
            round((page.page_height - page.top_margin - page.bottom_margin) / Mm(1)),
        )
        for page in opened(document).sections
    ]
    assert sizes == [(156, 225), (225, 156), (156, 225)]


def test_title_and_headings_have_the_types_of_their_levels():
    document = OfficialDocument(title="通知", number="TT-2026-003")
    document.add_title("关于培训的通知")
    document.add_heading("一、安排")
    document.add_markdown("# 时间\n\n## 上午\n\n### 甲")
    file = opened(document)
    assert [(p.text, typefaces(p), p.runs[0].bold, outline(p)) for p in file.paragraphs] == [
        ("关于培训的通知", ["方正小标宋简体"], None, 0),
        ("一、安排", ["黑体"], None, 0),
        ("（一）时间", ["楷体"] * 2, None, 1),
        ("1. 上午", ["仿宋"] * 2, True, 2),
        ("（1）甲", ["仿宋"] * 2, None, 3),
    ]
    assert file.paragraphs[0].runs[0].font.size == Pt(22)
    assert [p._p.pPr.find(qn("w:snapToGrid")) is None for p in file.paragraphs] == [False, *[True] * 4]
    assert (file.core_properties.title, file.core_properties.subject) == ("通知", "TT-2026-003")


def test_paragraph_takes_runs_of_several_typefaces():
    document = OfficialDocument(title="通知")
    document.add_paragraph(TypedRun("理由：", Typeface.KAI, bold=True), "正文", "")
    paragraph = opened(document).paragraphs[0]
    assert [(run.text, run.bold) for run in paragraph.runs] == [("理由：", True), ("正文", None)]
    assert typefaces(paragraph) == ["楷体", "仿宋"]


def test_table_repeats_its_header_and_reports_progress():
    document, progress = OfficialDocument(title="通知"), []
    document.add_table(["甲", "乙"], [[str(n), "\x00<b>"] for n in range(120)], (40, 50.5), progress.append)
    document.add_paragraph("以后")
    file = opened(document)
    (table,) = file.tables
    assert [cell.text for cell in table.rows[120].cells] == ["119", "<b>"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.rows[1]._tr.trPr.find(qn("w:tblHeader")) is None
    assert progress == [50, 100]
    assert file.element.body[0] is table._tbl
    with pytest.raises(ValueError):
        document.add_table(["甲", "乙"], [["1"]], (40, 50))


def test_table_of_a_text_has_the_width_of_the_type_area():
    document = OfficialDocument(title="通知")
    document.add_markdown("| 列 | 数 | 年 |\n|---|---|---|\n| 甲 | 1 | 2 |")
    (table,) = opened(document).tables
    widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
    assert sum(widths) == pytest.approx(Mm(156).pt * 20, abs=3)


def test_text_without_what_xml_forbids_is_written():
    document = OfficialDocument(title="卷\x01")
    document.add_paragraph("甲\x02\x0b\ud800乙")
    file = opened(document)
    assert (file.core_properties.title, file.paragraphs[0].text) == ("卷", "甲乙")


@pytest.mark.parametrize(
    ("value", "numeral"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (101, "一百零一")]
)
def test_chinese_numeral_reads_as_in_a_document(value, numeral):
    assert chinese_numeral(value) == numeral


@pytest.mark.parametrize(("lang", "marks"), [("zh-hans", ["一、", "二、"]), ("en", ["I. ", "II. "])])
def test_parts_are_numbered_in_the_active_language(lang, marks):
    numbers = PartNumbers()
    with translation.override(lang):
        assert [numbers.next(), numbers.next()] == marks


def test_headings_are_numbered_from_the_highest_that_occurs():
    blocks = markdown_blocks("### 甲\n\n#### 乙\n\n### 二、丙\n\n##### 丁")
    assert [(block.mark, block.text) for block in blocks] == [
        ("（一）", "甲"),
        ("1. ", "乙"),
        ("（二）", "丙"),
        ("（1）", "丁"),
    ]


def test_lists_tables_and_breaks_become_paragraphs():
    text = "- 甲\n- 乙\n\n3. 丙\n4. 丁\n\n一\n二\n\n| 列 | 数 |\n|---|---|\n| 甲 | 1 |\n\n**粗**细"
    assert [(block.kind, block.mark, block.text or block.rows) for block in markdown_blocks(text)] == [
        ("item", "——", "甲"),
        ("item", "——", "乙"),
        ("item", "3. ", "丙"),
        ("item", "4. ", "丁"),
        ("paragraph", "", "一"),
        ("paragraph", "", "二"),
        (
            "table",
            "",
            (((MarkdownRun("列"),), (MarkdownRun("数"),)), ((MarkdownRun("甲"),), (MarkdownRun("1"),))),
        ),
        ("paragraph", "", "粗细"),
    ]
    assert markdown_blocks("**粗**细")[0].runs == (MarkdownRun("粗", True), MarkdownRun("细"))


def test_code_becomes_one_paragraph_a_line():
    document = OfficialDocument(title="通知")
    document.add_markdown("```\n  甲 *乙*\n\n丙\n```")
    assert [paragraph.text for paragraph in opened(document).paragraphs] == ["  甲 *乙*", "丙"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1.5倍刑期的计算", "1.5倍刑期的计算"),
        ("3.5年以上", "3.5年以上"),
        ("2026.4.17会议", "2026.4.17会议"),
        ("10、20年刑期", "10、20年刑期"),
        ("一、二审程序", "一、二审程序"),
        ("（2026）粤01号", "（2026）粤01号"),
        ("1．5倍", "1．5倍"),
        ("1. 现状", "现状"),
        ("（二）现状", "现状"),
        ("三、2026年", "2026年"),
        ("(3)现状", "现状"),
    ],
)
def test_heading_loses_its_number_and_no_other_digits(typed, kept):
    assert markdown_blocks(f"## {typed}")[0].text == kept


def test_item_without_a_line_keeps_its_mark():
    blocks = markdown_blocks("0. 零\n1. ```\n   码\n   ```\n\n后文")
    assert [(block.kind, block.mark, block.text) for block in blocks] == [
        ("item", "0. ", "零"),
        ("item", "1. ", ""),
        ("code", "", "码"),
        ("paragraph", "", "后文"),
    ]


def test_lists_are_numbered_below_their_heading():
    text = "1. 甲\n\n## 一\n\n1. 乙\n   1. 丙\n\n### 二\n\n1. 丁"
    assert [block.mark for block in markdown_blocks(text)] == [
        "1. ",
        "（一）",
        "1. ",
        "（1）",
        "1. ",
        "（1）",
    ]


def test_lists_in_a_clause_are_its_items():
    text = "下列情形：\n\n1. 甲\n   1. 乙\n2. 丙"
    marks = [block.mark for block in markdown_blocks(text, list_level=0)]
    assert marks == ["", "（一）", "1. ", "（二）"]


def test_markdown_is_written_with_the_numbers_of_the_document():
    text = "# 现状\n\n1. **甲**\n2. 乙\n\n| 列 |\n|---|\n| a\\|b |\n\n3) 年"
    assert list(renumbered_markdown(text)) == [
        "### （一）现状",
        "1. **甲**",
        "2. 乙",
        "| 列 |\n| --- |\n| a\\|b |",
        "3. 年",
    ]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("# 甲", r"\# 甲"),
        ("1. 甲", r"1\. 甲"),
        ("1.5倍", "1.5倍"),
        ("~~甲~~ 3~5", r"\~\~甲\~\~ 3~5"),
        ("&lt;", r"\&lt;"),
        ("a*b_[c]", r"a\*b\_\[c\]"),
        ("甲\n  乙", "甲 乙"),
    ],
)
def test_escaped_line_is_read_as_plain_text(text, escaped):
    assert escape_line(text) == escaped


def test_cells_of_a_markdown_table_keep_their_lines():
    assert markdown_table([["甲", "乙"], ["一\n二", "|"]]) == "| 甲 | 乙 |\n| --- | --- |\n| 一<br>二 | \\| |"


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice: install it (soffice) to run this")
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext: install poppler-utils to run this")
def test_word_processor_sets_28_characters_a_line_and_22_lines_a_page(tmp_path):
    document = OfficialDocument(title="通知")
    document.add_paragraph("国" * 28 * 30, indented=False)  # 30 lines
    source = tmp_path / "a.docx"
    source.write_bytes(document.to_bytes())
    profile = f"-env:UserInstallation=file://{tmp_path}/office"
    convert = [
        "soffice",
        "--headless",
        profile,
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    text = subprocess.run(
        ["pdftotext", "-layout", str(source.with_suffix(".pdf")), "-"], check=True, capture_output=True
    ).stdout.decode()
    pages = [[line.strip() for line in page.splitlines() if "国" in line] for page in text.split("\f")]
    assert [len(page) for page in pages if page] == [22, 8]
    assert {len(line) for page in pages for line in page} == {28}
