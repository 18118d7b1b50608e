"""Kinds of cases and the headings under which each is written."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from portal.foundation.models import in_language


class CaseKind(ClusterableModel):
    """A kind of typical case, such as a guiding case."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["sort_order", "pk"]
        verbose_name = _("kind of case")
        verbose_name_plural = _("kinds of case")

    def __str__(self) -> str:
        return in_language(self, "name")


class CaseHeadingManager(models.Manager["CaseHeading"]):
    """Reads headings with their kind, whose name stands before theirs, kind by kind."""

    def get_queryset(self) -> models.QuerySet[CaseHeading]:
        headings = super().get_queryset().select_related("kind")
        return headings.order_by("kind__sort_order", "kind_id", "sort_order")


class CaseHeading(Orderable):
    """A heading that belongs to a kind of case, in its order."""

    kind = ParentalKey(CaseKind, on_delete=models.CASCADE, related_name="headings")
    name = models.CharField(_("heading"), max_length=40)
    name_en = models.CharField(_("heading in English"), max_length=80, blank=True)
    is_required = models.BooleanField(_("required"), default=True)

    objects: ClassVar[CaseHeadingManager] = CaseHeadingManager()

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="heading_once_a_kind")]
        verbose_name = _("heading")
        verbose_name_plural = _("headings")

    def __str__(self) -> str:
        return f"{self.kind} · {self.name_here}"

    @property
    def name_here(self) -> str:
        return in_language(self, "name")
