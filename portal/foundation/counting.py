"""Counting several lists by one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, QuerySet, Value


def count_each(lists: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """Return by name how many rows each list has; one query for all of them.

    Lists may be of different models; a row that a join repeats counts each time.
    """
    queries = [
        rows.order_by().annotate(list_name=Value(name)).values_list("list_name").annotate(Count("pk"))
        for name, rows in lists.items()
    ]
    counts = dict(queries[0].union(*queries[1:], all=True)) if queries else {}
    return {name: counts.get(name, 0) for name in lists}
