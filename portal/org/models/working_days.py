"""Holidays and make-up working days, year by year as the State Council publishes them."""

from __future__ import annotations

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel


class CalendarYear(ClusterableModel):
    """A year whose holidays are published. A year without a row is not published, and nothing is guessed for it."""

    year = models.PositiveSmallIntegerField(
        _("year"),
        unique=True,
        validators=[MinValueValidator(dt.MINYEAR), MaxValueValidator(dt.MAXYEAR)],
    )
    source = models.CharField(
        _("source"), max_length=160, blank=True, help_text=_("The notice in which the year was published.")
    )

    class Meta:
        ordering = ["-year"]
        verbose_name = _("year of working days")
        verbose_name_plural = _("years of working days")

    def __str__(self) -> str:
        return str(self.year)


class SpecialDay(models.Model):
    """A day on which no work is done although it is one from Monday to Friday, or the other way round.

    Days of a holiday that fall on a weekend may stand here as well; so a holiday is whole.
    """

    year = ParentalKey(CalendarYear, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(
        _("make-up working day"), default=False, help_text=_("Work is done; else it is a holiday.")
    )
    name = models.CharField(_("holiday"), max_length=40, blank=True)

    class Meta:
        ordering = ["day"]
        verbose_name = _("holiday or make-up working day")
        verbose_name_plural = _("holidays and make-up working days")

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()
