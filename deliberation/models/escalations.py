"""Differences that were taken higher."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from deliberation.models.versions import TextVersion
from portal.foundation.limits import MAX_OFFICE_NAME_CHARS, MAX_TEXT_CHARS


class Escalation(models.Model):
    """A difference about a version that the host took higher: to whom, what it recommends, and what came of it."""

    version = models.ForeignKey(TextVersion, models.PROTECT, related_name="escalations")
    to = models.CharField(_("to whom"), max_length=MAX_OFFICE_NAME_CHARS)
    recommendation = models.TextField(_("recommendation"), max_length=MAX_TEXT_CHARS)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(_("taken higher at"))
    outcome = models.TextField(_("outcome"), max_length=MAX_TEXT_CHARS, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["version_id", "raised_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(recorded_at=None), name="one_open_escalation_of_version"
            ),
            models.CheckConstraint(
                condition=Q(recorded_at=None, outcome="") | Q(recorded_at__isnull=False) & ~Q(outcome=""),
                name="recorded_escalation_has_outcome",
            ),
        ]
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")

    def __str__(self) -> str:
        return f"{self.version} > {self.to}"

    @property
    def is_open(self) -> bool:
        return self.recorded_at is None
