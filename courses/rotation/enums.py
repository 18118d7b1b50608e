from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Pace(models.TextChoices):
    """What ends a turn: the season, or the session that its host has held."""

    SEASON = "season", _("By season: a turn lasts three months")
    SESSIONS = "sessions", _("By number of sessions: a turn is one session")


class EventKind(models.TextChoices):
    """A fact from which the turns follow."""

    START = "start", pgettext_lazy("rotation", "Start")
    JOIN = "join", pgettext_lazy("rotation", "Joined")
    LEAVE = "leave", pgettext_lazy("rotation", "Left")
    SWAP = "swap", pgettext_lazy("rotation", "Swapped")
    SKIP = "skip", pgettext_lazy("rotation", "Skipped")


class TurnStatus(models.TextChoices):
    """How far a turn has come on a day."""

    PAST = "past", pgettext_lazy("turn", "past")
    PRESENT = "present", pgettext_lazy("turn", "now")
    CONFIRMED = "confirmed", pgettext_lazy("turn", "confirmed")
    EXPECTED = "expected", pgettext_lazy("turn", "expected")


class SwapDecision(models.TextChoices):
    """What became of a proposed swap."""

    AGREED = "agreed", pgettext_lazy("swap", "agreed")
    REFUSED = "refused", pgettext_lazy("swap", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("swap", "withdrawn")
    OVERTAKEN = "overtaken", pgettext_lazy("swap", "overtaken by other events")


class CauseKind(models.TextChoices):
    """Why a turn is its host's."""

    ORDER = "order", _("in the order")
    SWAPPED = "swapped", _("swapped")
    CAME_BACK = "came_back", _("comes back after it was skipped")
    MOVED_UP = "moved_up", _("moved up for one that was skipped")
    JOINED = "joined", _("its first turn since it joined")
