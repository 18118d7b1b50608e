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


def can_see_significant_terms(user: Reader) -> bool:
    """What sets a set of records apart, counted over what the reader may see."""
    return is_staff_member(user)


def is_offered_significant_terms(user: Reader) -> bool:
    """On the search page, beside the list of hits."""
    return is_analyst(user)


def can_see_traces(user: Reader) -> bool:
    """Analysts alone: how many hits a query had tells that records are there, and they may find every one."""
    return is_analyst(user)


def can_keep_synonyms(user: Reader) -> bool:
    """Rows of synonyms, and the preview of what a query is read as."""
    return is_staff_member(user) and user.has_perm("search.change_synonym")


def can_see_queue(user: Reader) -> bool:
    """What waits to be indexed, by kind and number alone, and how the engines are."""
    return is_analyst(user) or can_retry_indexing(user)


def can_retry_indexing(user: Reader) -> bool:
    return is_administrator(user) or (is_staff_member(user) and user.is_superuser)
