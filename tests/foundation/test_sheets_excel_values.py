"""What the cells of Excel workbooks hold: numbers, dates, truth values, and styles that say so."""

import datetime as dt
import io
import zipfile

import pytest
from openpyxl import Workbook

from tests.foundation.excel_sheets import HEADINGS, read, texts, value
from tests.foundation.workbooks import Sheet, styles, text_cell, workbook, zipped

pytestmark = pytest.mark.usefixtures("english")


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
