"""Who signs for whom, for what, from when to when."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from deliberation.models.matters import Matter


class DeputationQuerySet(models.QuerySet["Deputation"]):
    def overlapping(self, since: dt.date, until: dt.date) -> Self:
        """Return deputations with a day in common with a period."""
        return self.filter(since__lte=until, until__gte=since, ended_at=None)

    def on(self, day: dt.date) -> Self:
        return self.overlapping(day, day)


class Deputation(models.Model):
    """A principal lets a deputy sign, within a scope and a period of days; deputies have none of their own.

    The scope is one matter, or the matters of one kind (a code), or all.
    """

    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="deputations_given",
        verbose_name=_("principal"),
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="deputations_held", verbose_name=_("deputy")
    )
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="deputations", verbose_name=_("matter")
    )
    kind = models.CharField(_("kind of matter"), max_length=32, blank=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    given_at = models.DateTimeField(_("given at"))
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeputationQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="deputation_ends_after_start"),
            models.CheckConstraint(condition=~Q(principal=F("deputy")), name="deputy_is_somebody_else"),
            models.CheckConstraint(condition=Q(matter=None) | Q(kind=""), name="deputation_has_one_scope"),
        ]
        verbose_name = _("deputation")
        verbose_name_plural = _("deputations")

    def __str__(self) -> str:
        return f"{self.deputy} > {self.principal}"

    def covers(self, matter: Matter, on: dt.date) -> bool:
        """Return whether a matter is within the scope, and a day within the period."""
        is_in_scope = self.matter_id in (None, matter.pk) and self.kind in ("", matter.kind)
        return is_in_scope and self.ended_at is None and self.since <= on <= self.until
