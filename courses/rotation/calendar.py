"""The turns as a calendar (RFC 5545): a whole-day event for each, under an identity that stays."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from courses.rotation.presentation import because, festival_text, theme_text
from courses.rotation.selectors import PAST_MONTHS, HostedTurn, Schedule, rotations, sessions_by_turn
from courses.rotation.turns import ONE_DAY, add_months
from portal.org.models import User

CONTENT_TYPE = "text/calendar; charset=utf-8"


def calendar_of(user: User, today: dt.date) -> bytes:
    """Return the turns of all rotations from twelve months ago until in two years, in the active language."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tongtang//Rotation//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Turns to host"))
    since = add_months(today, -PAST_MONTHS)
    for rotation in rotations():
        schedule = Schedule(rotation, today)
        shown = [hosted for hosted in schedule.coming_years if hosted.turn.last_day >= since]
        sessions = sessions_by_turn(rotation, shown)
        for hosted in shown:
            theme = theme_text(sessions.get(hosted.number, []))
            calendar.add_component(_event(schedule, hosted, theme))
    return calendar.to_ical()


def _event(schedule: Schedule, hosted: HostedTurn, theme: str) -> Event:
    rotation = schedule.rotation
    event = Event()
    event.add("uid", f"rotation-{rotation.code}-{hosted.number}@{settings.BASE_URL.partition('//')[2]}")
    event.add("dtstamp", timezone.now().astimezone(dt.UTC))
    event.add("dtstart", hosted.turn.first_day)
    # The end of a whole-day event does not count.
    event.add("dtend", hosted.turn.last_day + ONE_DAY)
    words = {"department": hosted.department.short_name_here, "rotation": rotation}
    event.add("summary", _("%(department)s hosts (%(rotation)s)") % words)
    lines = [str(hosted.office), str(hosted.status.label), theme, because(hosted)]
    if hosted.spring_festival:
        lines.append(festival_text(hosted.spring_festival))
    event.add("description", "\n".join(lines))
    event.add("url", f"{settings.BASE_URL}{rotation.get_absolute_url()}")
    event.add("status", "TENTATIVE" if hosted.is_coming and not hosted.turn.is_confirmed else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
