"""Sessions as cards."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from courses.enums import MOVES, SessionStatus
from courses.models import TrainingSession
from portal.foundation import dates
from portal.org.models import PortalSettings

# Colours of the tag by state; the label says the same in words.
SESSION_TONES: dict[str, str] = {
    SessionStatus.PROPOSED: "warn",
    SessionStatus.IN_CONSULTATION: "warn",
    SessionStatus.COUNTERSIGNED: "brand",
    SessionStatus.OPEN: "brand",
    SessionStatus.RUNNING: "ok",
    SessionStatus.CLOSED: "neutral",
    SessionStatus.SUMMED_UP: "neutral",
    SessionStatus.CANCELLED: "neutral",
}

# What a state shows, and to whom; the moves that take something away say so in `move_effect`.
STATUS_EFFECTS: dict[str, Any] = {
    SessionStatus.PROPOSED: _("It is a draft again. People who are signed in see the plan, visitors do not."),
    SessionStatus.IN_CONSULTATION: _(
        "People who are signed in, of all departments, see the plan and that it is being discussed. Visitors do not."
    ),
    SessionStatus.COUNTERSIGNED: _(
        "It is announced: everybody, visitors too, finds its theme, agenda and place in lists and in the search. "
        "Questions cannot be raised yet."
    ),
    SessionStatus.OPEN: _(
        "Everybody sees that it is open for enrolment. From its first day on, people who are signed in can raise "
        "questions in it."
    ),
    SessionStatus.RUNNING: _(
        "Everybody sees that it is running; it stands first on the front page. From its first day on, people who are "
        "signed in can raise questions in it."
    ),
    SessionStatus.CLOSED: _(
        "Everybody sees that it is over. Questions can still be raised in it until %(day)s."
    ),
    SessionStatus.SUMMED_UP: _("Everybody sees that it is over and summed up."),
    SessionStatus.CANCELLED: _(
        "Visitors no longer find it. People who are signed in see that it was cancelled, and its number is not given "
        "again. No question can be raised in it any more; those that were raised remain."
    ),
}


@dataclass(frozen=True)
class Move:
    """A state that a session can move to, with what it shows to whom, and whether there is a way back."""

    value: str
    label: str
    effect: str
    is_final: bool


def moves_of(session: TrainingSession) -> list[Move]:
    """Return the states that a session can move to."""
    return [_move(session, SessionStatus(value)) for value in MOVES[session.status]]


def _move(session: TrainingSession, status: SessionStatus) -> Move:
    effect = str(STATUS_EFFECTS[status])
    if status == SessionStatus.CLOSED:
        until = session.ends_on + dt.timedelta(days=PortalSettings.load().question_window_days)
        effect %= {"day": dates.day(until)}
    is_final = session.status not in MOVES[status]
    return Move(value=status.value, label=str(status.label), effect=effect, is_final=is_final)


def session_card(session: TrainingSession) -> dict:
    """Return the variables of `components/card_link.html`."""
    meta = [dates.day_range(session.starts_on, session.ends_on), session.place, session.get_mode_display()]
    return {
        "title": session.theme_here,
        "url": session.get_absolute_url(),
        "number": session.number,
        "tags": [{"label": session.get_status_display(), "tone": SESSION_TONES[session.status]}],
        "meta": [part for part in meta if part],
        "seals": [{"department": session.host_department, "state": "part"}],
        "topics": [str(item.tag) for item in session.topic_items.all()],
    }
