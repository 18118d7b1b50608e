"""Lists of questions and of clusters as their pages show them: facets, orders, and values that are typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext as _

from inquiry.selectors.narrowing import FacetRows
from portal.foundation.facets import ListingFacet, listing_facet

# A facet shows the first of its values; the others are typed.
MAX_SHOWN_VALUES = 12
TYPED = frozenset({"session", "topic"})


def chosen_values(query: QueryDict, names: Iterable[str]) -> dict[str, str]:
    """Return what an address chooses under each name, "" where nothing."""
    return {name: query.get(name, "") for name in names}


def facets_of(query: QueryDict, rows: Mapping[str, FacetRows]) -> list[ListingFacet]:
    """Return the facets that have values, in the order of `rows`."""
    titles = {
        "state": _("Status"),
        "status": _("Status"),
        "kind": _("Kind"),
        "department": _("Department"),
        "session": _("Session"),
        "topic": _("Topic"),
    }
    facets = [
        listing_facet(query, name=name, title=titles[name], rows=_first_values(name, values))
        for name, values in rows.items()
    ]
    return [facet for facet in facets if facet.options]


def sorts_of(query: QueryDict, choices: type[TextChoices]) -> list[dict[str, Any]]:
    """Return the orders of a list as `components/sort.html` draws them; the first is the default."""
    default = choices.values[0]
    sort = query.get("sort", "")
    active = sort if sort in choices.values else default
    return [
        {
            "label": label,
            "url": _sorted_url(query, "" if value == default else value),
            "active": value == active,
        }
        for value, label in choices.choices
    ]


def _sorted_url(query: QueryDict, sort: str) -> str:
    """Return the URL of page one in an order, the default one where `sort` is empty."""
    changed = query.copy()
    for name in ("page", "sort"):
        changed.pop(name, None)
    if sort:
        changed["sort"] = sort
    return f"?{changed.urlencode()}"


def typed_values(query: QueryDict, rows: Mapping[str, FacetRows]) -> dict[str, Any]:
    """Return `typed` of `components/facet_sheet.html`: fields for facets with more values than are shown.

    Their form keeps all that the address says besides them, but for the page.
    """
    fields = _typed_fields(query, rows)
    replaced = {"page", *(field["name"] for field in fields)}
    hidden = [(name, query.get(name, "")) for name in query if name not in replaced and query.get(name)]
    return {"fields": fields, "hidden": hidden}


def _typed_fields(query: QueryDict, rows: Mapping[str, FacetRows]) -> list[dict[str, Any]]:
    labels = {"session": _("Number of a session"), "topic": _("Name of a topic")}
    return [
        {
            "name": name,
            "label": labels[name],
            "value": query.get(name, ""),
            "options": [(value, label) for value, label, _count, _department in values],
        }
        for name, values in rows.items()
        if len(_first_values(name, values)) < len(values)
    ]


def _first_values(name: str, values: FacetRows) -> FacetRows:
    """Return the values that a facet shows: all but of those fields which can be typed."""
    return values[:MAX_SHOWN_VALUES] if name in TYPED else values
