"""Styles of a workbook, read only to tell which cells are dates; whatever else is wrong with them is ignored."""

from __future__ import annotations

import contextlib
import datetime as dt

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from portal.foundation.sheets.limits import MAX_CELL_STYLES, MAX_FORMAT_CHARACTERS, MAX_NUMBER_FORMATS
from portal.foundation.sheets.packages import START, DamagedPackageError, WorkbookPackage

# Formats that Chinese Excel numbers as its own without writing them down (ECMA-376 part 1, 18.8.30, zh-cn):
# 27 to 31, 36, 50 to 54, 57 and 58 are dates, 32 to 35, 55 and 56 times of day.
CHINESE_DATE_FORMATS = frozenset((*range(27, 37), *range(50, 59)))
DATE, DURATION = "date", "duration"


def kinds_of_styles(package: WorkbookPackage, part: str) -> list[str]:
    """Return DATE, DURATION or nothing for each cell style of a workbook, by its index.

    A part that is missing or damaged tells nothing: dates then read as the numbers that are stored.
    """
    formats = dict(BUILTIN_FORMATS)
    kinds: list[str] = []
    # Reading a format costs as much as a hundred cells, and many styles have the same.
    kind_by_number: dict[int, str] = {}
    in_cell_styles = False

    def handle(event: str, name: str, attributes: dict[str, str]) -> None:
        nonlocal in_cell_styles
        if name == "cellXfs":
            in_cell_styles = event == START
        elif event != START:
            return
        elif name == "numFmt" and len(formats) < MAX_NUMBER_FORMATS:
            formats[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "xf" and in_cell_styles and len(kinds) < MAX_CELL_STYLES:
            number = _number(attributes.get("numFmtId"))
            if number not in kind_by_number:
                kind_by_number[number] = _kind_of(number, formats)
            kinds.append(kind_by_number[number])

    with contextlib.suppress(DamagedPackageError):
        package.parse(part, handle)
    return kinds


def date_of(
    value: float, kind: str, *, since_1904: bool
) -> dt.datetime | dt.date | dt.time | dt.timedelta | float:
    """Return the date, time or duration that a number stands for, or the number where it stands for none."""
    epoch = CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900
    try:
        moment = from_excel(value, epoch, timedelta=kind == DURATION)
    except (ValueError, OverflowError):  # before the first day of the calendar or after the last
        return value
    return value if moment is None else moment


def _kind_of(number: int, formats: dict[int, str]) -> str:
    pattern = formats.get(number, "")[:MAX_FORMAT_CHARACTERS]
    if is_timedelta_format(pattern):
        return DURATION
    return DATE if number in CHINESE_DATE_FORMATS or is_date_format(pattern) else ""


def _number(text: str | None) -> int:
    try:
        return int(text or "0")
    except ValueError:
        return 0
