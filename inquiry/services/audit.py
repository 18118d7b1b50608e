"""Entries of the audit log. What a person does as an asker is recorded without the person."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.utils import timezone
from wagtail.log_actions import LogContext, log

if TYPE_CHECKING:
    from portal.org.models import User


def record_action(instance: Model, action: str, *, actor: User, **data: Any) -> None:
    """Record what staff did in their office: refine, group, write."""
    with LogContext(user=actor):
        log(instance, action, user=actor, data=data)


def record_without_user(instance: Model, action: str, **data: Any) -> None:
    """Record what an asker did, with the day and not the minute: who was signed in then would tell who it was."""
    # A context of its own, or Wagtail would add the signed-in user of the request.
    with LogContext(user=None):
        log(instance, action, data=data, timestamp=start_of_today())


def start_of_today() -> dt.datetime:
    """Return midnight, as the time of what must not tell when an asker did it."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def require(allowed: bool) -> None:
    """Raise PermissionDenied unless `allowed`, without a word about who asked for what."""
    if not allowed:
        raise PermissionDenied
