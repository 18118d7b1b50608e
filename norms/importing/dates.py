"""Dates as legal texts and file names write them."""

import datetime
import re
import unicodedata
from dataclasses import dataclass

from portal.foundation.numerals import parse_numeral

_HAN_DIGIT = "〇零○OＯ0一二三四五六七八九"
# 2024年4月29日 or 二〇二四年四月二十九日; old texts write the zero as a circle or a letter.
WRITTEN = re.compile(
    rf"(?:([12][0-9]{{3}})|([{_HAN_DIGIT}]{{4}}))[ \u3000]?年[ \u3000]?([0-9]{{1,2}}|[一二三四五六七八九十]{{1,2}})"
    rf"[ \u3000]?月[ \u3000]?([0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})[ \u3000]?日"
)
_DASHED = re.compile(r"(?<![0-9])([12][0-9]{3})[-./]([0-9]{1,2})[-./]([0-9]{1,2})(?![0-9])")
_COMPACT = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])(?![0-9])")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_ENGLISH = re.compile(rf"({MONTHS})[ ]([0-9]{{1,2}}),?[ ]([12][0-9]{{3}})")
_AROUND_DATE = r"[ _＿\-—（(\[【]*{}[ ）)\]】_＿\-—]*"
# What file managers append to the name of a copy.
_COPY = re.compile(r"(?:[ _\-]*(?:副本|copy)|[ ]*[（(][0-9]{1,2}[）)])+\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dated:
    day: datetime.date
    start: int
    end: int


def dates_in(text: str) -> list[Dated]:
    """Return all dates in a text, in their order."""
    folded = "".join(_folded(character) for character in text)
    dates = [
        _dated(match, _year(match), match.group(3), match.group(4)) for match in WRITTEN.finditer(folded)
    ]
    dates += [_dated(match, *match.groups()) for match in _DASHED.finditer(folded)]
    for match in _ENGLISH.finditer(folded):
        month = str(MONTHS.split("|").index(match.group(1)) + 1)
        dates.append(_dated(match, match.group(3), month, match.group(2)))
    return sorted((date for date in dates if date), key=lambda date: date.start)


def named_date(stem: str) -> tuple[str, datetime.date | None]:
    """Return title and date of a file's name: 刑事诉讼法(2018-10-26), 监狱法_20121026."""
    stem = _COPY.sub("", stem)
    for pattern in (_DASHED, _COMPACT, WRITTEN):
        for match in reversed(list(pattern.finditer(stem))):
            parts = (
                match.groups() if pattern is not WRITTEN else (_year(match), match.group(3), match.group(4))
            )
            if dated := _dated(match, *parts):
                around = re.compile(_AROUND_DATE.format(re.escape(match.group())))
                return around.sub(" ", stem, count=1).strip(), dated.day
    return stem.strip(), None


def _folded(character: str) -> str:
    """Return the half-width form if it is a single character, so that offsets stay."""
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def _year(match: re.Match[str]) -> str:
    if match.group(1):
        return match.group(1)
    digits = match.group(2).translate(str.maketrans("〇零○OＯ一二三四五六七八九", "00000123456789"))
    return digits


def _dated(match: re.Match[str], year: str, month: str, day: str) -> Dated | None:
    values = [parse_numeral(part) for part in (year, month, day)]
    try:
        day_of_year = datetime.date(*(value or 0 for value in values))
    except ValueError:
        return None
    return Dated(day_of_year, match.start(), match.end()) if 1900 <= day_of_year.year <= 2100 else None
