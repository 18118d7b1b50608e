"""What waits to be indexed."""

import datetime as dt

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxQuerySet(models.QuerySet["OutboxEntry"]):
    def for_engine(self, name: str) -> "OutboxQuerySet":
        return self.filter(engine=name)

    def ready(self, now: dt.datetime | None = None) -> "OutboxQuerySet":
        """In the order in which the changes were made, without those that wait or were set aside."""
        return self.filter(parked_at=None, not_before__lte=now or timezone.now()).order_by("pk")

    def parked(self) -> "OutboxQuerySet":
        return self.filter(parked_at__isnull=False)


class OutboxEntry(models.Model):
    """One record to be indexed again by one engine; it says which, never what changed nor who changed it."""

    engine = models.CharField(_("engine"), max_length=20)
    kind = models.CharField(_("kind"), max_length=20)
    object_id = models.PositiveBigIntegerField(_("record"))
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    parked_at = models.DateTimeField(_("set aside"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["engine", "parked_at", "id"], name="search_outbox_queue"),
            models.Index(fields=["kind", "object_id"], name="search_outbox_record"),
        ]
        verbose_name = _("record to be indexed")
        verbose_name_plural = _("records to be indexed")

    def __str__(self) -> str:
        return f"{self.engine} {self.kind}:{self.object_id}"
