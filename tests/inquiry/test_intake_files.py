import csv
import datetime as dt
import io
import json
import re
import zipfile

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.utils import timezone, translation
from openpyxl import Workbook, load_workbook

from inquiry.enums import Naming, QuestionKind, QuestionOrigin
from inquiry.intake.fields import LAYOUT
from inquiry.models import AskerIdentity, Question
from inquiry.services.intake_files import import_intake_file, read_intake_file, rejected_file, template_file
from tests.factories.courses import TrainingSessionFactory
from tests.factories.org import UserFactory
from tests.inquiry.sheets import GOOD, HEAD, csv_file, errors, imported, read, row, saved, sheet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def coordinator():
    return UserFactory(roles=["coordinator"])


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_template_is_recognised_once_it_is_filled_in(format):
    template = template_file(format)
    if format == "csv":
        content = template + "\r\n".join(["建议,,请统一文书格式,,,,,,,,"]).encode()
    else:
        book = load_workbook(io.BytesIO(template))
        book.worksheets[0].append(["建议", None, "请统一文书格式"])
        content = saved(book)
    intake = read(content)
    assert (intake.good, intake.errors, intake.ignored) == (1, [], [])
    assert [name for name, _label in intake.fields] == [column.field for column in LAYOUT.columns]


def test_good_rows_come_in_without_a_user(coordinator):
    session = TrainingSessionFactory()
    report = imported(sheet(GOOD), session, coordinator)
    question = Question.objects.get()
    assert report.as_dict() == {
        "file": "sheet",
        "imported": 1,
        "already_there": 0,
        "rejected": 0,
        "errors": [],
    }
    assert report.numbers == [question.number] == ["Q-2026-000001"]
    assert (question.session, question.title, question.text) == (session, GOOD[1], GOOD[2])
    assert (question.raised_on, question.office_name) == (dt.date(2026, 4, 17), "宁川市司法局")
    assert (question.origin, question.naming) == (QuestionOrigin.SHEET, Naming.OFFICE)
    assert AskerIdentity.objects.get().user is None


@pytest.mark.parametrize("roles", [[], ["editor"], ["administrator"], ["keeper"]])
def test_only_coordinators_and_analysts_import(roles):
    with pytest.raises(PermissionDenied):
        imported(sheet(GOOD), actor=UserFactory(roles=roles))


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"text": ""}, "text", "The text is missing."),
        ({"text": "长" * 20_001}, "text", "Text has more than 20000 characters."),
        ({"title": "长" * 201}, "title", "Title has more than 200 characters."),
        ({"kind": "谣言"}, "kind", "Write 问题, 意见 or 建议 (question, opinion, suggestion)."),
        ({"naming": "笔名"}, "naming", "Write 姓名和单位, 仅单位 or 匿名 (full, office, anonymous)."),
        ({"naming": "实名"}, "name", "A name is needed where the asker is to be named."),
        ({"date": "上周"}, "date", "This is not a date. Write it like 2026-04-17 or 2026年4月17日."),
        ({"date": "2026-02-30"}, "date", "This is not a date. Write it like 2026-04-17 or 2026年4月17日."),
        ({"date": "2999-01-01"}, "date", "This day is still to come."),
    ],
)
def test_wrong_cell_is_named_and_the_good_rows_still_come_in(changes, field, message):
    report = imported(sheet(row(**changes), GOOD))
    assert report.as_dict() == {
        "file": "sheet",
        "imported": 1,
        "already_there": 0,
        "rejected": 1,
        "errors": [{"row": 2, "field": field, "message": message}],
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_unknown_session_of_a_row_is_refused(language):
    session = TrainingSessionFactory()
    content = sheet(["甲问", session.number.lower()], ["乙问", "TT-1999-01"], head=["内容", "期次"])
    with translation.override(language):
        report = imported(content)
    assert Question.objects.get().session == session
    assert [(error.row, error.field) for error in report.errors] == [(3, "session")]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026/4/7", dt.date(2026, 4, 7)),
        ("2026年4月7日", dt.date(2026, 4, 7)),
        ("２０２６．４．７", dt.date(2026, 4, 7)),
        ("20260407", dt.date(2026, 4, 7)),
        ("2026-04-07 09:30", dt.date(2026, 4, 7)),
        (dt.date(2026, 4, 7), dt.date(2026, 4, 7)),
        (dt.datetime(2026, 4, 7, 9), dt.date(2026, 4, 7)),
        (46119, dt.date(2026, 4, 7)),
    ],
)
def test_date_is_read_as_people_write_it(value, day):
    imported(sheet(row(date=value)))
    assert Question.objects.get().raised_on == day


