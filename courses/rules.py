"""Who may see and do what with sessions."""

from __future__ import annotations

import datetime as dt

from portal.org.rules import ALL, STAFF, is_staff_member

QUESTIONS_CLOSED = ("proposed", "in_consultation", "countersigned", "cancelled")


def audience(session) -> list[str]:
    """Announced sessions are public; the others are for staff."""
    return [ALL] if session.is_announced else [STAFF]


def can_view_session(user, session) -> bool:
    return session.is_announced or is_staff_member(user)


def can_plan_sessions(user) -> bool:
    return is_staff_member(user) and user.has_perm("courses.change_trainingsession")


def can_raise_question(user, session, *, today: dt.date, window_days: int) -> bool:
    """From a session's first day to `window_days` after its last, for any signed-in person."""
    if not is_staff_member(user) or session.status in QUESTIONS_CLOSED:
        return False
    return session.starts_on <= today <= session.ends_on + dt.timedelta(days=window_days)
