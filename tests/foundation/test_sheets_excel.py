"""Reading Excel workbooks as people and programs make them."""

import contextlib
import datetime as dt
import io
import resource
import time
import zipfile

import pytest
import time_machine
from django.utils import timezone, translation
from openpyxl import Workbook

from portal.foundation.sheets import Layout, SheetColumn, SheetError, read_tables
from portal.foundation.uploads import LIFETIME, delete_expired_uploads
from portal.foundation.workbooks import limits
from portal.foundation.workbooks.reading import read_as_json
from tests.foundation.workbooks import MAIN, Sheet, merged, styles, text_cell, workbook, zipped
from tests.waiting import at_once

LAYOUT = Layout(
    (
        SheetColumn("kind", "Kind", ("类型",)),
        SheetColumn("text", "Text", ("内容", "问题"), "内容 / Text", required=True),
        SheetColumn("office", "Office", ("单位",)),
        SheetColumn("date", "Date", ("日期",)),
    )
)
HEADINGS = ["类型", "内容", "单位", "日期"]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def in_this_process(monkeypatch):
    """Read workbooks in the process of the tests, where limits can be lowered."""
    monkeypatch.setattr("portal.foundation.sheets.excel.read_in_process", read_as_json)


def read(content, max_rows=100, sheet=""):
    return read_tables(content, layout=LAYOUT, max_rows=max_rows, sheet=sheet)


def texts(content, field="text", **options):
    return [row.texts[field] for row in read(content, **options).rows]


def errors(content):
    return [(error.row, error.field, error.message) for row in read(content).rows for error in row.errors]


def value(cell, **parts):
    """The value of one cell, written as XML into B2."""
    book = workbook(Sheet([HEADINGS, ["问题", cell]]), **parts)
    return read(book).rows[0].cells["text"].value


def refusal(content, **options):
    with pytest.raises(SheetError) as error:
        read(content, **options)
    assert len(error.value.messages) == 1
    return error.value.messages[0]


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


# Values -----------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "stored", "expected", "text"),
    [
        ("yyyy-mm-dd", "46129", dt.datetime(2026, 4, 17), "2026-04-17"),
        ('yyyy"年"m"月"d"日"', "46129", dt.datetime(2026, 4, 17), "2026-04-17"),
        (
            "[$-804]yyyy-mm-dd hh:mm",
            "46129.60416666666",
            dt.datetime(2026, 4, 17, 14, 30),
            "2026-04-17 14:30",
        ),
        ("yyyy-mm-dd", "46129.99930555555", dt.datetime(2026, 4, 17, 23, 59), "2026-04-17 23:59"),
        ("hh:mm", "0.3958333333333333", dt.time(9, 30), "09:30"),
        ("[h]:mm", "2", dt.timedelta(days=2), "48:00"),
        ("yyyy-mm-dd", "99999999999", 99999999999, "99999999999"),
        ("0.00", "46129", 46129, "46129"),
        ("General", "1.5", 1.5, "1.5"),
        ("General", "0.30000000000000004", 0.1 + 0.2, "0.3"),
        ("General", "13800000000", 13800000000, "13800000000"),
        ("General", "1E+3", 1000.0, "1000"),
        ("General", "1e999", "1e999", "1e999"),
        ("General", "nan", "nan", "nan"),
        ("General", "1_000", "1_000", "1_000"),
    ],
)
def test_number_is_what_its_format_says(pattern, stored, expected, text):
    book = workbook(
        Sheet([HEADINGS, ["问题", f'<c r="B2" s="1"><v>{stored}</v></c>', "法院"]]), styles=styles(pattern)
    )
    cell = read(book).rows[0].cells["text"]
    assert (cell.value, cell.text) == (expected, text)


@pytest.mark.parametrize("number", [14, 22, 27, 31, 36, 50, 57, 58])
def test_built_in_formats_of_dates_are_known_those_of_chinese_excel_too(number):
    parts = {"styles": styles(cells=f'<xf numFmtId="{number}"/>')}
    assert value('<c r="B2" s="1"><v>46129</v></c>', **parts) == dt.datetime(2026, 4, 17)


