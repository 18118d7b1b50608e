from django.db import models
from django.utils.translation import gettext_lazy as _


class SessionStatus(models.TextChoices):
    """The state of a session; no other field says how far it has come."""

    PROPOSED = "proposed", _("Proposed")
    IN_CONSULTATION = "in_consultation", _("In consultation")
    COUNTERSIGNED = "countersigned", _("Countersigned")
    OPEN = "open", _("Open for enrolment")
    RUNNING = "running", _("Running")
    CLOSED = "closed", _("Closed")
    SUMMED_UP = "summed_up", _("Summed up")
    CANCELLED = "cancelled", _("Cancelled")


# States in which visitors see a session: the departments have settled on it.
ANNOUNCED = (
    SessionStatus.COUNTERSIGNED,
    SessionStatus.OPEN,
    SessionStatus.RUNNING,
    SessionStatus.CLOSED,
    SessionStatus.SUMMED_UP,
)

# States of a session that is over, whatever its dates say.
FINISHED = (SessionStatus.CLOSED, SessionStatus.SUMMED_UP)

# The states that can follow a state; one without followers is final.
MOVES: dict[str, tuple[str, ...]] = {
    SessionStatus.PROPOSED: (SessionStatus.IN_CONSULTATION, SessionStatus.CANCELLED),
    SessionStatus.IN_CONSULTATION: (
        SessionStatus.PROPOSED,
        SessionStatus.COUNTERSIGNED,
        SessionStatus.CANCELLED,
    ),
    SessionStatus.COUNTERSIGNED: (SessionStatus.OPEN, SessionStatus.CANCELLED),
    SessionStatus.OPEN: (SessionStatus.RUNNING, SessionStatus.CANCELLED),
    SessionStatus.RUNNING: (SessionStatus.CLOSED,),
    SessionStatus.CLOSED: (SessionStatus.SUMMED_UP,),
    SessionStatus.SUMMED_UP: (),
    SessionStatus.CANCELLED: (),
}


def is_announcement(before: str, after: str) -> bool:
    """Return whether a move makes a session readable for others who could not read it before."""
    return after in ANNOUNCED and before not in ANNOUNCED


class SessionMode(models.TextChoices):
    """The way in which people attend: on site, by video or both."""

    ON_SITE = "on_site", _("On site")
    VIDEO = "video", _("Video")
    HYBRID = "hybrid", _("On site and video")


class ActivityForm(models.TextChoices):
    """The form of a slot of the agenda."""

    LECTURE = "lecture", _("Lecture")
    CASE_ANALYSIS = "case_analysis", _("Case analysis")
    SIMULATED_HANDLING = "simulated_handling", _("Simulated handling")
    ON_SITE_OBSERVATION = "on_site_observation", _("On-site observation")
    DIALOGUE = "dialogue", _("Multi-party dialogue")
