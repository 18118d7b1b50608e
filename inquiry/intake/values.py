"""Cells as values: dates and languages."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from openpyxl.utils.datetime import from_excel

from portal.foundation.sheets import text_of

# 2026-4-17, 2026/4/17, 2026.4.17, 2026年4月17日; a time of day after it is not read.
DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?$")
COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
# Numbers that a spreadsheet counts days by: 20,000 is 3 October 1954, 80,000 is 10 January 2119.
SERIALS = range(20_000, 80_000)
HAN = re.compile(r"[一-龥]")


def as_date(value: Any) -> dt.date | None:
    """Return the day of a date cell, of a date written out or of a spreadsheet's day number; None for nothing.

    Raises ValueError for anything else.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = unicodedata.normalize("NFKC", text_of(value))
    if not text:
        return None
    match = DATE.match(text.replace(" ", "")) or DATE.match(text) or COMPACT.match(text)
    if match:
        return dt.date(*map(int, match.groups()))
    if text.isdigit() and int(text) in SERIALS:
        return from_excel(int(text)).date()
    raise ValueError(text)


def language_of(text: str) -> str:
    """Return the language of a text: Chinese as soon as it has one Chinese character."""
    return "zh-hans" if HAN.search(text) else "en"