def test_days_of_a_workbook_may_count_from_1904():
    book = workbook(
        Sheet([HEADINGS, ["问题", '<c r="B2" s="1"><v>44667</v></c>']]),
        properties='<workbookPr date1904="1"/>',
        styles=styles("yyyy-mm-dd"),
    )
    assert texts(book) == ["2026-04-17"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="B2" t="b"><v>1</v></c>', True),
        ('<c r="B2" t="d"><v>2026-04-17T00:00:00</v></c>', dt.datetime(2026, 4, 17)),
        ('<c r="B2" t="d"><v>gestern</v></c>', "gestern"),
    ],
)
def test_truth_values_and_written_dates_are_read(cell, expected):
    assert value(cell) == expected


@pytest.mark.parametrize(
    "part",
    [
        styles("yyyy-mm-dd", colour="red"),
        styles("yyyy-mm-dd").replace('numFmtId="0"', 'numFmtId="many"'),
        styles("yyyy-mm-dd").replace("<fonts>", '<fonts count="-1"><font sz="x"/>'),
    ],
)
def test_wrong_styles_leave_the_data_readable(part):
    book = workbook(Sheet([HEADINGS, ["问题", "甲", "", '<c r="D2" s="1"><v>46129</v></c>']]), styles=part)
    assert (texts(book), texts(book, "date")) == (["甲"], ["2026-04-17"])


@pytest.mark.parametrize("part", ["", "<styleSheet", "no xml at all"])
def test_damaged_styles_leave_dates_as_numbers(part):
    book = workbook(Sheet([HEADINGS, ["问题", "甲", "", '<c r="D2" s="7"><v>46129</v></c>']]), styles=part)
    assert (texts(book), texts(book, "date")) == (["甲"], ["46129"])


def test_formatted_blank_rows_are_no_rows():
    blank = [f'<row r="{number}"><c r="A{number}" s="2" t="n"/></row>' for number in range(3, 25_003)]
    book = workbook(
        Sheet([HEADINGS, ["问题", "甲"], *blank, '<row r="30000">' + text_cell("B30000", "乙") + "</row>"])
    )
    assert [(row.number, row.texts["text"]) for row in read(book).rows] == [(2, "甲"), (30000, "乙")]


def test_rows_and_cells_without_addresses_follow_one_another():
    row = '<row><c t="inlineStr"><is><t>{}</t></is></c><c t="inlineStr"><is><t>{}</t></is></c></row>'
    book = workbook(Sheet([row.format("类型", "内容"), "<row/>", row.format("问题", "甲")]))
    assert [(line.number, line.texts["text"]) for line in read(book).rows] == [(3, "甲")]


def test_names_with_prefixes_absolute_targets_and_backslashes_are_read():
    plain = workbook(Sheet([HEADINGS, ["问题", "甲"]]))
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet = files.pop("xl/worksheets/sheet1.xml")
    for name in ("worksheet", "sheetData", "row", "is", "t", "c"):
        sheet = sheet.replace(f"<{name} ", f"<x:{name} ").replace(f"<{name}>", f"<x:{name}>")
        sheet = sheet.replace(f"</{name}>", f"</x:{name}>")
    files["xl\\Worksheets\\Sheet1.xml"] = sheet.replace("xmlns=", "xmlns:x=")
    relations = "xl/_rels/workbook.xml.rels"
    files[relations] = files[relations].replace("worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml")
    assert texts(zipped(files)) == ["甲"]


def test_workbook_of_openpyxl_is_read():
    book = Workbook()
    for row in (HEADINGS, ["问题", "甲", None, dt.date(2026, 4, 17)]):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    assert read(stream.getvalue()).rows[0].texts == {
        "kind": "问题",
        "text": "甲",
        "office": "",
        "date": "2026-04-17",
    }


