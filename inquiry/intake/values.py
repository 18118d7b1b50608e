"""Cells as values: text, dates, choices."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from openpyxl.utils.datetime import from_excel

DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?$")
COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
SERIALS = range(20_000, 80_000)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
HAN = re.compile(r"[一-龥]")


def as_text(value: Any) -> str:
    """A cell as the person typed it; whole numbers without a point, dates as 2026-04-17, no control characters."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()[:10]
    text = unicodedata.normalize("NFC", CONTROL.sub("", str(value)))
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def as_date(value: Any) -> dt.date | None:
    """A date cell, a date written out, or a spreadsheet's day number; None for nothing.

    Raises ValueError for anything else.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = unicodedata.normalize("NFKC", as_text(value))
    if not text:
        return None
    match = DATE.match(text.replace(" ", "")) or DATE.match(text) or COMPACT.match(text)
    if match:
        return dt.date(*map(int, match.groups()))
    if text.isdigit() and int(text) in SERIALS:
        return from_excel(int(text)).date()
    raise ValueError(text)


def language_of(text: str) -> str:
    return "zh-hans" if HAN.search(text) else "en"
