"""Facets of a listing: values with counts, each a link that adds it to the address or takes it away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict


@dataclass(frozen=True)
class FacetOption:
    label: str
    count: int | None
    url: str
    active: bool
    department: Any = None


@dataclass(frozen=True)
class Facet:
    title: str
    options: list[FacetOption]


def facet_url(query: QueryDict, name: str, value: str) -> str:
    """The listing's address with `value` chosen under `name`, or without it where it was; on page one."""
    changed = query.copy()
    changed.pop("page", None)
    if changed.get(name) == value:
        changed.pop(name)
    else:
        changed[name] = value
    return f"?{changed.urlencode()}" if changed else "?"


def facet(
    query: QueryDict, *, name: str, title: str, rows: Iterable[tuple[str, str, int | None, Any]]
) -> Facet:
    """`rows` are value, label, count, department (or None); values that match nothing are left out."""
    chosen = query.get(name)
    return Facet(
        title=title,
        options=[
            FacetOption(label, count, facet_url(query, name, value), chosen == value, department)
            for value, label, count, department in rows
            if count or chosen == value
        ],
    )
