"""Models that every app shares: sequences of numbers, bilingual text, the base of all pages."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page, PageViewRestriction

from portal.foundation.panels import EnglishPanel


class RandomKeyModel(models.Model):
    """A row that arises for what other people do: its key tells neither its order nor how many there are.

    Never uuid6, uuid7 or another key that begins with the time. Lists of such rows name their order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class NumberSequence(models.Model):
    """The last permanent number given under a prefix in a year; numbers are never given twice."""

    prefix = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="one_sequence_a_year")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}: {self.last}"


class CacheVersion(models.Model):
    """The version of a table that processes keep in memory: another one after each write (`cached_tables`)."""

    name = models.CharField(max_length=40, primary_key=True)
    version = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return f"{self.name}: {self.version}"


class ClockJob(models.Model):
    """The row by which clocks agree when a job is due and which of them runs it (`portal.foundation.worker.jobs`)."""

    name = models.CharField(max_length=60, primary_key=True)
    due_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # In a row, since the job last went well.
    failures = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.due_at}"


class TaskWorker(models.Model):
    """A worker of tasks that is alive, or died less than some minutes ago (`portal.foundation.worker.heartbeats`)."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.worker_id}: {self.seen_at}"


class SharedCacheEntry(models.Model):
    """A row of Django's database cache, in which the processes of the portal count together (`caches`)."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.cache_key[:8]}: {self.expires}"


class Letter(RandomKeyModel):
    """A mail that waits until it is sent, which deletes the row (`portal.foundation.mail`)."""

    # The arguments of EmailMultiAlternatives.
    message = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    # Attempts that the server answered with "never" (5xx).
    refusals = models.PositiveIntegerField(default=0)
    parked_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(parked_at=None), name="letter_due")]

    def __str__(self) -> str:
        return f"{self.pk}: {'parked' if self.parked_at else 'waits'}"


def in_language(record: models.Model, field: str) -> str:
    """Return `<field>_en` where English is active and it is filled, else `<field>`."""
    if (get_language() or "").startswith("en"):
        return getattr(record, f"{field}_en") or getattr(record, field)
    return getattr(record, field)


class BasePage(Page):
    """A page of the portal: one tree, optional English fields that fall back to Chinese."""

    title_en = models.CharField(_("title in English"), max_length=255, blank=True)
    intro = models.TextField(_("introduction"), blank=True)
    intro_en = models.TextField(_("introduction in English"), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        EnglishPanel([FieldPanel("title_en"), FieldPanel("intro_en")]),
    ]

    class Meta:
        abstract = True

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """Return Wagtail's restrictions of the page and those above it; where there are none at all, one query says so."""
        if not PageViewRestriction.objects.exists():
            return PageViewRestriction.objects.none()
        return super().get_view_restrictions()

    @property
    def title_here(self) -> str:
        return in_language(self, "title")

    @property
    def intro_here(self) -> str:
        return in_language(self, "intro")
