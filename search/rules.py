"""Who may do what with results. What each person sees in them is decided by `audience`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.org.rules import is_administrator, is_analyst, is_staff_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.org.models import User

    Reader = User | AnonymousUser


def can_export_results(user: Reader) -> bool:
    return is_analyst(user)


def can_see_similar(user: Reader) -> bool:
    """Suggestions beside a form of staff; visitors search on the page."""
    return is_staff_member(user)


def can_see_queue(user: Reader) -> bool:
    """What waits to be indexed, by kind and number alone, and how the engines are."""
    return is_analyst(user) or can_retry_indexing(user)


def can_retry_indexing(user: Reader) -> bool:
    return is_administrator(user) or (is_staff_member(user) and user.is_superuser)
