"""One form for quantities, so that 30日 and 三十日, 3个月 and 三个月, 两年 and 2年 are the same in search.

Statutes write numerals in characters, so these are the form; years of the calendar keep their digits (二〇二四年 is
2024年). Texts given here are folded.
"""

import re
from collections.abc import Callable, Iterator

from portal.foundation.numerals import chinese_numeral

# Words that are counted. 条, 款 and 项 are numbered, not counted: `search.query.articles` reads them.
_UNIT = r"(?:个|年|月|日|天|周|星期|季度|小时|分钟|秒|岁|元|角|百|千|万|亿|倍|次|人|名|件|份|级|户|公里|千米|米|克|吨|亩|平方)"
# 3-6 before a unit is a range, with or without the unit after its first end; 2024-5月 and the like are dates.
_JOINT = r" ?(?:[-‐‑‒–—―−~〜至到]|——) ?"
_COUNT = r"(?:[0-9]{1,3}|[一二两三四五六七八九十百]{1,5})"
_RANGE = (
    rf"(?<![0-9a-z.,_第一二两三四五六七八九十百千万〇零-])(?P<first>{_COUNT})(?P<unit> ?{_UNIT}月?)?"
    rf"(?P<range>{_JOINT})(?P<last>{_COUNT}) ?(?={_UNIT})"
)
# 1.5倍, 1,500元 and the digits of a code stay as they are.
_DIGITS = rf"(?<![0-9a-z.,_])(?P<digits>[0-9]{{1,8}}) ?(?={_UNIT})"
_PAIR = rf"(?P<pair>两)(?={_UNIT})"
_CALENDAR_YEAR = r"(?<![〇零一二三四五六七八九十百千])(?P<year>[一二][〇零一二三四五六七八九]{3})(?=年)"
QUANTITY = re.compile(rf"{_RANGE}|{_DIGITS}|{_PAIR}|{_CALENDAR_YEAR}")
_YEAR_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


def with_one_form(text: str) -> str:
    """Return a folded text in which quantities have their form."""
    return QUANTITY.sub(_form, text)


def replacements(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and new form of every quantity that changes."""
    for match in QUANTITY.finditer(text):
        if (form := _form(match)) != match.group():
            yield match.start(), match.end(), form


def _form(match: re.Match[str]) -> str:
    makers: dict[str, Callable[[re.Match[str]], str]] = {
        "last": _as_range,
        "digits": _in_characters,
        "year": _in_digits,
    }
    return makers.get(match.lastgroup or "", lambda _match: "二")(match)


def _as_range(match: re.Match[str]) -> str:
    """Return 三至六 for 3-6, and 三个月至六 for 3个月-6, before the unit."""
    unit = (match["unit"] or "").strip()
    return f"{_end_of_range(match['first'])}{unit}至{_end_of_range(match['last'])}"


def _end_of_range(written: str) -> str:
    if written == "两":
        return "二"
    return (chinese_numeral(int(written)) if int(written) else written) if written.isascii() else written


def _in_characters(match: re.Match[str]) -> str:
    value = int(match["digits"])
    is_calendar_year = 1800 <= value <= 2200 and match.string.startswith("年", match.end())
    return match.group() if is_calendar_year or not value else chinese_numeral(value)


def _in_digits(match: re.Match[str]) -> str:
    return match["year"].translate(_YEAR_DIGITS)
