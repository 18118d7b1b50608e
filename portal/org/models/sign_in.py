"""Failed attempts to sign in."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from portal.foundation.models import RandomKeyModel


class FailedSignIns(RandomKeyModel):
    """How often in a row signing in to an account failed, from one address or (`address` empty) from all.

    Both are keyed hashes: the table holds neither what was typed nor from where.
    """

    account = models.CharField(max_length=64)
    address = models.CharField(max_length=64, blank=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)
    retry_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "address"], name="one_count_of_failures")]

    def __str__(self) -> str:
        return f"{self.account[:8]}: {self.failures}"
