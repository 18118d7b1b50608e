"""The filters of a search as the page shows them: facets to tick, and chips of what is ticked or typed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from portal.org.models import Department
from search.facets import (
    FACET_NAMES,
    FACETS,
    GUARDED_FACETS,
    LISTED_FACETS,
    Departments,
    Label,
    labels_of,
)
from search.page import urls
from search.page.charts import Chart, charts_of
from search.query.fields import ReadField
from search.query.parsing import SearchQuery

FIRST_OPTIONS = 8
MAX_OPTIONS = 40
# So many years that follow one another are one chip.
YEARS_IN_A_RUN = 3

Counts = dict[str, list[tuple[str, int]]]
Labels = dict[str, dict[str, Label]]


@dataclass(slots=True)
class FacetView:
    """One facet of the page: either options, the first of them and more, or charts over time."""

    name: str
    title: str
    first: list[dict[str, Any]] = field(default_factory=list)
    more: list[dict[str, Any]] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set; following `url` takes it away."""

    title: str
    label: str
    url: str
    excluded: bool = False
    department: Department | None = None


@dataclass(frozen=True, slots=True)
class Narrowing:
    facets: list[FacetView]
    chips: list[Chip]
    clear_url: str


def present_narrowing(
    counts: Counts,
    query: SearchQuery,
    fields: Sequence[ReadField],
    address: QueryDict,
    departments: Departments,
) -> Narrowing:
    """Return facets and chips; `query` is the one that was answered, `fields` are those typed in its text."""
    labels = _labels(counts, query, departments)
    return Narrowing(
        facets=_facets(counts, query, address, departments, labels),
        chips=[*_ticked(query, address, labels), *_excluded(fields, address, labels)],
        clear_url=urls.without_filters(address, fields),
    )


def _labels(counts: Counts, query: SearchQuery, departments: Departments) -> Labels:
    labels: Labels = {}
    for facet in FACET_NAMES:
        counted = {value for value, _count in counts.get(facet, [])}
        chosen = {*query.values(facet), *dict(query.without).get(facet, ())}
        hidden = chosen - counted if facet in GUARDED_FACETS else set()
        labels[facet] = {value: Label(value) for value in hidden}
        labels[facet] |= labels_of(facet, (counted | chosen) - hidden, departments)
    return labels


# Facets


def _facets(
    counts: Counts,
    query: SearchQuery,
    address: QueryDict,
    departments: Departments,
    labels: Labels,
) -> list[FacetView]:
    """Return facets whose values are links that tick them or take the tick away; time stands after the sessions."""
    views = []
    for facet in LISTED_FACETS:
        views.append(_facet(facet, counts.get(facet, []), query.values(facet), address, departments, labels))
        if facet == "session" and (charts := charts_of(counts, query, address)):
            views.append(FacetView("time", gettext("Time"), charts=charts))
    return [view for view in views if view]


def _facet(
    facet: str,
    counted: list[tuple[str, int]],
    chosen: tuple[str, ...],
    address: QueryDict,
    departments: Departments,
    labels: Labels,
) -> FacetView | None:
    count_by_value = dict(counted)
    values = [*counted, *((value, 0) for value in chosen if value not in count_by_value)]
    if not values or (len(values) == 1 and not chosen and facet != "kind"):
        return None
    options = [
        {
            "label": labels[facet][value].text,
            "department": labels[facet][value].department,
            "count": count,
            "active": value in chosen,
            "url": urls.toggled(address, facet, value),
        }
        for value, count in _ordered(facet, values, chosen, departments)[:MAX_OPTIONS]
    ]
    if facet == "kind":
        options.insert(0, _all_kinds(sum(count_by_value.values()), chosen, address))
    return FacetView(facet, str(FACETS[facet].title), options[:FIRST_OPTIONS], options[FIRST_OPTIONS:])


def _all_kinds(total: int, chosen: tuple[str, ...], address: QueryDict) -> dict[str, Any]:
    """Return the option for all kinds together: every record is of one kind, so that their counts add up."""
    return {
        "label": gettext("All"),
        "count": total,
        "active": not chosen,
        "url": urls.with_value(address, "kind", ""),
    }


def _ordered(
    facet: str, values: list[tuple[str, int]], chosen: tuple[str, ...], departments: Departments
) -> list[tuple[str, int]]:
    if facet == "department":
        order = {code: position for position, code in enumerate(departments)}
        return sorted(values, key=lambda pair: order.get(pair[0], len(order)))
    return sorted(values, key=lambda pair: (pair[0] not in chosen, -pair[1], pair[0]))


# Chips


def _ticked(query: SearchQuery, address: QueryDict, labels: Labels) -> Iterable[Chip]:
    for facet, chosen in query.filters:
        for values in _runs_of_years(chosen) if facet == "year" else [(value,) for value in chosen]:
            first, last = labels[facet][values[0]], labels[facet][values[-1]]
            yield Chip(
                title=str(FACETS[facet].title),
                label=first.text if len(values) == 1 else f"{first.text}–{last.text}",
                url=urls.with_values(address, facet, [value for value in chosen if value not in values]),
                department=first.department,
            )


def _excluded(fields: Sequence[ReadField], address: QueryDict, labels: Labels) -> Iterable[Chip]:
    for read in fields:
        if not (read.values and read.typed.excluded):
            continue
        names = [labels[read.typed.facet][value].text for value in read.values]
        yield Chip(
            title=str(FACETS[read.typed.facet].title),
            label=names[0] if len(names) == 1 else read.typed.written,
            url=urls.without_typed(address, read.typed),
            excluded=True,
        )


def _runs_of_years(chosen: Sequence[str]) -> list[tuple[str, ...]]:
    """Group years that follow one another, where there are at least `YEARS_IN_A_RUN` of them."""
    written = [value for value in chosen if not (value.isascii() and value.isdigit())]
    years = sorted(set(chosen) - set(written))
    runs: list[tuple[str, ...]] = []
    for _first, run in groupby(enumerate(years), key=lambda pair: int(pair[1]) - pair[0]):
        values = tuple(year for _index, year in run)
        runs += [values] if len(values) >= YEARS_IN_A_RUN else [(value,) for value in values]
    return [*runs, *((value,) for value in written)]
