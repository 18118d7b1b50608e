"""A cell, its address, and its value as text."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from portal.foundation.workbooks.limits import MAX_CELL_CHARACTERS

CellValue = str | bool | int | float | dt.datetime | dt.date | dt.time | dt.timedelta | None

# Control characters but tab and line breaks, and halves of surrogate pairs: no database takes them.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


# What a formula shows that has no result. Programs write it as text when they save CSV or paste values.
ERROR_VALUES = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#BLOCKED!")
)


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell of a sheet; `error` says in the reader's language why its value cannot be used."""

    row: int
    column: int
    value: CellValue
    error: str = ""

    @property
    def address(self) -> str:
        """Return the name of the cell in a spreadsheet, such as `C2`."""
        return address_of(self.row, self.column)

    @property
    def text(self) -> str:
        """Return the value as the person typed it."""
        return text_of(self.value)

    @property
    def is_empty(self) -> bool:
        return not self.error and self.value in (None, "")


def text_cell(row: int, column: int, text: str) -> SheetCell:
    """Return a cell of text; text that shows an error or is longer than a cell can be is an error of the cell."""
    address = address_of(row, column)
    if len(text) > MAX_CELL_CHARACTERS:
        message = _("%(cell)s has more than %(limit)d characters.")
        return SheetCell(row, column, "", message % {"cell": address, "limit": MAX_CELL_CHARACTERS})
    text = clean_text(text)
    if text in ERROR_VALUES:
        return SheetCell(row, column, text, error_value_message(address, text))
    return SheetCell(row, column, text)


def error_value_message(address: str, value: str) -> str:
    message = _("%(cell)s shows the error %(error)s. Write what is meant.")
    return message % {"cell": address, "error": value}


def address_of(row: int, column: int) -> str:
    """Return the name of a cell in a spreadsheet; rows and columns count from 1."""
    return f"{get_column_letter(column)}{row}"


def text_of(value: object) -> str:
    """Return a value as a person would type it: `2026-04-17 14:30`, `09:30`, `3`, `1.5`, `TRUE`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # Fifteen digits are what a spreadsheet shows: 0.1 + 0.2 is 0.3 there.
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, dt.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return clean_text(str(value))


def clean_text(text: str) -> str:
    """Return text in NFC with line breaks of one kind, trimmed, without control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", CONTROL.sub("", text)).strip()
