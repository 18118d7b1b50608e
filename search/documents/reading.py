"""Reading what stands beside many records at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db.models import Q

T = TypeVar("T")
DENSE = 4


def within(field: str, ids: Sequence[int]) -> Q:
    """Rows whose `field` is one of the keys: a range where the keys are dense, which is far quicker than a list.

    Rows of other keys may come along: `by_key` leaves them out.
    """
    if len(ids) > 20 and max(ids) - min(ids) < DENSE * len(ids):
        return Q(**{f"{field}__gte": min(ids), f"{field}__lte": max(ids)})
    return Q(**{f"{field}__in": list(ids)})


def by_key(rows: Iterable[tuple[int, T]], ids: Iterable[int]) -> dict[int, list[T]]:
    """What belongs to each of the keys, in the order of the rows."""
    wanted = set(ids)
    found: dict[int, list[T]] = defaultdict(list)
    for key, value in rows:
        if key in wanted:
            found[key].append(value)
    return found
