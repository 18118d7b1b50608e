"""Sessions as cards."""

from __future__ import annotations

from courses.enums import SessionStatus
from courses.models import TrainingSession
from portal.foundation import dates

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
