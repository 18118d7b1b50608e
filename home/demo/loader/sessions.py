"""Training sessions of the demo: proposed, consulted on, announced, held and summed up at their time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import partial

from django.utils import timezone

from courses.enums import SessionStatus
from courses.models import Activity, TrainingSession
from courses.services import create_session, move_session
from home.demo.loader.playback import Event, play, shifted
from home.demo.loader.reading import moment, read
from home.demo.loader.registry import Registry

# Days before (-) or after a session's first day on which it reached each state; the last two count from its end.
PROPOSED, CONSULTED, COUNTERSIGNED, OPENED, CANCELLED = -60, -52, -35, -21, -20
CLOSED, SUMMED_UP = 1, 21


def load_sessions(registry: Registry) -> None:
    rows = {row["number"]: row for row in read("sessions")["session"]}
    registry.sessions = TrainingSession.objects.in_bulk(list(rows), field_name="number")
    missing = [row for number, row in rows.items() if number not in registry.sessions]
    events = [event for row in missing for event in _SessionHistory(registry, row).events()]
    play(events, until=timezone.now())


class _SessionHistory:
    """The history of one session until its present state."""

    def __init__(self, registry: Registry, row: dict) -> None:
        self.registry, self.row = registry, row
        if "starts_on" in row:
            self.starts_on = shifted(row["starts_on"], registry.today)
        else:
            self.starts_on = registry.today + datetime.timedelta(days=row["offset_days"])
        self.ends_on = self.starts_on + datetime.timedelta(days=row["days"] - 1)

    def events(self) -> Iterator[Event]:
        yield Event(_days_after(self.starts_on, PROPOSED), self.propose)
        for status, at in self.states():
            yield Event(at, partial(self.move, status))
            if status == self.row["status"]:
                return

    def states(self) -> Iterator[tuple[SessionStatus, datetime.datetime]]:
        """Yield the states after `proposed` in their order, each with its moment."""
        if self.row["status"] == SessionStatus.PROPOSED:
            return
        yield SessionStatus.IN_CONSULTATION, _days_after(self.starts_on, CONSULTED)
        yield SessionStatus.COUNTERSIGNED, _days_after(self.starts_on, COUNTERSIGNED)
        if self.row["status"] == SessionStatus.CANCELLED:
            yield SessionStatus.CANCELLED, _days_after(self.starts_on, CANCELLED)
        yield SessionStatus.OPEN, _days_after(self.starts_on, OPENED)
        yield SessionStatus.RUNNING, moment(self.starts_on, "08:00")
        yield SessionStatus.CLOSED, _days_after(self.ends_on, CLOSED)
        yield SessionStatus.SUMMED_UP, _days_after(self.ends_on, SUMMED_UP)

    def propose(self) -> None:
        row, registry = self.row, self.registry
        session = TrainingSession(
            theme=row["theme"],
            theme_en=row["theme_en"],
            summary=row["summary"],
            summary_en=row.get("summary_en", ""),
            host_department=registry.departments[row["host"]],
            office=registry.offices[row["office"]],
            place=row["place"],
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            mode=row["mode"],
        )
        session.activities = [self.activity(slot) for slot in row["activity"]]  # type: ignore[misc]
        session.topics.set(registry.topics_of(row))
        registry.sessions[row["number"]] = create_session(session=session, actor=None, number=row["number"])
        registry.created["sessions"] += 1

    def activity(self, row: dict) -> Activity:
        day = self.starts_on + datetime.timedelta(days=row["day"] - 1)
        activity = Activity(
            starts_at=moment(day, row["start"]),
            ends_at=moment(day, row["end"]),
            title=row["title"],
            title_en=row.get("title_en", ""),
            form=row["form"],
            place=row.get("place", ""),
        )
        activity.moderators = [self.registry.people[name] for name in row.get("moderators", [])]
        return activity

    def move(self, status: SessionStatus) -> None:
        move_session(session=self.registry.sessions[self.row["number"]], to=status, actor=None)


def _days_after(day: datetime.date, days: int) -> datetime.datetime:
    return moment(day + datetime.timedelta(days=days), "10:00")
