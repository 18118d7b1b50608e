from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Settlement(models.TextChoices):
    """How a kind of matter settles."""

    SIGNATURES = "signatures", _("Signature of all")
    POSITIONS = "positions", _("Positions of which none differs")


class MatterStatus(models.TextChoices):
    """A matter is written, consulted on and signed, until it is settled or closed without agreement."""

    WRITING = "writing", pgettext_lazy("matter", "Being written")
    CONSULTING = "consulting", pgettext_lazy("matter", "In consultation")
    SIGNING = "signing", pgettext_lazy("matter", "Being signed")
    ESCALATED = "escalated", pgettext_lazy("matter", "Taken higher")
    FROZEN = "frozen", pgettext_lazy("matter", "Settled")
    CLOSED = "closed", pgettext_lazy("matter", "Closed without agreement")


ENDED_STATUSES = frozenset({MatterStatus.FROZEN, MatterStatus.CLOSED})
# Statuses in which a party says what it thinks of the present text.
SPEAKING_STATUSES = frozenset({MatterStatus.CONSULTING, MatterStatus.SIGNING, MatterStatus.ESCALATED})

# From a status to those that it may change to.
MATTER_MOVES: dict[str, tuple[str, ...]] = {
    MatterStatus.WRITING: (MatterStatus.CONSULTING, MatterStatus.CLOSED),
    MatterStatus.CONSULTING: (
        MatterStatus.WRITING,
        MatterStatus.SIGNING,
        MatterStatus.ESCALATED,
        MatterStatus.FROZEN,
        MatterStatus.CLOSED,
    ),
    MatterStatus.SIGNING: (
        MatterStatus.WRITING,
        MatterStatus.CONSULTING,
        MatterStatus.ESCALATED,
        MatterStatus.FROZEN,
        MatterStatus.CLOSED,
    ),
    # What came of an escalation is recorded before anything else is done.
    MatterStatus.ESCALATED: (MatterStatus.CONSULTING,),
    MatterStatus.FROZEN: (),
    MatterStatus.CLOSED: (),
}


class MatterAudience(models.TextChoices):
    """Who may read a matter."""

    PARTIES = "parties", _("The offices that settle it")
    STAFF = "staff", _("Everybody with an account")


class Stance(models.TextChoices):
    """What a party says of a text; kinds of matter offer subsets. Nobody says `NO_OBJECTION`: silence is recorded so."""

    AGREE = "agree", pgettext_lazy("stance", "Agrees")
    AGREE_WITH_CHANGES = "agree_with_changes", pgettext_lazy("stance", "Agrees with changes")
    RESERVE = "reserve", pgettext_lazy("stance", "Agrees with a reservation")
    DIFFER = "differ", pgettext_lazy("stance", "Differs")
    NOT_CONCERNED = "not_concerned", pgettext_lazy("stance", "Not concerned")
    NOT_COMPETENT = "not_competent", pgettext_lazy("stance", "Not competent")
    NO_OBJECTION = "no_objection", pgettext_lazy("stance", "No objection (silence)")


STATED_STANCES = tuple(stance for stance in Stance if stance != Stance.NO_OBJECTION)
# While one of these stands, nothing is settled.
BLOCKING_STANCES = frozenset({Stance.AGREE_WITH_CHANGES, Stance.DIFFER})
# Parties that need not sign.
EXCUSED_STANCES = frozenset({Stance.NOT_CONCERNED, Stance.NOT_COMPETENT})
# Stances that say nothing without a reason.
REASONED_STANCES = frozenset({Stance.RESERVE, Stance.DIFFER})


class ConsultationEnd(models.TextChoices):
    """Why a consultation ended."""

    SETTLED = "settled", pgettext_lazy("consultation", "settled")
    REVISED = "revised", pgettext_lazy("consultation", "the text was revised")
    CLOSED = "closed", pgettext_lazy("consultation", "closed without agreement")


class Adoption(models.TextChoices):
    """What became of an opinion."""

    ADOPTED = "adopted", pgettext_lazy("opinion", "Adopted")
    IN_PART = "in_part", pgettext_lazy("opinion", "Adopted in part")
    NOT_ADOPTED = "not_adopted", pgettext_lazy("opinion", "Not adopted")


class SigningMethod(models.TextChoices):
    """How a party signs."""

    SIGNED = "signed", _("Signed in the portal")
    STAMPED = "stamped", _("Stamped reply on paper")


class Presence(models.TextChoices):
    """How somebody took part in a meeting."""

    ATTENDED = "attended", pgettext_lazy("meeting", "Attended")
    EXCUSED = "excused", pgettext_lazy("meeting", "Excused")
    SAT_IN = "sat_in", pgettext_lazy("meeting", "Sat in")


class BlockerKind(models.TextChoices):
    """What stands between a text and its settlement."""

    MISSING = "missing", _("has no position yet")
    DIFFERS = "differs", _("differs")
    ASKS_FOR_CHANGES = "asks_for_changes", _("asks for changes")
    OPEN_REMARK = "open_remark", _("A remark is open")
    NOBODY_SIGNS = "nobody_signs", _("No party is left to sign")
