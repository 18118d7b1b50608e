"""Reading Excel workbooks as people and programs make them: rows, headings, sheets, merged cells."""

import time

import pytest

from tests.foundation.excel_sheets import HEADINGS, errors, read, refusal, texts, value
from tests.foundation.workbooks import MAIN, Sheet, merged, workbook

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize("dimension", ["A1", "A1:D2", "A1:XFD1048576", "nonsense", None])
def test_recorded_dimension_is_not_believed(dimension):
    before = f'<dimension ref="{dimension}"/>' if dimension else ""
    assert texts(workbook(Sheet([HEADINGS, ["", "甲"], ["", "乙"]], before=before))) == ["甲", "乙"]


def test_rows_have_their_numbers_and_cells_their_addresses():
    rows = read(workbook(Sheet([["培训问题汇总表"], [], HEADINGS, ["", "甲", "法院"], [], ["", "乙"]]))).rows
    assert [(row.sheet, row.number) for row in rows] == [("Sheet1", 4), ("Sheet1", 6)]
    assert [rows[0].cells[name].address for name in ("text", "office")] == ["B4", "C4"]


@pytest.mark.parametrize(
    "above",
    [
        [["2026年问题汇总表"]],
        [["问题"]],
        [["填表单位：", "宁川市司法局"], ["填表人：", "陈岚"]],
        [["说明"]] * 19,
    ],
)
def test_headings_may_stand_below_titles_and_instructions(above):
    assert texts(workbook(Sheet([*above, HEADINGS, ["问题", "甲"]]))) == ["甲"]


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (["内容", "备注"], ["问题", "单位"]),
        (["内容"], ["问题"]),
        (["问题"], ["问题"]),
        (HEADINGS, ["", "内容", "单位"]),
    ],
)
def test_row_that_reads_like_headings_below_headings_is_data(headings, row):
    rows = read(workbook(Sheet([headings, row]))).rows
    assert [line.number for line in rows] == [2]


@pytest.mark.parametrize(
    "heading",
    [
        "内容*",
        "＊内容",
        "内 容",
        " 内容\n",
        "内容（必填）",
        "内容 / Text",
        "Text",
        "TEXT ",
        "内容\nText",
        "内容：",
        "【内容】内容",
    ],
)
def test_heading_is_recognised_with_stars_spaces_remarks_and_two_languages(heading):
    assert texts(workbook(Sheet([["类型", heading], ["问题", "甲"]]))) == ["甲"]


def test_second_column_of_a_field_and_unknown_ones_are_named():
    file = read(workbook(Sheet([["内容", "备注", "问题"], ["甲", "乙", "丙"]])))
    assert (file.rows[0].texts, file.ignored) == ({"text": "甲"}, ["备注", "问题"])


def test_missing_heading_is_named_even_where_data_read_like_it():
    rows = [["类型", "单位"], ["问题", "法院"], ["意见", "法院"]]
    assert refusal(workbook(Sheet(rows))) == "There is no column Text. Use the template's headings."


# Several sheets ---------------------------------------------------


def sheets_of(*names, **options):
    return [Sheet([HEADINGS, ["问题", f"{name}问"]], name, **options) for name in names]


def test_all_sheets_with_the_headings_are_read():
    file = read(workbook(*sheets_of("法院", "检察院", "司法局")))
    assert [(row.sheet, row.number, row.texts["text"]) for row in file.rows] == [
        ("法院", 2, "法院问"),
        ("检察院", 2, "检察院问"),
        ("司法局", 2, "司法局问"),
    ]
    assert (file.sheets, file.read_sheets, file.unread) == (["法院", "检察院", "司法局"],) * 2 + ([],)
    assert file.has_choice


def test_one_sheet_can_be_chosen_and_the_others_are_named():
    file = read(workbook(*sheets_of("法院", "检察院", "司法局")), sheet="检察院")
    assert [row.texts["text"] for row in file.rows] == ["检察院问"]
    assert (file.read_sheets, file.unread) == (["检察院"], ["法院", "司法局"])
    assert file.sheets == ["法院", "检察院", "司法局"]


def test_sheet_that_is_not_there_is_an_error():
    book = workbook(*sheets_of("法院"), Sheet([["说明"]], "说明"))
    assert refusal(book, sheet="说明") == "The file has no sheet 说明 with rows to read."


@pytest.mark.parametrize("first", [Sheet([], "空"), Sheet([HEADINGS], "空表")])
def test_empty_sheet_in_front_is_passed_over(first):
    file = read(workbook(first, *sheets_of("问题")))
    assert (file.read_sheets, file.unread, file.has_choice) == (["问题"], [], False)


def test_sheet_of_instructions_is_passed_over_and_named():
    file = read(workbook(Sheet([["填表说明"], ["请在第二张表填写"]], "说明"), *sheets_of("问题")))
    assert (file.read_sheets, file.unread) == (["问题"], ["说明"])


def test_notes_that_explain_a_heading_are_no_data_unless_chosen():
    notes = Sheet([["类型 / Kind", "问题、意见或建议"], ["内容 / Text", "必填"], ["单位", "按原文"]], "说明")
    book = workbook(*sheets_of("问题"), notes)
    assert (texts(book), read(book).unread, read(book).sheets) == (["问题问"], ["说明"], ["问题", "说明"])
    assert texts(book, sheet="说明") == ["单位"]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheet_is_no_data(state):
    file = read(workbook(Sheet([["内容"], ["选项甲"]], "字典", state), *sheets_of("问题")))
    assert ([row.texts["text"] for row in file.rows], file.sheets, file.unread) == (["问题问"], ["问题"], [])


