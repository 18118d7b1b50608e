"""Training sessions of the demo and their agenda."""

from __future__ import annotations

import datetime

from courses.enums import SessionStatus
from courses.models import Activity, TrainingSession
from portal.foundation.services import reserve_number
from portal.foundation.signals import record_changed
from portal.home.demo.loader.playback import shifted
from portal.home.demo.loader.reading import moment, read
from portal.home.demo.loader.registry import Registry


def load_sessions(registry: Registry) -> None:
    known = TrainingSession.objects.in_bulk(
        [row["number"] for row in read("sessions")["session"]], field_name="number"
    )
    for row in read("sessions")["session"]:
        session = known.get(row["number"])
        if session is None:
            session = _make_session(registry, row)
            registry.made["sessions"] += 1
        registry.sessions[row["number"]] = session


def first_day(row: dict, today: datetime.date) -> datetime.date:
    if "starts_on" in row:
        return shifted(row["starts_on"], today)
    return today + datetime.timedelta(days=row["offset_days"])


def _make_session(registry: Registry, row: dict) -> TrainingSession:
    starts_on = first_day(row, registry.today)
    session = TrainingSession(
        number=reserve_number(number=row["number"]),
        theme=row["theme"],
        theme_en=row["theme_en"],
        summary=row["summary"],
        summary_en=row.get("summary_en", ""),
        host_department=registry.departments[row["host"]],
        office=registry.offices[row["office"]],
        place=row["place"],
        starts_on=starts_on,
        ends_on=starts_on + datetime.timedelta(days=row["days"] - 1),
        mode=row["mode"],
        status=SessionStatus(row["status"]),
    )
    session.save()
    session.topics.set(registry.topics_of(row))
    session.save()
    for slot in row["activity"]:
        _add_activity(registry, session, slot)
    record_changed.send(sender=TrainingSession, instance=session)
    return session


def _add_activity(registry: Registry, session: TrainingSession, row: dict) -> None:
    day = session.starts_on + datetime.timedelta(days=row["day"] - 1)
    activity = Activity(
        session=session,
        starts_at=moment(day, row["start"]),
        ends_at=moment(day, row["end"]),
        title=row["title"],
        title_en=row.get("title_en", ""),
        form=row["form"],
        place=row.get("place", ""),
    )
    activity.save()
    activity.moderators.set(registry.people[name] for name in row.get("moderators", []))
    activity.save()
