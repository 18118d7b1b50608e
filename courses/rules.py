"""Predicates: who may see a session, plan sessions, raise a question in one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypeGuard

from django.utils import timezone

from portal.org.models import PortalSettings
from portal.org.rules import ALL, STAFF, is_staff_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from courses.models import TrainingSession
    from portal.org.models import User

# Before it is announced a session is not public; once cancelled, nobody attends it.
QUESTIONS_CLOSED = ("proposed", "in_consultation", "countersigned", "cancelled")


def audience(session: TrainingSession) -> list[str]:
    """Return the readers of a session: everybody once it is announced, staff before."""
    return [ALL] if session.is_announced else [STAFF]


def can_view_session(user: User | AnonymousUser, session: TrainingSession) -> bool:
    return session.is_announced or is_staff_member(user)


def can_plan_sessions(user: User | AnonymousUser) -> TypeGuard[User]:
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