def test_row_without_a_day_takes_the_sessions_last():
    past = TrainingSessionFactory(starts_on=dt.date(2026, 3, 3), ends_on=dt.date(2026, 3, 5))
    imported(sheet(row(date="", text="甲问")), past)
    imported(sheet(row(date="", text="乙问")), TrainingSessionFactory())
    days = list(Question.objects.order_by("pk").values_list("raised_on", flat=True))
    assert days == [dt.date(2026, 3, 5), timezone.localdate()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_that_occur(encoding, delimiter):
    intake = read(csv_file(GOOD, encoding=encoding, delimiter=delimiter))
    assert [each.values["text"] for each in intake.rows] == [GOOD[2]]


def test_same_content_is_imported_once_whatever_the_file():
    first = imported(sheet(GOOD, GOOD))
    second = imported(csv_file(["问题", "外出审批 ", *GOOD[2:6], "2026年4月17日"], encoding="gb18030"))
    third = imported(sheet(row(text="另一个问题？")))
    counts = [(report.imported, report.already_there) for report in (first, second, third)]
    assert counts == [(1, 1), (0, 1), (1, 0)]


def test_dry_run_says_what_would_happen_and_stores_nothing():
    report = import_intake_file(intake=read(sheet(GOOD, row(text=""))), actor=None, dry_run=True)
    assert (report.imported, report.rejected, report.numbers) == (1, 1, [])
    assert Question.objects.count() == 0


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_rejected_rows_are_corrected_and_sent_again(format):
    intake = read(sheet(GOOD, row(kind="谣言", text="=甲问？"), row(text="")))
    import_intake_file(intake=intake, actor=None)
    returned = rejected_file(intake=intake, format=format)
    again = read(returned)
    assert (again.rejected, again.ignored) == (2, [])
    assert [each.values["text"] for each in again.rows] == ["=甲问？", ""]
    if format == "csv":
        corrected = returned.decode("utf-8-sig").replace("谣言", "意见").encode()
    else:
        book = load_workbook(io.BytesIO(returned))
        assert [re.split("[:：]", part)[0] for part in book.active["H2"].value.split("；")] == [
            "Text",
            "Kind",
        ]
        book.active["A2"] = "意见"
        corrected = saved(book)
    report = imported(corrected)
    assert (report.imported, report.rejected) == (1, 1)
    assert Question.objects.get(kind=QuestionKind.OPINION).text == "=甲问？"


def test_sheets_never_hold_formulas():
    intake = read(sheet(row(kind="谣言", title="=cmd|' /C calc'!A0")))
    book = load_workbook(io.BytesIO(rejected_file(intake=intake, format="xlsx")))
    assert {cell.data_type for line in book.active.iter_rows() for cell in line} <= {"s", "n"}
    rows = list(csv.reader(io.StringIO(rejected_file(intake=intake, format="csv").decode("utf-8-sig"))))
    assert rows[1][1] == "'=cmd|' /C calc'!A0"


def test_formula_without_a_result_is_named():
    book = Workbook()
    for line in (HEAD, row(text='=CONCATENATE("甲","乙")')):
        book.active.append(line)
    assert errors(saved(book)) == [(2, "text")]


def test_cell_merged_over_rows_counts_for_each():
    book = Workbook()
    for line in (HEAD, row(text="甲问"), row(text="乙问", office=None)):
        book.active.append(line)
    book.active.merge_cells("F2:F3")
    imported(saved(book))
    assert list(Question.objects.values_list("office_name", flat=True)) == ["宁川市司法局"] * 2


def test_head_may_stand_below_a_title_and_unknown_columns_are_named():
    content = sheet(["甲问", "备注一"], head=["内容", "备注"])
    book = load_workbook(io.BytesIO(content))
    book.active.insert_rows(1, 2)
    book.active["A1"] = "第三期问题征集表"
    intake = read(saved(book))
    assert ([each.number for each in intake.rows], intake.ignored) == ([4], ["备注"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n ",
        b"PK\x03\x04 not a zip",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old excel",
        b"<html><body>no table</body></html>",
        b"[",
        b"{}",
        b"[]",
        b'{"questions": "none"}',
        b"\x80\x81\xfe\xff\x00",
        "没有,这一列\n甲,乙\n".encode(),
        "内容\n".encode(),
        b"[" * 100_000,
    ],
)
def test_unreadable_file_is_refused_as_a_whole(content):
    with pytest.raises(ValidationError) as error:
        read(content)
    assert len(error.value.messages) == 1


def test_workbook_that_unpacks_too_large_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * (101 * 1024 * 1024))
    with pytest.raises(ValidationError) as error:
        read(buffer.getvalue())
    assert error.value.messages == ["The workbook unpacks to more than 100 MB."]