def test_workbook_of_hidden_sheets_says_so():
    assert refusal(workbook(*sheets_of("问题", state="hidden"))) == "All sheets of the workbook are hidden."


# Merged cells -----------------------------------------------------


def test_cell_merged_downwards_counts_for_each_row():
    rows = [HEADINGS, ["", "甲", "法院"], ["", "乙"], ["", "丙"]]
    assert texts(workbook(Sheet(rows, after=merged("C2:C3"))), "office") == ["法院", "法院", ""]


def test_rows_below_the_filled_ones_are_no_rows_because_a_cell_is_merged_over_them():
    rows = [HEADINGS, ["", "甲", "法院"]]
    assert texts(workbook(Sheet(rows, after=merged("C2:C90")))) == ["甲"]


def test_title_and_heading_merged_sideways_stay_in_their_first_column():
    rows = [["汇总表"], ["内容", "", "单位"], ["甲", "续", "法院"]]
    book = workbook(Sheet(rows, after=merged("A1:D1", "A2:B2")))
    assert read(book).rows[0].texts == {"text": "甲", "office": "法院"}


def test_headings_in_two_rows_are_read_from_the_lower_one():
    rows = [["类型", "内容", "提问人"], ["", "", "单位", "日期"], ["问题", "甲", "法院", "2026-04-17"]]
    book = workbook(Sheet(rows, after=merged("A1:A2", "B1:B2", "C1:D1")))
    assert read(book).rows[0].texts == {"kind": "问题", "text": "甲", "office": "法院", "date": "2026-04-17"}


def test_damaged_area_is_ignored():
    assert texts(workbook(Sheet([HEADINGS, ["", "甲"]], after=merged("", "A:B", "ZZZZ1:B2")))) == ["甲"]


@pytest.mark.parametrize(
    "area",
    [
        '<mergeCell ref="C2:CV10001"/>',
        "<mergeCell ref='C2:CV10001'/>",
        '<mergeCell  foo="1" ref = "$C$2:$CV$10001" ></mergeCell>',
        '<mergeCell ref="cv10001:c2"/>',
        '<x:mergeCell xmlns:x="urn:x" ref="C2:CV10001"/>',
        '<mergeCell ref="C2:&#67;V10001"/>',
        '<mergeCell ref="A1:I10000"/>' * 2,
    ],
)
def test_sheet_that_merges_a_million_cells_is_refused_however_it_is_spelled(area):
    book = workbook(Sheet([HEADINGS, ["", "甲"]], after=f"<mergeCells>{area}</mergeCells>"))
    started = time.monotonic()
    assert refusal(book) == "A sheet of the workbook merges more than 100000 cells."
    assert time.monotonic() - started < 1


# Formulas, errors, escapes -----------------------------------------


def test_formula_counts_as_its_stored_result():
    assert value('<c r="B2" t="str"><f>LOWER("A")</f><v>a</v></c>') == "a"
    assert value('<c r="B2"><f>1+1</f><v>2</v></c>') == 2


def test_formula_whose_result_is_an_empty_text_is_an_empty_cell():
    book = workbook(Sheet([HEADINGS, ["问题", "甲", '<c r="C2" t="str"><f>IF(1,"")</f><v></v></c>']]))
    assert (errors(book), texts(book, "office")) == ([], [""])


@pytest.mark.parametrize("result", ["", "<v></v>", "<v/>"])
def test_formula_without_a_result_is_named_by_its_cell(result):
    book = workbook(Sheet([HEADINGS, ["问题", f'<c r="B2"><f>LOWER("ZHOU")</f>{result}</c>']]))
    message = "The formula in B2 has no stored result. Paste its value instead."
    assert errors(book) == [(2, "text", message)]
    assert texts(book) == ['=LOWER("ZHOU")']


@pytest.mark.parametrize("name", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"])
@pytest.mark.parametrize(
    "form", ['<c r="B2" t="e"><v>{}</v></c>', '<c r="B2" t="e"><f>X()</f><v>{}</v></c>', "{}"]
)
def test_error_of_a_formula_is_no_text(name, form):
    book = workbook(Sheet([HEADINGS, ["问题", form.format(name)]]))
    assert errors(book) == [(2, "text", f"B2 shows the error {name}. Write what is meant.")]


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("一_x000D_\n二", "一\n二"),
        ("一_x000d_二", "一\n二"),
        ("一_x000A_二", "一\n二"),
        ("一_x0007_二", "一二"),
        ("_x005F_x000D_", "_x000D_"),
        ("_x4E00_", "一"),
        ("_xD83D_", ""),
        ("_x00_", "_x00_"),
    ],
)
def test_escapes_are_resolved(stored, text):
    assert texts(workbook(Sheet([HEADINGS, ["问题", stored, "法院"]]))) == [text]


def test_shared_strings_are_joined_without_reading_aids():
    strings = f'<sst xmlns="{MAIN}"><si><r><t>社区</t></r><r><rPr/><t>矫正_x000D_</t></r><rPh><t>shequ</t></rPh></si></sst>'
    assert value('<c r="B2" t="s"><v>0</v></c>', strings=strings) == "社区矫正"


@pytest.mark.parametrize("index", ["1", "-1", "x"])
def test_string_that_the_workbook_lacks_is_an_error_of_its_cell(index):
    strings = f'<sst xmlns="{MAIN}"><si><t>甲</t></si></sst>'
    book = workbook(Sheet([HEADINGS, ["问题", f'<c r="B2" t="s"><v>{index}</v></c>']]), strings=strings)
    assert errors(book) == [(2, "text", "B2 refers to a text that the workbook does not hold.")]
