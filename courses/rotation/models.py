"""Rotations and the facts from which their turns follow."""

from __future__ import annotations

from typing import Any, NoReturn, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.rotation.enums import EventKind, Pace, SwapDecision
from portal.foundation.limits import MAX_REASON_CHARS
from portal.foundation.models import RandomKeyModel, in_language
from portal.org.enums import Level
from portal.org.models import Office

MAX_SESSIONS_PER_YEAR = 12
MONTHS_PER_SEASON = 3


class RotationQuerySet(models.QuerySet["Rotation"]):
    def with_facts(self) -> Self:
        """Fetch all facts as well: four queries for any number of rotations."""
        offices = Office.objects.select_related("department")
        return self.prefetch_related(
            "parties", models.Prefetch("parties__office", offices), "events", "confirmed_turns"
        )


class Rotation(models.Model):
    """The order in which offices of one level and region host. Its code stands in addresses and commands."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100, unique=True)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level)
    region = models.CharField(
        _("region"),
        max_length=6,
        validators=[RegexValidator(r"^\d{6}$", _("A region code has six digits (GB/T 2260)."))],
        help_text=_("Six digits of GB/T 2260."),
    )
    pace = models.CharField(_("pace"), max_length=10, choices=Pace, default=Pace.SEASON)
    sessions_per_year = models.PositiveSmallIntegerField(
        _("sessions a year"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_SESSIONS_PER_YEAR)],
        help_text=_(
            "Only by number of sessions: how long a turn is expected to last, until its session is settled."
        ),
    )
    first_day = models.DateField(_("first day of the first turn"))

    objects = RotationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pace=Pace.SEASON, sessions_per_year=None)
                | Q(
                    pace=Pace.SESSIONS,
                    sessions_per_year__isnull=False,
                    sessions_per_year__range=(1, MAX_SESSIONS_PER_YEAR),
                ),
                name="rotation_has_one_pace",
                violation_error_message=_(
                    "Give the sessions a year where turns go by sessions, and only there."
                ),
            )
        ]
        verbose_name = _("rotation")
        verbose_name_plural = _("rotations")

    def __str__(self) -> str:
        return in_language(self, "name")

    def get_absolute_url(self) -> str:
        return reverse("rotation:board", args=[self.code])

    @property
    def months(self) -> int:
        """Return how many months a turn is expected to last."""
        if self.sessions_per_year is None:
            return MONTHS_PER_SEASON
        return max(round(12 / self.sessions_per_year), 1)


class RotationParty(models.Model):
    """An office that takes part from the start, at its place in the order; later ones join by an event."""

    rotation = models.ForeignKey(Rotation, models.PROTECT, related_name="parties")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("office"))
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["rotation", "office"], name="rotation_party_once"),
            models.UniqueConstraint(fields=["rotation", "position"], name="rotation_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.office_id}"


class AppendOnlyModel(models.Model):
    """A fact: it is written once, and neither changed nor deleted."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is not changed: record another one")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is not deleted: record another one")


class RotationEvent(AppendOnlyModel):
    """What changed the turns that begin after `on`; `turn` and `other_turn` are their numbers on that day.

    A swap has the consent of both: `agreed_by` speaks for `other_office`. People are None for the server's commands.
    """

    rotation = models.ForeignKey(Rotation, models.PROTECT, related_name="events")
    kind = models.CharField(_("kind"), max_length=8, choices=EventKind)
    on = models.DateField(_("day"))
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    turn = models.PositiveIntegerField(null=True)
    other_office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    other_turn = models.PositiveIntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=MAX_REASON_CHARS, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=EventKind.START, office=None, turn=None, other_office=None, other_turn=None)
                | Q(
                    kind__in=[EventKind.JOIN, EventKind.LEAVE],
                    office__isnull=False,
                    turn=None,
                    other_office=None,
                    other_turn=None,
                )
                | Q(
                    kind=EventKind.SKIP,
                    office__isnull=False,
                    turn__isnull=False,
                    other_office=None,
                    other_turn=None,
                )
                | Q(
                    kind=EventKind.SWAP,
                    office__isnull=False,
                    turn__isnull=False,
                    other_office__isnull=False,
                    other_turn__isnull=False,
                ),
                name="rotation_event_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EventKind.SKIP) | ~Q(reason=""), name="rotation_skip_has_reason"
            ),
            models.UniqueConstraint(
                fields=["rotation"], condition=Q(kind=EventKind.START), name="rotation_starts_once"
            ),
        ]
        verbose_name = _("event of a rotation")
        verbose_name_plural = _("events of rotations")

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()}"


class HostTurn(AppendOnlyModel):
    """A turn as it was confirmed; a swap afterwards is an event, and a later row for the same number counts.

    `last_day` is where turns end with their session; by season it is empty.
    """

    rotation = models.ForeignKey(Rotation, models.PROTECT, related_name="confirmed_turns")
    number = models.PositiveIntegerField(_("turn"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("office"))
    last_day = models.DateField(_("last day"), null=True)
    on = models.DateField(_("confirmed on"))
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["recorded_at", "pk"]
        verbose_name = _("confirmed turn")
        verbose_name_plural = _("confirmed turns")

    def __str__(self) -> str:
        return f"{self.number}: {self.office_id}"


class SwapProposal(RandomKeyModel):
    """A swap that one department proposes to another; it takes effect when the other agrees."""

    rotation = models.ForeignKey(Rotation, models.PROTECT, related_name="proposals")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    turn = models.PositiveIntegerField()
    other_office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    other_turn = models.PositiveIntegerField()
    reason = models.CharField(_("reason"), max_length=MAX_REASON_CHARS)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(_("decision"), max_length=10, choices=SwapDecision, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(_("comment"), max_length=MAX_REASON_CHARS, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["rotation", "office"], condition=Q(decision=""), name="one_open_swap_of_office"
            ),
            models.CheckConstraint(
                condition=~Q(office=models.F("other_office")), name="swap_has_two_offices"
            ),
        ]
        verbose_name = _("proposed swap")
        verbose_name_plural = _("proposed swaps")

    def __str__(self) -> str:
        return f"{self.turn} / {self.other_turn}"

    def get_absolute_url(self) -> str:
        return reverse("rotation:swap", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.decision == ""


class CalendarFeed(models.Model):
    """The address under which somebody's calendar fetches the turns; only the digest of its token is kept."""

    wagtail_reference_index_ignore = True  # else the usage pages of people would say who has one

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return str(self.user_id)
