"""Permanent numbers of records: `Q-2026-000123`, or `SC-Q-2026-000123` where the installation has a prefix.

Installations exchange records, so `TONGTANG_NUMBER_PREFIX` may set the numbers of one apart. A record keeps the number
under which it was made: numbers with another prefix or with none are as good as those of this installation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet

# Room for a prefix of 8 characters, a series of 4, a year, and as many records of a year as there may be.
MAX_NUMBER_LENGTH = 32

# The prefix begins with a letter, or `2026-TT-2026-03` could be read as a year and a number.
PERMANENT_NUMBER = re.compile(
    r"(?P<prefix>[A-Z][A-Z0-9]{0,6}-)?(?P<series>[A-Z]{1,4})-(?P<year>[0-9]{4})-(?P<count>[0-9]{1,9})"
)
# People leave out hyphens and zeros; between prefix and series something must stand, or `SCQ` could be either.
TYPED_NUMBER = re.compile(
    r"(?:(?P<prefix>[A-Z][A-Z0-9]{0,6})[-\s])?(?P<series>[A-Z]{1,4})[-\s]?(?P<year>[0-9]{4})[-\s]?(?P<count>[0-9]{1,6})"
)

RecordT = TypeVar("RecordT", bound=Model)


@dataclass(frozen=True, slots=True)
class PermanentNumber:
    """A number in its parts: `prefix` ends with a hyphen or is empty, `series` is the code of the kind of record."""

    prefix: str
    series: str
    year: int
    count: int

    @property
    def is_own(self) -> bool:
        """Tell whether this installation counts it: it has its prefix, or was given before there was one."""
        return self.prefix in ("", settings.NUMBER_PREFIX)


def format_number(*, series: str, year: int, count: int, width: int, prefix: str) -> str:
    """Return a number as it is stored and printed, its count filled up with zeros to `width` digits."""
    return f"{prefix}{series}-{year}-{count:0{width}d}"


def parse_number(number: str) -> PermanentNumber:
    """Return the parts of a permanent number; raise ValueError where it is none."""
    match = PERMANENT_NUMBER.fullmatch(number)
    if match is None:
        raise ValueError(f"{number} is not a permanent number.")
    return PermanentNumber(match["prefix"] or "", match["series"], int(match["year"]), int(match["count"]))


def number_candidates(number: str) -> tuple[str, ...]:
    """Return the numbers that `number` may stand for, the likeliest first.

    Colleagues of one installation leave its prefix out, so a number without any may be its own. Records from before
    there was a prefix come first: no two of an installation differ in the prefix alone.
    """
    number = number.strip().upper()
    match = PERMANENT_NUMBER.fullmatch(number)
    if match is None or match["prefix"] or not settings.NUMBER_PREFIX:
        return (number,)
    return (number, settings.NUMBER_PREFIX + number)


def read_typed_number(text: str, *, widths: Mapping[str, int]) -> tuple[str, ...]:
    """Return the numbers that a typed one such as `q 2026 123` may stand for, the likeliest first.

    `widths` has the digits of the count for each series that is understood. Empty where the text is no number of them.
    """
    match = TYPED_NUMBER.fullmatch(text.strip().upper())
    if match is None or match["series"] not in widths:
        return ()
    number = format_number(
        prefix=f"{match['prefix']}-" if match["prefix"] else "",
        series=match["series"],
        year=int(match["year"]),
        count=int(match["count"]),
        width=widths[match["series"]],
    )
    return number_candidates(number)


def short_number(number: str) -> str:
    """Return the number without the prefix of this installation, as its people write it."""
    return number.removeprefix(settings.NUMBER_PREFIX)


def record_numbered(records: QuerySet[RecordT], number: str) -> RecordT | None:
    """Return the record among `records` that a number stands for, in one query; None where there is none."""
    return first_numbered(records, number_candidates(number))


def first_numbered(records: QuerySet[RecordT], candidates: tuple[str, ...]) -> RecordT | None:
    """Return the record with the earliest of the candidates, in one query; None where there is none."""
    if not candidates:
        return None
    record_by_number = records.in_bulk(candidates, field_name="number")
    return next((record_by_number[number] for number in candidates if number in record_by_number), None)
