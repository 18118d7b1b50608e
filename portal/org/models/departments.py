"""The departments that train together, and their offices."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from portal.foundation.models import in_language
from portal.org.enums import Level

hex_colour = RegexValidator(r"^#[0-9a-f]{6}$", _("Write a colour as #rrggbb."))


# mypy resolves the managers of relations from other apps in an order that leaves them out here.
class Department(models.Model):  # type: ignore[django-manager-missing]
    """A countersigning department; a table and no constant, since more may join."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100, unique=True)
    name_en = models.CharField(_("name in English"), max_length=160)
    short_name = models.CharField(_("short name"), max_length=20)
    short_name_en = models.CharField(_("short name in English"), max_length=40)
    seal = models.CharField(_("seal"), max_length=1, unique=True, help_text=_("One character."))
    hue_light = models.CharField(_("hue on light"), max_length=7, default="#4a545c", validators=[hex_colour])
    hue_dark = models.CharField(_("hue on dark"), max_length=7, default="#bcc3c7", validators=[hex_colour])
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("takes part"), default=True)

    class Meta:
        ordering = ["sort_order", "pk"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        return in_language(self, "name")

    @property
    def short_name_here(self) -> str:
        return in_language(self, "short_name")


class Office(ClusterableModel):
    """An office of a department at a level."""

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="offices", verbose_name=_("department")
    )
    level = models.CharField(_("level"), max_length=12, choices=Level)
    name = models.CharField(_("name"), max_length=120, unique=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent office"),
    )
    region = models.CharField(
        _("region"),
        max_length=6,
        blank=True,
        validators=[RegexValidator(r"^\d{6}$", _("A region code has six digits (GB/T 2260)."))],
        help_text=_("Six digits of GB/T 2260."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["department__sort_order", "region", "name"]
        verbose_name = _("office")
        verbose_name_plural = _("offices")

    def __str__(self) -> str:
        return in_language(self, "name")


class OfficeAlias(models.Model):
    """Another name under which an office is written in sheets and imported records."""

    office = ParentalKey(Office, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(_("alias"), max_length=120, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")

    def __str__(self) -> str:
        return self.name
