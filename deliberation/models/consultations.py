"""Rounds of consultation, and what the parties say in them."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deliberation.enums import (
    BLOCKING_STANCES,
    EXCUSED_STANCES,
    Adoption,
    ConsultationEnd,
    Stance,
)
from deliberation.models.matters import Party
from deliberation.models.versions import TextVersion
from portal.foundation.limits import (
    MAX_OFFICE_NAME_CHARS,
    MAX_PERSON_NAME_CHARS,
    MAX_REASON_CHARS,
    MAX_TEXT_CHARS,
)


class Consultation(models.Model):
    """The round in which the parties say what they think of one version.

    `silence_agrees` was fixed and visible at opening: who says nothing until `due_on` has no objection. It never signs.
    """

    version = models.OneToOneField(TextVersion, models.PROTECT, related_name="consultation")
    # Counted over the versions of the matter, from 1.
    n = models.PositiveIntegerField(_("round"))
    due_on = models.DateField(_("due on"))
    silence_agrees = models.BooleanField(_("silence is no objection"), default=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened at"))
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=12, choices=ConsultationEnd, blank=True)

    class Meta:
        ordering = ["version__matter_id", "n"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end="") | Q(ended_at__isnull=False) & ~Q(end=""),
                name="ended_consultation_says_why",
            )
        ]
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")

    def __str__(self) -> str:
        return f"{self.version} · {self.n}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class PositionQuerySet(models.QuerySet["Position"]):
    def current(self) -> Self:
        """Return what each party says now; earlier positions stand beside it."""
        return self.filter(superseded_at=None)


class Position(models.Model):
    """What one party says of one version; a later position of the party supersedes it and leaves it as it was.

    Person and office are copied as they were. `adoption` is what the host made of it, with the reason.
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="positions")
    party = models.ForeignKey(Party, models.PROTECT, related_name="positions")
    stance = models.CharField(_("stance"), max_length=20, choices=Stance)
    reasons = models.TextField(_("reasons"), max_length=MAX_TEXT_CHARS, blank=True)
    changes = models.TextField(_("changes asked for"), max_length=MAX_TEXT_CHARS, blank=True)
    # None for silence.
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    person_name = models.CharField(max_length=MAX_PERSON_NAME_CHARS, blank=True)
    office_name = models.CharField(max_length=MAX_OFFICE_NAME_CHARS)
    stated_at = models.DateTimeField(_("stated at"))
    superseded_at = models.DateTimeField(null=True, blank=True)
    adoption = models.CharField(_("what became of it"), max_length=12, choices=Adoption, blank=True)
    adoption_reason = models.TextField(_("reason"), max_length=MAX_REASON_CHARS, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        ordering = ["consultation_id", "party__place", "stated_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "party"],
                condition=Q(superseded_at=None),
                name="one_current_position_of_party",
            ),
            models.CheckConstraint(
                condition=Q(stance=Stance.NO_OBJECTION, stated_by=None)
                | ~Q(stance=Stance.NO_OBJECTION) & Q(stated_by__isnull=False),
                name="nobody_states_silence",
            ),
        ]
        verbose_name = pgettext_lazy("of a party", "position")
        verbose_name_plural = pgettext_lazy("of a party", "positions")

    def __str__(self) -> str:
        return f"{self.party}: {self.get_stance_display()}"

    def get_absolute_url(self) -> str:
        return f"{self.consultation.version.matter.get_absolute_url()}#position-{self.pk}"

    @property
    def is_blocking(self) -> bool:
        return self.stance in BLOCKING_STANCES

    @property
    def is_excused(self) -> bool:
        """Return whether the party need not sign."""
        return self.stance in EXCUSED_STANCES

    @property
    def opinion(self) -> str:
        """Return what the party says beside its stance."""
        return "\n\n".join(filter(None, (self.changes, self.reasons)))
