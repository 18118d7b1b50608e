"""Facets of a listing: values with counts, as links that choose a value or drop the choice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict


@dataclass(frozen=True)
class ListingFacetOption:
    """A value with how many rows have it; `url` chooses it, or drops the choice where it is active."""

    label: str
    count: int | None
    url: str
    active: bool
    department: Any = None


@dataclass(frozen=True)
class ListingFacet:
    """A field by which a listing is narrowed, with the values that occur."""

    title: str
    options: list[ListingFacetOption]


def facet_url(query: QueryDict, name: str, value: str) -> str:
    """Return the URL of page one with `value` chosen under `name`, or without it where it was chosen."""
    changed = query.copy()
    changed.pop("page", None)
    if changed.get(name) == value:
        changed.pop(name)
    else:
        changed[name] = value
    return f"?{changed.urlencode()}" if changed else "?"


def listing_facet(
    query: QueryDict, *, name: str, title: str, rows: Iterable[tuple[str, str, int | None, Any]]
) -> ListingFacet:
    """Return the facet of `rows` of value, label, count, department (or None).

    Values that match nothing are left out, but for the chosen one, which can be dropped then.
    """
    chosen = query.get(name)
    return ListingFacet(
        title=title,
        options=[
            ListingFacetOption(label, count, facet_url(query, name, value), chosen == value, department)
            for value, label, count, department in rows
            if count or chosen == value
        ],
    )
