"""Hostile and damaged workbooks, and the process that reads them under limits."""

import contextlib
import datetime as dt
import io
import resource
import time
import zipfile

import pytest
import time_machine
from django.utils import timezone, translation

from portal.foundation.sheets import SheetError
from portal.foundation.uploads import LIFETIME, delete_expired_uploads
from portal.foundation.workbooks import limits
from portal.foundation.workbooks.reading import read_as_json
from tests.foundation.excel_sheets import HEADINGS, errors, read, refusal, texts
from tests.foundation.workbooks import MAIN, Sheet, styles, text_cell, workbook, zipped
from tests.waiting import at_once

pytestmark = pytest.mark.usefixtures("english")


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
    # A file names the second in which it was made: two processes that collect tests would name them differently.
    ids=lambda value: "file" if isinstance(value, bytes) else None,
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
    assert refusal(book).startswith("The workbook has more cells than the portal reads.")


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
