"""Entries of the audit log. What a person does as an asker is recorded without the person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Model
from django.utils import timezone
from wagtail.log_actions import LogContext, log

from portal.org.services.audit import record_action, require

__all__ = ["record_action", "record_without_user", "require", "start_of_today"]


def record_without_user(instance: Model, action: str, **data: Any) -> None:
    """Record what an asker did, with the day and not the minute: who was signed in then would tell who it was."""
    # A context of its own, or Wagtail would add the signed-in user of the request.
    with LogContext(user=None):
        log(instance, action, data=data, timestamp=start_of_today())


def start_of_today() -> dt.datetime:
    """Return midnight, as the time of what must not tell when an asker did it."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
