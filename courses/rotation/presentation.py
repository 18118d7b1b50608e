"""The board: turns as columns with their seals, tags and sessions, and the words for why a turn is its host's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import TrainingSession
from courses.rotation.enums import CauseKind, EventKind, TurnStatus
from courses.rotation.models import Rotation, RotationEvent
from courses.rotation.selectors import (
    PAST_MONTHS,
    Change,
    Countdown,
    HostedTurn,
    Schedule,
    sessions_by_turn,
)
from courses.rotation.turns import Cause, add_months
from portal.foundation import dates
from portal.org.models import Office
from portal.org.working_days import unpublished_years

SEAL_STATES = {
    TurnStatus.PAST: "signed",
    TurnStatus.PRESENT: "signed",
    TurnStatus.CONFIRMED: "part",
    TurnStatus.EXPECTED: "awaited",
}


@dataclass(frozen=True)
class Column:
    """A turn on the board. `tags` are {label, tone}."""

    hosted: HostedTurn
    seal_state: str
    status: str
    tags: list[dict[str, str]]
    sessions: list[TrainingSession]
    is_coming: bool

    @property
    def is_past(self) -> bool:
        return self.hosted.status == TurnStatus.PAST

    @property
    def days(self) -> str:
        return dates.day_range(self.hosted.turn.first_day, self.hosted.turn.last_day)


@dataclass(frozen=True)
class Board:
    """The turns of a rotation for one look: the row of seals, those before it, and who comes next."""

    columns: list[Column]
    earlier: list[Column]
    present: Column | None
    next: Column | None
    unpublished: list[int]

    @property
    def span(self) -> str:
        """Return the days from the first column to the last, as months."""
        first, last = self.columns[0].hosted.turn.first_day, self.columns[-1].hosted.turn.last_day
        return _("%(first)s to %(last)s") % {"first": dates.month(first), "last": dates.month(last)}


def board_of(schedule: Schedule) -> Board:
    today = schedule.today
    hosted_turns = schedule.coming_years
    sessions = sessions_by_turn(schedule.rotation, hosted_turns)
    columns = [_column(hosted, sessions.get(hosted.number, [])) for hosted in hosted_turns]
    since = add_months(today, -PAST_MONTHS)
    shown = [column for column in columns if column.hosted.turn.last_day >= since]
    last = shown[-1].hosted.turn.last_day if shown else today
    return Board(
        columns=shown,
        earlier=[column for column in columns if column.hosted.turn.last_day < since],
        present=next((column for column in shown if column.hosted.status == TurnStatus.PRESENT), None),
        next=next((column for column in shown if column.is_coming), None),
        unpublished=unpublished_years(today.year, last.year),
    )


def _column(hosted: HostedTurn, sessions: list[TrainingSession]) -> Column:
    tags = [
        {"label": text, "tone": "neutral"}
        for cause, office in hosted.causes
        if (text := cause_text(cause, office)) and cause.kind != CauseKind.ORDER
    ]
    if hosted.spring_festival:
        tags.insert(0, {"label": festival_text(hosted.spring_festival), "tone": "warn"})
    return Column(
        hosted=hosted,
        seal_state=SEAL_STATES[hosted.status],
        status=str(hosted.status.label),
        tags=tags,
        sessions=sessions,
        is_coming=hosted.is_coming,
    )


def festival_text(day: dt.date) -> str:
    return _("Spring Festival, %(day)s") % {"day": dates.day(day)}


def cause_text(cause: Cause, office: Office | None) -> str:
    """Return why a turn is its host's, in words."""
    name = office.department.short_name_here if office else ""
    match cause.kind:
        case CauseKind.SWAPPED:
            return _("swapped with %(department)s") % {"department": name}
        case CauseKind.MOVED_UP:
            return _("moved up for %(department)s") % {"department": name}
        case kind:
            return str(kind.label)


def because(hosted: HostedTurn) -> str:
    return "; ".join(cause_text(cause, office) for cause, office in hosted.causes)


def countdown_text(countdown: Countdown) -> str:
    """Return how far away a day is, in working days where they are known."""
    if countdown.days <= 0:
        return _("it has begun")
    days = ngettext("in %(days)s day", "in %(days)s days", countdown.days) % {"days": countdown.days}
    if countdown.working_days == 0:
        return days
    if countdown.working_days is None:
        text = _("%(days)s (the working days of %(year)s are not published yet)")
        return text % {"days": days, "year": countdown.unpublished}
    count = countdown.working_days
    return ngettext("in %(days)s working day", "in %(days)s working days", count) % {"days": count}


def theme_text(sessions: Iterable[TrainingSession]) -> str:
    """Return what is known of the theme of a turn."""
    themes = [f"{session.number} {session.theme_here}" for session in sessions]
    return "; ".join(themes) or _("no session is planned")


@dataclass(frozen=True)
class EventRow:
    """A fact as the board tells it."""

    day: str
    text: str
    reason: str


def event_rows(rotation: Rotation, offices: dict[int, Office]) -> list[EventRow]:
    """Return what changed the order, the latest first."""
    events = sorted(rotation.events.all(), key=lambda event: (event.recorded_at, event.pk), reverse=True)
    return [EventRow(dates.day(event.on), _event_text(event, offices), event.reason) for event in events]


def _event_text(event: RotationEvent, offices: dict[int, Office]) -> str:
    names = {
        "office": offices.get(event.office_id or 0, ""),
        "other": offices.get(event.other_office_id or 0, ""),
        "turn": event.turn,
        "other_turn": event.other_turn,
    }
    texts = {
        EventKind.START: _("The rotation was started."),
        EventKind.JOIN: _("%(office)s joined."),
        EventKind.LEAVE: _("%(office)s left."),
        EventKind.SKIP: _("%(office)s skipped turn %(turn)s."),
        EventKind.SWAP: _(
            "%(office)s (turn %(turn)s) and %(other)s (turn %(other_turn)s) swapped; both agreed."
        ),
    }
    return texts[EventKind(event.kind)] % names


def change_rows(changes: Iterable[Change]) -> list[dict[str, object]]:
    """Return the turns that an act would give to another host, for a table."""
    return [
        {
            "number": change.number,
            "days": dates.day_range(change.first_day, change.last_day),
            "before": change.before,
            "after": change.after,
        }
        for change in changes
    ]
