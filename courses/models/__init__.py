from courses.models.pages import SessionIndexPage
from courses.models.sessions import Activity, SessionTopic, TrainingSession
from courses.rotation.models import (
    CalendarFeed,
    HostTurn,
    Rotation,
    RotationEvent,
    RotationParty,
    SwapProposal,
)

__all__ = [
    "Activity",
    "CalendarFeed",
    "HostTurn",
    "Rotation",
    "RotationEvent",
    "RotationParty",
    "SessionIndexPage",
    "SessionTopic",
    "SwapProposal",
    "TrainingSession",
]
