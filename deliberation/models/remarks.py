"""Remarks on passages of a text, and what is said about them."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from deliberation.enums import Adoption
from deliberation.models.matters import Party
from deliberation.models.versions import TextVersion
from deliberation.passages import CONTEXT_CHARS, Passage
from portal.foundation.limits import (
    MAX_NOTE_CHARS,
    MAX_OFFICE_NAME_CHARS,
    MAX_PERSON_NAME_CHARS,
    MAX_REASON_CHARS,
)

MAX_QUOTE_CHARS = 2_000


class RemarkQuerySet(models.QuerySet["Remark"]):
    def open(self) -> Self:
        """Return remarks that are neither resolved nor carried; they keep signing from beginning."""
        return self.filter(settled_at=None)


class Remark(models.Model):
    """A remark on a passage of one version: the quotation with what stands before and after it, `start` its offset.

    It is resolved with what became of it, or carried: kept for later, with the reason. Either happens under the version
    `settled_in`.
    """

    version = models.ForeignKey(TextVersion, models.PROTECT, related_name="remarks")
    party = models.ForeignKey(Party, models.PROTECT, related_name="remarks")
    quote = models.TextField(_("passage"), max_length=MAX_QUOTE_CHARS)
    prefix = models.CharField(max_length=CONTEXT_CHARS, blank=True)
    suffix = models.CharField(max_length=CONTEXT_CHARS, blank=True)
    start = models.PositiveIntegerField()
    text = models.TextField(_("remark"), max_length=MAX_NOTE_CHARS)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=MAX_PERSON_NAME_CHARS)
    office_name = models.CharField(max_length=MAX_OFFICE_NAME_CHARS)
    made_at = models.DateTimeField(_("made at"))
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_in = models.ForeignKey(TextVersion, models.PROTECT, null=True, blank=True, related_name="+")
    # Empty for a remark that is open or carried.
    adoption = models.CharField(_("what became of it"), max_length=12, choices=Adoption, blank=True)
    is_carried = models.BooleanField(_("carried"), default=False)
    reason = models.TextField(_("reason"), max_length=MAX_REASON_CHARS, blank=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        ordering = ["version_id", "start", "made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_in=None, adoption="", is_carried=False)
                | Q(settled_at__isnull=False, settled_in__isnull=False, is_carried=True, adoption="")
                | Q(settled_at__isnull=False, settled_in__isnull=False, is_carried=False) & ~Q(adoption=""),
                name="remark_is_open_resolved_or_carried",
            )
        ]
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")

    def __str__(self) -> str:
        return f"{self.party}: {self.quote[:30]}"

    @property
    def is_open(self) -> bool:
        return self.settled_at is None

    @property
    def passage(self) -> Passage:
        return Passage(self.quote, self.prefix, self.suffix)


class RemarkReply(models.Model):
    """What somebody answers to a remark."""

    remark = models.ForeignKey(Remark, models.PROTECT, related_name="replies")
    text = models.TextField(_("reply"), max_length=MAX_NOTE_CHARS)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=MAX_PERSON_NAME_CHARS)
    office_name = models.CharField(max_length=MAX_OFFICE_NAME_CHARS)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        ordering = ["remark_id", "made_at", "pk"]
        verbose_name = _("reply")
        verbose_name_plural = _("replies")

    def __str__(self) -> str:
        return f"{self.person_name}: {self.text[:30]}"
