"""Keep the table of working days: seed a published year, save one that was edited."""

from __future__ import annotations

from collections.abc import Iterable

from chinese_calendar.constants import Holiday, holidays, workdays
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from portal.foundation.revisions import snapshot, values_before
from portal.org.models import CalendarYear, SpecialDay, User
from portal.org.rules import can_keep_working_days
from portal.org.services.secrecy import refuse_marked

SOURCE = "国务院办公厅关于部分节假日安排的通知（chinesecalendar）"


def published_years() -> list[int]:
    """Return the years whose holidays the installed version of chinesecalendar knows."""
    return sorted({day.year for day in holidays})


@transaction.atomic
def seed_working_days(*, years: Iterable[int], actor: User | None) -> list[CalendarYear]:
    """Fill in years from chinesecalendar and return those that were made; one that is in the table stays as it is.

    Raises ValidationError for a year that the library does not know.
    """
    _require_keeper(actor)
    wanted = sorted(set(years))
    unknown = [year for year in wanted if year not in published_years()]
    if unknown:
        text = _("The installed table of holidays does not have %(years)s yet.")
        raise ValidationError(text % {"years": ", ".join(map(str, unknown))})
    stored = set(CalendarYear.objects.filter(year__in=wanted).values_list("year", flat=True))
    return [_seed(year, actor) for year in wanted if year not in stored]


def _seed(year: int, actor: User | None) -> CalendarYear:
    record = CalendarYear.objects.create(year=year, source=SOURCE)
    days = [(day, name, False) for day, name in holidays.items()]
    days += [(day, name, True) for day, name in workdays.items()]
    SpecialDay.objects.bulk_create(
        SpecialDay(year=record, day=day, name=Holiday(name).chinese, is_working=is_working)
        for day, name, is_working in sorted(days)
        if day.year == year
    )
    log(record, "org.seed_working_days", user=actor)
    return record


@transaction.atomic
def save_working_days(*, year: CalendarYear, actor: User) -> CalendarYear:
    """Save a year with its days as they were edited. Raises ValidationError for a day of another year."""
    _require_keeper(actor)
    days = list(year.days.all())
    strangers = [str(row.day) for row in days if row.day.year != year.year]
    if strangers:
        text = _("%(days)s: not a day of %(year)s.")
        raise ValidationError(text % {"days": ", ".join(strangers), "year": year.year})
    refuse_marked(year.source, *(row.name for row in days), actor=actor)
    before = snapshot(CalendarYear.objects.select_for_update().get(pk=year.pk)) if year.pk else None
    year.save()
    after = snapshot(CalendarYear.objects.get(pk=year.pk))
    log(
        year,
        "org.save_working_days",
        user=actor,
        data={"before": values_before(before, after)} if before else None,
    )
    return year


def _require_keeper(actor: User | None) -> None:
    if actor is not None and not can_keep_working_days(actor):
        raise PermissionDenied
