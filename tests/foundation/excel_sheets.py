"""Reading the workbooks of tests: a layout, and what comes of a file."""

import pytest

from portal.foundation.sheets import Layout, SheetColumn, SheetError, read_tables
from tests.foundation.workbooks import Sheet, workbook

LAYOUT = Layout(
    (
        SheetColumn("kind", "Kind", ("类型",)),
        SheetColumn("text", "Text", ("内容", "问题"), "内容 / Text", required=True),
        SheetColumn("office", "Office", ("单位",)),
        SheetColumn("date", "Date", ("日期",)),
    )
)
HEADINGS = ["类型", "内容", "单位", "日期"]


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
