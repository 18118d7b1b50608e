"""Who may see and do what with sessions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from portal.org.models import PortalSettings, User
from portal.org.rules import ALL, STAFF, is_staff_member

if TYPE_CHECKING:
    from courses.models import TrainingSession

QUESTIONS_CLOSED = ("proposed", "in_consultation", "countersigned", "cancelled")


def audience(session: TrainingSession) -> list[str]:
    """Announced sessions are public; the others are for staff."""
    return [ALL] if session.is_announced else [STAFF]


def can_view_session(user: User | AnonymousUser, session: TrainingSession) -> bool:
    return session.is_announced or is_staff_member(user)


def can_plan_sessions(user: User | AnonymousUser) -> bool:
    return is_staff_member(user) and user.has_perm("courses.change_trainingsession")


def can_raise_question(
    user: User | AnonymousUser,
    session: TrainingSession,
    *,
    on: dt.date | None = None,
    window_days: int | None = None,
) -> bool:
    """Tell whether a person may raise a question in a session on a day, today by default.

    Any signed-in person may, from the first day of an announced session to `window_days` after its last. A caller
    that asks for many sessions reads the days of the window once, else the portal's setting is read here.
    """
    on = on or timezone.localdate()
    if not is_staff_member(user) or session.status in QUESTIONS_CLOSED or on < session.starts_on:
        return False
    if window_days is None:
        window_days = PortalSettings.load().question_window_days
    return on <= session.ends_on + dt.timedelta(days=window_days)