# Hostile and damaged files -----------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04 not a zip", "This is not an Excel workbook, or it is damaged."),
        (zipped({"word/document.xml": "<w/>"}), "This is not an Excel workbook, or it is damaged."),
        (
            b"\xd0\xcf\x11\xe0old",
            "This is an old or encrypted Excel file. Save it as .xlsx without a password.",
        ),
        (workbook(Sheet([])), "The file has no rows."),
        (workbook(Sheet([HEADINGS])), "The file has no rows."),
        (workbook(Sheet(['<row r="0"/>'])), "This is not an Excel workbook, or it is damaged."),
        (workbook(Sheet(['<row r="1048577"/>'])), "This is not an Excel workbook, or it is damaged."),
        (
            workbook(Sheet(['<row r="1"><c r="1A"/></row>'])),
            "This is not an Excel workbook, or it is damaged.",
        ),
        (workbook(Sheet(["<row>"])), "This is not an Excel workbook, or it is damaged."),
    ],
)
def test_file_that_cannot_be_read_is_refused(content, message):
    assert refusal(content) == message


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"]
)
def test_part_that_defines_entities_is_refused(part):
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    book = workbook(Sheet([HEADINGS, ["问题", "甲"]]), **{part: laughs})
    assert refusal(book) == "The workbook defines XML entities, which no spreadsheet does."


def test_workbook_that_unpacks_too_large_is_refused_unread():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * (limits.MAX_UNPACKED_BYTES + 1))
    assert refusal(stream.getvalue()) == "The workbook unpacks to more than 100 MB."


def test_number_of_elements_is_bounded(monkeypatch, in_this_process):
    monkeypatch.setattr("portal.foundation.workbooks.packages.MAX_ELEMENTS", 1000)
    book = workbook(Sheet([HEADINGS, ["问题", "甲"], *["<row/>"] * 1000]))
    assert (
        refusal(book)
        == "The workbook has more cells than the portal reads. Split it, or delete empty rows and columns."
    )


def test_cell_longer_than_a_cell_can_be_is_an_error_of_its_row():
    strings = f'<sst xmlns="{MAIN}"><si><t>{"长" * 32_768}</t></si><si><t>{"长" * 32_767}</t></si></sst>'
    cells = ['<c r="B2" t="s"><v>0</v></c>', '<c r="B3" t="s"><v>1</v></c>']
    book = workbook(Sheet([HEADINGS, *(["问题", cell] for cell in cells)]), strings=strings)
    assert errors(book) == [(2, "text", "B2 has more than 32767 characters.")]


def test_text_that_is_used_again_and_again_is_bounded(monkeypatch, in_this_process):
    monkeypatch.setattr("portal.foundation.workbooks.worksheets.MAX_WORKBOOK_CHARACTERS", 1000)
    strings = f'<sst xmlns="{MAIN}"><si><t>{"长" * 100}</t></si></sst>'
    rows = [["", f'<c r="B{number}" t="s"><v>0</v></c>'] for number in range(2, 22)]
    book = workbook(Sheet([HEADINGS, *rows]), strings=strings)
    assert refusal(book) == "The file has more text than the portal reads; send it in parts."


@pytest.mark.parametrize("title_rows", [0, 5])
def test_number_of_rows_is_bounded(title_rows):
    rows = [["汇总"]] * title_rows + [HEADINGS]
    assert len(read(workbook(Sheet([*rows, *[["", "甲"]] * 10])), max_rows=10).rows) == 10
    assert refusal(workbook(Sheet([*rows, *[["", "甲"]] * 11])), max_rows=10) == (
        "The file has more than 10 rows; send it in parts."
    )


def test_rows_of_all_sheets_count_and_those_of_other_sheets_do_not():
    many = [["选项"]] * 500
    halves = [Sheet([HEADINGS, *[["", "甲"]] * 6], name) for name in ("甲", "乙")]
    assert len(read(workbook(Sheet(many, "字典"), halves[0]), max_rows=10).rows) == 6
    assert "more than 10 rows" in refusal(workbook(*halves), max_rows=10)


def test_cells_far_to_the_right_are_not_read():
    book = workbook(Sheet([[*HEADINGS, text_cell("XFD1", "备注")], ["", "甲", text_cell("XFD2", "乙")]]))
    assert (texts(book), read(book).ignored) == (["甲"], [])


