"""Counts, and rows with counts, that are the same for all staff, kept for a short time."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Max
from wagtail.models import ModelLogEntry

Value = TypeVar("Value")

# Counts are made again once anything was logged, and after this time for what is not.
CACHED_SECONDS = 60


def cached_until_logged(parts: tuple[Any, ...], count: Callable[[], Value]) -> Value:
    """Return what `count` returns, kept for a short time under `parts` while nothing is logged.

    Every service writes to the log, so that its last key is the version.
    """
    latest = ModelLogEntry.objects.aggregate(latest=Max("pk"))["latest"]
    # Hashed: what somebody writes into the address may be long.
    key = f"inquiry-counts:{sha256(repr((latest, *parts)).encode()).hexdigest()}"
    value: Value | None = cache.get(key)
    if value is None:
        value = count()
        cache.set(key, value, CACHED_SECONDS)
    return value
