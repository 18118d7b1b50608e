"""Entries of the audit log for what staff do in their office, and the refusal of what they may not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from wagtail.log_actions import LogContext, log

if TYPE_CHECKING:
    from portal.org.models import User


def record_action(instance: Model, action: str, *, actor: User | None, **data: Any) -> None:
    """Record what staff did in their office: refine, group, write, sign; None is the portal itself."""
    with LogContext(user=actor):
        log(instance, action, user=actor, data=data)


def require(allowed: bool) -> None:
    """Raise PermissionDenied unless `allowed`, without a word about who asked for what."""
    if not allowed:
        raise PermissionDenied
