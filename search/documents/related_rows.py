"""Reads of related rows of many records at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db.models import Q

T = TypeVar("T")
# Keys are dense where at least one of so many consecutive numbers is among them.
MAX_KEY_SPACING = 4


def within(field: str, ids: Sequence[int]) -> Q:
    """Return a condition for rows whose `field` is one of the keys.

    Where the keys are dense it is a range, which is far quicker than a list. Rows of other keys may come along: `by_key` leaves them out.
    """
    if len(ids) > 20 and max(ids) - min(ids) < MAX_KEY_SPACING * len(ids):
        return Q(**{f"{field}__gte": min(ids), f"{field}__lte": max(ids)})
    return Q(**{f"{field}__in": list(ids)})


def by_key(rows: Iterable[tuple[int, T]], ids: Iterable[int]) -> dict[int, list[T]]:
    """Return by key the values of its rows, in their order; rows of other keys are left out."""
    keys = set(ids)
    values_by_key: dict[int, list[T]] = defaultdict(list)
    for key, value in rows:
        if key in keys:
            values_by_key[key].append(value)
    return values_by_key
