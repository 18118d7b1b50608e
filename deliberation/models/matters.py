"""Matters that several departments settle together, and the offices that do."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deliberation.enums import ENDED_STATUSES, MatterAudience, MatterStatus
from deliberation.kinds import MatterKind, kind_of
from norms.models import DocumentVersion
from portal.foundation.limits import MAX_REASON_CHARS, MAX_TITLE_CHARS
from portal.foundation.numbers import MAX_NUMBER_LENGTH
from portal.org.models import Department, Office


class MatterQuerySet(models.QuerySet["Matter"]):
    def open(self) -> Self:
        """Return matters that are neither settled nor closed."""
        return self.exclude(status__in=ENDED_STATUSES)

    def of_office(self, office: Office) -> Self:
        """Return matters that an office settles with others."""
        return self.filter(pk__in=Party.objects.filter(office=office).values("matter"))

    def with_parties(self) -> Self:
        """Fetch host and parties with their departments as well."""
        parties = Party.objects.select_related("office", "department")
        return self.select_related("host__department", "current").prefetch_related(
            models.Prefetch("parties", parties)
        )


class Matter(models.Model):
    """A text that several offices settle, version by version. The number is permanent (`HS-2026-007`).

    `current` is the latest text. Once it is settled, `digest` is that of the text that all have settled on, and
    `document_number` the host's own one (发文字号), which is entered when the document is issued.
    """

    number = models.CharField(_("number"), max_length=MAX_NUMBER_LENGTH, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=MAX_TITLE_CHARS)
    # A code of `deliberation.kinds`, to which apps above add theirs.
    kind = models.CharField(_("kind"), max_length=32)
    host = models.ForeignKey(Office, models.PROTECT, related_name="hosted_matters", verbose_name=_("host"))
    audience = models.CharField(
        _("readers"), max_length=12, choices=MatterAudience, default=MatterAudience.PARTIES
    )
    status = models.CharField(
        _("status"), max_length=12, choices=MatterStatus, default=MatterStatus.WRITING, editable=False
    )
    current = models.ForeignKey(
        "deliberation.TextVersion", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_on = models.DateField(pgettext_lazy("matter", "opened on"))
    # When signing of the present text began, while it goes on.
    signing_since = models.DateTimeField(null=True, blank=True, editable=False)
    frozen_on = models.DateField(_("settled on"), null=True, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    # What it became in the law library, for kinds that do.
    norm_version = models.ForeignKey(
        DocumentVersion, models.SET_NULL, null=True, blank=True, related_name="matters", editable=False
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    close_reason = models.TextField(_("reason"), max_length=MAX_REASON_CHARS, blank=True, editable=False)

    objects = MatterQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=MatterStatus.FROZEN, frozen_on__isnull=False) & ~Q(digest="")
                | ~Q(status=MatterStatus.FROZEN) & Q(frozen_on=None, digest="", document_number=""),
                name="settled_matter_has_day_and_digest",
            ),
            models.CheckConstraint(
                condition=Q(status=MatterStatus.CLOSED, closed_on__isnull=False)
                | ~Q(status=MatterStatus.CLOSED) & Q(closed_on=None),
                name="closed_matter_has_day",
            ),
        ]
        verbose_name = _("matter")
        verbose_name_plural = _("matters")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return f"/matters/{self.number}/"

    @property
    def described_kind(self) -> MatterKind:
        """Return what its kind says of it."""
        return kind_of(self.kind)

    @property
    def is_open(self) -> bool:
        return self.status not in ENDED_STATUSES

    @cached_property
    def parties_in_order(self) -> list[Party]:
        """Return the parties with office and department; they do not change after opening."""
        return list(self.parties.select_related("office", "department"))


class Party(models.Model):
    """An office that settles a matter; it speaks and signs for its department, whose seal is shown."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="parties")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("office"))
    # The office's department at opening: no department settles a matter twice.
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    # In the order of the text's head and of the signatures, from 1.
    place = models.PositiveSmallIntegerField(pgettext_lazy("order of parties", "place"))

    class Meta:
        ordering = ["matter_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "department"], name="department_settles_once"),
            models.UniqueConstraint(fields=["matter", "place"], name="one_party_at_each_place"),
        ]
        verbose_name = _("party")
        verbose_name_plural = _("parties")

    def __str__(self) -> str:
        return str(self.office)
