"""Styles of a workbook, which tell which cells are dates."""

from __future__ import annotations

import datetime as dt

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

# Formats that Chinese Excel numbers as its own without writing them down (ECMA-376 part 1, 18.8.30, zh-cn):
# 27 to 31, 36, 50 to 54, 57 and 58 are dates, 32 to 35, 55 and 56 times of day.
CHINESE_DATE_FORMATS = frozenset((*range(27, 37), *range(50, 59)))
DATE, DURATION = "date", "duration"


def kinds_of_styles(styles: list[int], formats: dict[int, str]) -> list[str]:
    """Return DATE, DURATION or nothing for each cell style, by its index.

    `styles` are numbers of formats, `formats` the codes that the workbook defines beside the built-in ones.
    """
    codes = {**BUILTIN_FORMATS, **formats}
    # Reading a format costs as much as a hundred cells, and many styles have the same.
    kinds = {number: _kind_of(number, codes.get(number, "")) for number in set(styles)}
    return [kinds[number] for number in styles]


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


def _kind_of(number: int, pattern: str) -> str:
    if is_timedelta_format(pattern):
        return DURATION
    return DATE if number in CHINESE_DATE_FORMATS or is_date_format(pattern) else ""