def test_part_that_many_sheets_refer_to_counts_each_time(monkeypatch, in_this_process):
    monkeypatch.setattr("portal.foundation.workbooks.packages.MAX_UNPACKED_BYTES", 1_000_000)
    sheets = "".join(f'<sheet name="{number}" id:id="r1"/>' for number in range(50))
    content = zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns:id="{MAIN}"><sheets>{sheets}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<r><Relationship Id="r1" Type="/worksheet" Target="one.xml"/></r>',
            "xl/one.xml": f"<worksheet>{' ' * 50_000}</worksheet>",
        }
    )
    assert refusal(content).startswith("The workbook unpacks to more than")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("is_damaged", [False, True])
def test_compression_that_no_spreadsheet_writes_is_refused(method, is_damaged):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    content = stream.getvalue()
    if is_damaged:
        # The properties of LZMA, of which four bytes are the size of its window, follow the name and two versions.
        start = content.index(b"xl/workbook.xml") + len("xl/workbook.xml") + 4
        content = content[:start] + b"\xff" * 5 + content[start + 5 :]
    assert refusal(content) == "This is not an Excel workbook, or it is damaged."


def test_styles_by_the_million_cost_seconds_at_most():
    cells = '<xf numFmtId="164"/>' * 500_000
    book = workbook(Sheet([HEADINGS, ["问题", "甲"]]), styles=styles("[" * 255, cells=cells))
    started = time.process_time()
    assert texts(book) == ["甲"]
    assert time.process_time() - started < 5


@pytest.mark.parametrize("kind", ["d", "e"])
def test_value_of_any_kind_is_no_longer_than_a_cell_can_be(kind):
    book = workbook(Sheet([HEADINGS, ["问题", f'<c r="B2" t="{kind}"><v>{"长" * 40_000}</v></c>']]))
    cell = read(book).rows[0].cells["text"]
    assert len(cell.text) <= limits.MAX_CELL_CHARACTERS
    assert len(cell.error) < 100


# The process that reads a workbook


def test_file_is_read_once_for_preview_and_saving(monkeypatch):
    calls = []

    def counted(content, *, max_rows):
        calls.append(max_rows)
        return read_as_json(content, max_rows=max_rows)

    monkeypatch.setattr("portal.foundation.sheets.excel.read_in_process", counted)
    book = workbook(Sheet([HEADINGS, ["问题", f"甲{time.time_ns()}"]]))
    assert texts(book) == texts(book)
    assert len(calls) == 1


def test_result_is_kept_as_long_as_uploads_and_then_deleted():
    book = workbook(Sheet([HEADINGS, ["问题", f"乙{time.time_ns()}"]]))
    texts(book)
    with time_machine.travel(timezone.now() + LIFETIME + dt.timedelta(minutes=1)):
        assert delete_expired_uploads() >= 1
    assert texts(book)


@pytest.mark.parametrize("what", ["memory", "time", "crash"])
def test_process_that_takes_too_much_is_ended_and_says_so(monkeypatch, what):
    monkeypatch.setattr("portal.foundation.sheets.excel.MODULE", f"tests.foundation.hungry.{what}")
    monkeypatch.setattr("portal.foundation.sheets.excel.MAX_SECONDS", 2)
    started = time.monotonic()
    book = workbook(Sheet([HEADINGS, ["问题", f"{what}{time.time_ns()}"]]))
    assert refusal(book).startswith("Reading the workbook takes more memory or time")
    assert time.monotonic() - started < 10


def test_limits_of_the_process_are_set_before_anything_is_read():
    """A workbook whose texts are larger than the memory of the process is refused, and the process of the portal stays small."""
    strings = "".join(f"<si><t>{number:08d}{'长' * 30}</t></si>" for number in range(900_000))
    book = workbook(Sheet([HEADINGS, ["问题", "甲"]]), strings=f'<sst xmlns="{MAIN}">{strings}</sst>')
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with contextlib.suppress(SheetError):
        read(book)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100 * 1024  # kB


def test_two_at_once_are_both_read():
    books = [workbook(Sheet([HEADINGS, ["问题", f"{name}{time.time_ns()}"]])) for name in "甲乙丙"]
    with translation.override("en"):
        results = at_once(*(lambda book=book: texts(book) for book in books))
    assert [len(rows) for rows in results] == [1, 1, 1]
