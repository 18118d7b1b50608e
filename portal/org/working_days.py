"""Count working days by the table of holidays; a year that is not published is an error in words, never a guess."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from portal.org.models import CalendarYear

ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5
# A deadline in working days is weeks away; what is longer is a mistake, and would read years of days.
MAX_WORKING_DAYS = 2000


class YearNotPublished(LookupError):
    """The holidays of a year are not in the table; the message says so to whoever asked for its working days."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(_("The working days of %(year)s are not published yet.") % {"year": year})


class WorkingCalendar:
    """The table of holidays as it stands; a year is read when its first day is asked for, by one query."""

    def __init__(self) -> None:
        self._years: dict[int, dict[dt.date, bool]] = {}

    def is_working_day(self, day: dt.date) -> bool:
        """Return whether work is done on a day. Raises YearNotPublished."""
        return self._days_of(day.year).get(day, day.weekday() < SATURDAY)

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """Return the working day that is `count` working days after a day, which does not count itself.

        A negative count goes back; 0 is the day itself, or the next working day. Raises YearNotPublished, and
        ValueError for more than `MAX_WORKING_DAYS`.
        """
        if abs(count) > MAX_WORKING_DAYS:
            raise ValueError(f"{count} working days are more than {MAX_WORKING_DAYS}")
        step = -ONE_DAY if count < 0 else ONE_DAY
        if count == 0:
            while not self.is_working_day(day):
                day += step
            return day
        remaining = abs(count)
        while remaining:
            day += step
            remaining -= self.is_working_day(day)
        return day

    def working_days_between(self, first: dt.date, last: dt.date) -> int:
        """Return how many working days come after `first` until `last`, which counts; negative where `last` is earlier.

        So `working_days_between(day, add_working_days(day, n)) == n`, from n = 1 on. Raises YearNotPublished.
        """
        if last < first:
            return -sum(map(self.is_working_day, _days(last, first - ONE_DAY)))
        return sum(map(self.is_working_day, _days(first + ONE_DAY, last)))

    def _days_of(self, year: int) -> dict[dt.date, bool]:
        if year not in self._years:
            rows = list(CalendarYear.objects.filter(year=year).values_list("days__day", "days__is_working"))
            if not rows:
                raise YearNotPublished(year)
            self._years[year] = {day: is_working for day, is_working in rows if day}
        return self._years[year]


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    while first <= last:
        yield first
        first += ONE_DAY


def is_working_day(day: dt.date) -> bool:
    """Return `WorkingCalendar.is_working_day` by the table of now."""
    return WorkingCalendar().is_working_day(day)


def add_working_days(day: dt.date, count: int) -> dt.date:
    """Return `WorkingCalendar.add_working_days` by the table of now."""
    return WorkingCalendar().add_working_days(day, count)


def working_days_between(first: dt.date, last: dt.date) -> int:
    """Return `WorkingCalendar.working_days_between` by the table of now."""
    return WorkingCalendar().working_days_between(first, last)


def unpublished_years(first: int, last: int) -> list[int]:
    """Return the years from `first` to `last` whose working days are not in the table."""
    published = set(CalendarYear.objects.filter(year__range=(first, last)).values_list("year", flat=True))
    return [year for year in range(first, last + 1) if year not in published]
