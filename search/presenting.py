"""Hits and facets as pages show them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from inquiry.enums import QuestionKind
from portal.foundation import dates
from portal.org.models import Department
from search.documents.base import SearchDocument
from search.highlight import Segment
from search.labels import (
    FACET_TITLES,
    QUIET_STATUSES,
    STATUS_TONES,
    Label,
    departments_by_code,
    kind_label,
    labels_of,
    status_label,
)
from search.plan import FACETS
from search.query import SearchQuery
from search.services.results import SearchHit

COLLECTABLE = frozenset({"question", "cluster", "provision", "case"})
FIRST_OPTIONS = 8
MOST_OPTIONS = 40
GUARDED_FACETS = frozenset({"session"})
"""Their values have names that not everybody may read: one that was written into the address keeps its number."""


@dataclass(slots=True)
class Row:
    """Variables of components/record_row.html."""

    document: SearchDocument
    kind: str
    number: str
    title: SafeString
    url: str
    snippet: SafeString
    tags: list[dict[str, str]]
    meta: list[Any]
    department: Department | None = None
    seals: list[dict[str, Any]] = field(default_factory=list)
    tick: str = ""
    is_soft: bool = False
    similarity: int = 0


@dataclass(slots=True)
class FacetView:
    name: str
    title: str
    first: list[dict[str, Any]]
    more: list[dict[str, Any]]
    active: int


def marked(segments: Iterable[Segment]) -> SafeString:
    """Segments as HTML: the words escaped, the matches in <mark>."""
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", part.text) if part.marked else part.text,) for part in segments),
    )


def present_rows(hits: Sequence[SearchHit], *, tickable: bool = False) -> list[Row]:
    departments = departments_by_code() if hits else {}
    return [_row(hit, departments, tickable=tickable) for hit in hits]


def _row(hit: SearchHit, departments: dict[str, Department], *, tickable: bool) -> Row:
    document = hit.document
    known = [departments[code] for code in document.department if code in departments]
    several = document.kind == "cluster"
    return Row(
        document=document,
        kind=kind_label(document.kind),
        number="" if document.kind == "provision" else document.number,
        title=marked(hit.title),
        url=document.url,
        snippet=marked(hit.snippet),
        tags=_tags(document),
        meta=_meta(document),
        department=known[0] if known and not several else None,
        seals=[{"department": one, "state": "part"} for one in known] if several else [],
        tick=document.key if tickable and is_collectable(document) else "",
        is_soft=hit.is_soft,
        similarity=round(hit.similarity * 100),
    )


def is_collectable(document: SearchDocument) -> bool:
    """What an analyst can put in a cluster or dossier: records of their own, not a law as a whole."""
    return document.kind in COLLECTABLE and document.pk.isdigit()


def _tags(document: SearchDocument) -> list[dict[str, str]]:
    tags = []
    if (kind := document.fact("question_kind")) and kind != QuestionKind.QUESTION:
        tags.append({"label": str(QuestionKind(kind).label), "tone": "neutral"})
    if document.status and document.status not in QUIET_STATUSES:
        tone = STATUS_TONES.get(document.status, "neutral")
        tags.append({"label": status_label(document.status), "tone": tone})
    if document.fact("without_text"):
        tags.append({"label": gettext("Text not yet held"), "tone": "neutral"})
    return tags


def _meta(document: SearchDocument) -> list[str]:
    meta = []
    if document.kind == "cluster":
        count = int(document.fact("questions") or 0)
        meta.append(ngettext("%(count)s question", "%(count)s questions", count) % {"count": count})
    if document.kind == "dossier":
        count = int(document.fact("sources") or 0)
        meta.append(ngettext("%(count)s source", "%(count)s sources", count) % {"count": count})
    if document.kind == "provision" and document.headings:
        meta.append(document.headings.replace(" > ", " › "))
    if document.kind == "question" and document.session:
        meta.append(document.session[0])
    if said := _day(document):
        meta.append(said)
    return meta


def _day(document: SearchDocument) -> str:
    if not document.date:
        return ""
    day = dt.date.fromisoformat(document.date)
    if document.kind == "provision":
        return gettext("in force from %(day)s") % {"day": dates.day(day)}
    if ends := document.fact("ends_on"):
        return dates.day_range(day, dt.date.fromisoformat(ends))
    return dates.day(day)


def present_facets(
    counts: dict[str, list[tuple[str, int]]], query: SearchQuery, address: QueryDict
) -> list[FacetView]:
    """Each value as a link that ticks it, or takes the tick away."""
    departments = departments_by_code()
    return [
        view
        for facet in FACETS
        if (view := _facet(facet, counts.get(facet, []), query.values(facet), address, departments))
    ]


def _facet(
    facet: str,
    counted: list[tuple[str, int]],
    chosen: tuple[str, ...],
    address: QueryDict,
    departments: dict[str, Department],
) -> FacetView | None:
    known = dict(counted)
    values = [*counted, *((value, 0) for value in chosen if value not in known)]
    if not values or (len(values) == 1 and not chosen and facet != "kind"):
        return None
    ordered = _ordered(facet, values, chosen, departments)[:MOST_OPTIONS]
    named = [value for value, _count in ordered if value in known or facet not in GUARDED_FACETS]
    labels = {value: Label(value) for value, _count in ordered} | labels_of(facet, named, departments)
    options = [
        {
            "label": labels[value].text,
            "department": labels[value].department,
            "count": count,
            "active": value in chosen,
            "url": toggled(address, facet, value),
        }
        for value, count in ordered
    ]
    if facet == "kind":
        options.insert(0, _everything(sum(known.values()), chosen, address))
    return FacetView(
        facet, str(FACET_TITLES[facet]), options[:FIRST_OPTIONS], options[FIRST_OPTIONS:], len(chosen)
    )


def _everything(total: int, chosen: tuple[str, ...], address: QueryDict) -> dict[str, Any]:
    """All kinds together: every record is of one kind, so that their counts add up."""
    return {
        "label": gettext("All"),
        "count": total,
        "active": not chosen,
        "url": with_value(address, "kind", ""),
    }


def _ordered(
    facet: str, values: list[tuple[str, int]], chosen: tuple[str, ...], departments: dict[str, Department]
) -> list[tuple[str, int]]:
    if facet == "year":
        return sorted(values, key=lambda pair: pair[0], reverse=True)
    if facet == "department":
        order = {code: place for place, code in enumerate(departments)}
        return sorted(values, key=lambda pair: order.get(pair[0], len(order)))
    return sorted(values, key=lambda pair: (pair[0] not in chosen, -pair[1], pair[0]))


def toggled(address: QueryDict, facet: str, value: str) -> str:
    changed = address.copy()
    chosen = changed.getlist(facet)
    changed.setlist(facet, [one for one in chosen if one != value] if value in chosen else [*chosen, value])
    return _link(changed)


def with_value(address: QueryDict, name: str, value: str) -> str:
    """The address with one parameter set, or left out when the value is empty."""
    changed = address.copy()
    changed.pop(name, None)
    if value:
        changed[name] = value
    return _link(changed)


def without_filters(address: QueryDict) -> str:
    changed = address.copy()
    for facet in FACETS:
        changed.pop(facet, None)
    return _link(changed)


def _link(address: QueryDict) -> str:
    address.pop("page", None)
    for name in [name for name, values in address.lists() if not any(values)]:
        del address[name]
    return f"?{address.urlencode()}"
