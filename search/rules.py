"""Predicates: who may export results and see traces, synonyms and the queue. `audience` decides on hits."""

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
    """Return whether a person may see similar records while filling in a form; visitors search on the page."""
    return is_staff_member(user)


def can_see_significant_terms(user: Reader) -> bool:
    """Return whether a person may see significant terms, which are counted over what this reader may see."""
    return is_staff_member(user)


def is_offered_significant_terms(user: Reader) -> bool:
    """Return whether the search page offers significant terms with its hits."""
    return is_analyst(user)


def can_see_traces(user: Reader) -> bool:
    """Return whether a person may see traces: analysts alone, since the number of hits reveals that records exist."""
    return is_analyst(user)


def can_keep_synonyms(user: Reader) -> bool:
    """Return whether a person may edit synonyms and preview how a query is read."""
    return is_staff_member(user) and user.has_perm("search.change_synonym")


def can_see_queue(user: Reader) -> bool:
    """Return whether a person may see the index queue, whose rows name a record by kind and number alone."""
    return is_analyst(user) or can_retry_indexing(user)


def can_retry_indexing(user: Reader) -> bool:
    return is_administrator(user) or (is_staff_member(user) and user.is_superuser)
