"""Format dates as Chinese and English readers write them."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def day(value: dt.date | dt.datetime | None) -> str:
    """Return `2026年4月17日` or `17 April 2026`, in the active language; empty for None."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    if (get_language() or "zh").startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return date_format(value, "j F Y")


def month(value: dt.date) -> str:
    """Return `2026年4月` or `April 2026`, in the active language."""
    if (get_language() or "zh").startswith("zh"):
        return f"{value.year}年{value.month}月"
    return date_format(value, "F Y")


def day_range(first: dt.date, last: dt.date) -> str:
    """Return `2026年6月18日至20日` or `18–20 June 2026`: what both ends share stands once."""
    if first == last:
        return day(first)
    if not (get_language() or "zh").startswith("zh"):
        return _english_range(first, last)
    if first.year != last.year:
        return f"{day(first)}至{day(last)}"
    end = f"{last.day}日" if first.month == last.month else f"{last.month}月{last.day}日"
    return f"{day(first)}至{end}"


def _english_range(first: dt.date, last: dt.date) -> str:
    """Return `18–20 June 2026` or `30 June – 2 July 2026`."""
    if first.year != last.year:
        return f"{day(first)} – {day(last)}"
    if first.month != last.month:
        return f"{date_format(first, 'j F')} – {day(last)}"
    return f"{first.day}–{day(last)}"
