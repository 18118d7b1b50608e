"""Questions from workbooks as offices send them: several sheets, errors, dates, returned rows."""

import csv
import datetime as dt
import io
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import translation
from openpyxl import load_workbook

from inquiry.models import Question
from inquiry.services.intake_files import import_intake_file, read_intake_file, rejected_file
from tests.foundation.workbooks import Sheet, styles, workbook
from tests.inquiry.sheets import errors, imported, read

pytestmark = pytest.mark.django_db
HEAD = ["类型", "内容", "单位"]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def three_sheets(kind="问题"):
    return workbook(*(Sheet([HEAD, [kind, f"{name}问？"]], name) for name in ("法院", "检察院", "司法局")))


def test_questions_of_all_sheets_come_in_or_of_the_chosen_one():
    assert read_intake_file(name="a", content=three_sheets(), sheet="法院").good == 1
    report = imported(three_sheets())
    assert (report.imported, report.sheets) == (3, ["法院", "检察院", "司法局"])
    assert set(Question.objects.values_list("text", flat=True)) == {"法院问？", "检察院问？", "司法局问？"}


def test_errors_name_the_sheet_where_several_were_read():
    report = imported(three_sheets(kind="谣言")).as_dict()
    assert [(error["sheet"], error["row"]) for error in report["errors"]] == [
        ("法院", 2),
        ("检察院", 2),
        ("司法局", 2),
    ]


def test_error_values_and_formulas_reject_their_row_once():
    row = ["问题", '<c r="B2" t="e"><v>#REF!</v></c>', '<c r="C2"><f>X()</f></c>']
    intake = read(workbook(Sheet([HEAD, row, ["问题", "乙问？"]])))
    assert [(error.row, error.field, error.message) for error in intake.errors] == [
        (2, "text", "B2 shows the error #REF!. Write what is meant."),
        (2, "office", "The formula in C2 has no stored result. Paste its value instead."),
    ]
    assert (intake.good, intake.rejected) == (1, 1)


def test_error_value_that_came_back_as_text_is_still_one():
    intake = read(workbook(Sheet([HEAD, ["谣言", '<c r="B2" t="e"><v>#N/A</v></c>']])))
    for format in ("xlsx", "csv"):
        assert errors(rejected_file(intake=intake, format=format)) == [(2, "text"), (2, "kind")]


def test_day_of_a_cell_with_a_time_is_that_day():
    row = ["甲问？", '<c r="B2" s="1"><v>46129.99930555555</v></c>']
    imported(workbook(Sheet([["内容", "日期"], row]), styles=styles("yyyy-mm-dd hh:mm")))
    assert Question.objects.get().raised_on == dt.date(2026, 4, 17)


def test_duration_is_no_day():
    row = ["甲问？", '<c r="B2" s="1"><v>2</v></c>']
    book = workbook(Sheet([["内容", "日期"], row]), styles=styles("[h]:mm"))
    assert errors(book) == [(2, "date")]


def test_rejected_rows_of_several_sheets_come_back_under_the_headings_of_all():
    book = workbook(
        Sheet([["类型", "内容", "备注"], ["谣言", "甲问？", "一"]], "甲"),
        Sheet([["内容*", "类型", "电话"], ["乙问？", "谣言", "二"], ["丙问？", "问题", "三"]], "乙"),
    )
    intake = read(book)
    assert import_intake_file(intake=intake, actor=None).imported == 1
    content = rejected_file(intake=intake, format="csv").decode("utf-8-sig")
    rows = [row[:4] for row in csv.reader(io.StringIO(content))]
    assert rows == [
        ["类型", "内容", "备注", "电话"],
        ["谣言", "甲问？", "一", ""],
        ["谣言", "乙问？", "", "二"],
    ]
    sheet = load_workbook(io.BytesIO(rejected_file(intake=intake, format="xlsx"))).active
    assert [list(row[:4]) for row in sheet.iter_rows(values_only=True)] == [
        [cell or None for cell in row] for row in rows
    ]
    corrected = imported(content.replace("谣言", "问题").encode())
    assert (corrected.imported, corrected.rejected) == (2, 0)


def test_command_reads_one_sheet_where_it_is_named(tmp_path, capsys):
    path = tmp_path / "questions.xlsx"
    path.write_bytes(three_sheets())
    call_command("import_questions", str(path), "--sheet", "检察院", "--json")
    assert json.loads(capsys.readouterr().out)["imported"] == 1
    assert Question.objects.get().text == "检察院问？"


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "texts", "rejected"),
    [
        ("q-25000-formatted-blank.xlsx", ["暂予监外执行期间又犯新罪的由哪里收监？"], 0),
        ("q-_x000D_.xlsx", ["第一行\n第二行尾"], 0),
        ("q-color-invalid.xlsx", ["暂予监外执行期间又犯新罪的由哪里收监？"], 0),
        ("q-csv-title-comma.csv", ["内容"], 0),
        ("q-errors.xlsx", ["#REF!", "1.5", "2026-04-17 14:30", "09:30"], 2),
        ("q-hidden-dictionary-first.xlsx", ["暂予监外执行期间又犯新罪的由哪里收监？"], 0),
        (
            "q-three-sheets.xlsx",
            ["法院提出的问题内容？", "检察院提出的问题内容？", "司法局提出的问题内容？"],
            0,
        ),
    ],
)
def test_sheets_that_failed_once_are_read(shared_cases, name, texts, rejected):
    intake = read((shared_cases / "sheets" / name).read_bytes())
    assert [row.values["text"] for row in intake.rows] == texts
    assert intake.rejected == rejected


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("q-merge-quote.xlsx", "A sheet of the workbook merges more than 100000 cells."),
        (
            "q-csv-unclosed.csv",
            "Line 2: a quotation mark is opened and not closed, or text follows a closed one.",
        ),
    ],
)
def test_sheets_that_must_be_refused_are(shared_cases, name, message):
    with pytest.raises(ValidationError) as error:
        read((shared_cases / "sheets" / name).read_bytes())
    assert error.value.messages == [message]