def test_file_above_the_limit_is_refused(settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    with pytest.raises(ValidationError) as error:
        read(b"x" * (1024 * 1024 + 1))
    assert error.value.messages == ["The file is larger than 1 MB."]


def run(capsys, *arguments):
    code = 0
    try:
        call_command("import_questions", *map(str, arguments))
    except SystemExit as stopped:
        code = stopped.code
    return code, capsys.readouterr().out


def test_command_prints_one_object(tmp_path, capsys):
    session = TrainingSessionFactory()
    path = tmp_path / "questions.csv"
    path.write_bytes(csv_file(GOOD, row(kind="谣言")))
    code, out = run(capsys, path, "--session", session.number, "--dry-run", "--json")
    said = json.loads(out)
    assert (code, out.count("\n"), Question.objects.count()) == (0, 1, 0)
    assert list(said) == ["file", "imported", "already_there", "rejected", "errors"]
    assert (said["imported"], said["rejected"]) == (1, 1)
    assert [(each["row"], each["field"]) for each in said["errors"]] == [(3, "kind")]
    run(capsys, path, "--session", session.number, "--json")
    assert Question.objects.get().session == session
    code, out = run(capsys, path, "--session", session.number, "--json")
    assert (json.loads(out)["imported"], json.loads(out)["already_there"]) == (0, 1)


def test_command_says_why_a_file_cannot_be_read(tmp_path, capsys):
    code, out = run(capsys, tmp_path / "absent.xlsx", "--json")
    assert (code, json.loads(out)["errors"][0]["field"]) == (1, "file")


def test_characters_that_no_database_takes_are_left_out():
    content = json.dumps([{"question": "甲\x00问\x0b？\ud800", "asker_office": "某县\x00检察院"}]).encode()
    imported(content)
    question = Question.objects.get()
    assert (question.text, question.office_name) == ("甲问？", "某县检察院")


def test_number_of_thousands_of_digits_is_no_valid_json():
    with pytest.raises(ValidationError) as error:
        read_intake_file(name="a.json", content=b'[{"question": ' + b"9" * 6000 + b"}]")
    assert error.value.messages == ["This is not valid JSON."]


def test_huge_merged_areas_are_refused_before_they_are_read():
    book = Workbook()
    book.active.append(["内容"])
    book.active.append(["外出三日以上由谁批准？"])
    book.active.merge_cells("A2:ALL2")
    stream = io.BytesIO()
    book.save(stream)
    content = stream.getvalue()
    assert read_intake_file(name="a.xlsx", content=content).good == 1
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    place = "xl/worksheets/sheet1.xml"
    parts[place] = parts[place].replace(b"A2:ALL2", b"A2:ALL9000")
    grown = io.BytesIO()
    with zipfile.ZipFile(grown, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    with pytest.raises(ValidationError) as error:
        read_intake_file(name="a.xlsx", content=grown.getvalue())
    assert error.value.messages == ["A sheet of the workbook merges more than 100000 cells."]
