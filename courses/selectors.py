"""Sessions as their listing and their page need them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Prefetch, Q
from django.db.models.functions import ExtractYear
from django.utils import timezone

from courses.models import Activity, SessionTopic, TrainingSession
from courses.models.sessions import TrainingSessionQuerySet
from portal.org.models import Department, User
from portal.org.selectors import topic_rows

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

COMING, PAST = "coming", "past"
MAX_YEAR = 9999
MAX_YEAR_CHARACTERS = 18


@dataclass(frozen=True)
class SessionFilter:
    """The filters of a listing of sessions; empty values do not narrow."""

    period: str = COMING
    department: str = ""
    year: str = ""
    topic: str = ""

    @property
    def count(self) -> int:
        return sum(bool(value) for value in (self.department, self.year, self.topic))


@dataclass(frozen=True)
class Slot:
    """An activity in the agenda, with what the clock says of it."""

    activity: Activity
    is_now: bool
    is_over: bool
    moderators: list[User]

    @property
    def starts(self) -> dt.datetime:
        return timezone.localtime(self.activity.starts_at)

    @property
    def ends(self) -> dt.datetime:
        return timezone.localtime(self.activity.ends_at)


@dataclass(frozen=True)
class Day:
    """A day of the agenda; `number` counts the session's days from 1."""

    date: dt.date
    number: int
    is_today: bool
    slots: list[Slot] = field(default_factory=list)


def listed_sessions(
    user: User | AnonymousUser, chosen: SessionFilter, today: dt.date
) -> TrainingSessionQuerySet:
    """Return the sessions that a person may see: coming ones soonest first, past ones latest first."""
    sessions = _narrowed(TrainingSession.objects.visible_to(user), chosen)
    sessions = sessions.upcoming(today) if chosen.period == COMING else sessions.past(today)
    return sessions.select_related("host_department", "office").prefetch_related(
        Prefetch("topic_items", SessionTopic.objects.select_related("tag"))
    )


def _narrowed(
    sessions: TrainingSessionQuerySet, chosen: SessionFilter, without: str = ""
) -> TrainingSessionQuerySet:
    if chosen.department and without != "department":
        sessions = sessions.filter(host_department__code=chosen.department)
    if chosen.year.isdecimal() and without != "year":
        # Years beyond the calendar of Python and the database would be an error instead of an empty list, and so
        # would be some thousand digits.
        year = int(chosen.year[:MAX_YEAR_CHARACTERS])
        sessions = sessions.filter(starts_on__year=min(max(year, 1), MAX_YEAR))
    if chosen.topic and without != "topic":
        sessions = sessions.filter(topic_items__tag__slug=chosen.topic)
    return sessions


def period_counts(user: User | AnonymousUser, chosen: SessionFilter, today: dt.date) -> dict[str, int]:
    """Return the numbers of coming and of past sessions under the other filters."""
    return _narrowed(TrainingSession.objects.visible_to(user), chosen).aggregate(
        coming=Count("pk", filter=Q(ends_on__gte=today)), past=Count("pk", filter=Q(ends_on__lt=today))
    )


def session_facets(
    user: User | AnonymousUser, chosen: SessionFilter, today: dt.date
) -> dict[str, list[tuple[str, str, int, Any]]]:
    """Return rows of value, label, count, department under `department`, `year` and `topic`.

    Each facet is counted under the filters of the others, so that its own values can be exchanged.
    """

    def base(without: str) -> TrainingSessionQuerySet:
        sessions = _narrowed(TrainingSession.objects.visible_to(user), chosen, without)
        in_period = Q(ends_on__gte=today) if chosen.period == COMING else Q(ends_on__lt=today)
        return sessions.filter(in_period).order_by()

    departments = dict(base("department").values_list("host_department").annotate(Count("pk")))
    years = base("year").annotate(year=ExtractYear("starts_on")).values_list("year").annotate(Count("pk"))
    topics = dict(base("topic").values_list("topic_items__tag").annotate(Count("pk")))
    return {
        "department": [
            (department.code, department.short_name_here, departments.get(department.pk, 0), department)
            for department in Department.objects.all()
        ],
        "year": [(str(year), str(year), count, None) for year, count in sorted(years, reverse=True)],
        "topic": topic_rows(topics, chosen=chosen.topic),
    }


def session_by_number(user: User | AnonymousUser, number: str) -> TrainingSession | None:
    """Return a session with the related rows that its page shows, or None where the person may not see it."""
    moderators = Prefetch("moderators", User.objects.with_office())
    return (
        TrainingSession.objects.visible_to(user)
        .select_related("host_department", "office__department", "secrecy_reviewed_by")
        .prefetch_related(
            Prefetch("activities", Activity.objects.prefetch_related(moderators)),
            Prefetch("topic_items", SessionTopic.objects.select_related("tag")),
        )
        .filter(number=number)
        .first()
    )


def agenda(session: TrainingSession, now: dt.datetime) -> list[Day]:
    """Return the session's activities by day; those that are over are marked while the session runs."""
    # After the last day every slot is over: marking them all would say nothing.
    is_on = session.starts_on <= timezone.localdate(now) <= session.ends_on
    days: dict[dt.date, Day] = {}
    for activity in session.activities.all():
        date = timezone.localdate(activity.starts_at)
        if date not in days:
            number = (date - session.starts_on).days + 1
            days[date] = Day(date=date, number=number, is_today=date == timezone.localdate(now))
        days[date].slots.append(
            Slot(
                activity=activity,
                is_now=activity.starts_at <= now < activity.ends_at,
                is_over=is_on and activity.ends_at <= now,
                moderators=list(activity.moderators.all()),
            )
        )
    return [days[date] for date in sorted(days)]
