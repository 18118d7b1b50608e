"""Rows of the page of traces: one for each query, with the columns of the open tab."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from portal.foundation import dates
from portal.org.models import User
from portal.org.rules import audience_tokens
from search.analytics.recounting import Recount, recount
from search.analytics.reports import (
    DEEPEST,
    FREQUENT,
    NOTHING,
    OPENED,
    PARTLY,
    SLOWEST,
    Group,
    QueryStatistics,
    statistics_of,
)
from search.models.synonyms import MAX_WORD_LENGTH
from search.models.traces import SearchTraceQuerySet
from search.rules import can_keep_synonyms

UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column."""

    label: str | Promise
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with the heading of its column, which a phone shows beside it."""

    label: str | Promise
    value: str | int
    is_number: bool


@dataclass(slots=True)
class QueryRow:
    """A query with its cells. `note` adds what no column says; `synonym_url` leads to the form for a synonym."""

    text: str
    url: str
    cells: list[Cell]
    note: str = ""
    synonym_url: str = ""
    is_found_now: bool = field(default=False)


Columns = list[tuple[Heading, Callable[[Group, QueryStatistics], str | int]]]

TIMES = Heading(pgettext_lazy("count", "Times"))
# Of queries without hits, and of those without a hit that has every word.
COLUMNS_WITHOUT_HITS: Columns = [
    (TIMES, lambda group, query: group["times"]),
    (Heading(pgettext_lazy("day", "Since"), False), lambda group, query: dates.day(group["first"])),
    (Heading(pgettext_lazy("day", "Last"), False), lambda group, query: dates.day(group["last"])),
    (
        Heading(pgettext_lazy("number of hits", "Found now")),
        lambda group, query: _or_unknown(group["now"].hits),
    ),
]
COLUMNS: dict[str, Columns] = {
    NOTHING: COLUMNS_WITHOUT_HITS,
    PARTLY: COLUMNS_WITHOUT_HITS,
    FREQUENT: [
        (TIMES, lambda group, query: group["times"]),
        (Heading(gettext_lazy("Without results")), lambda group, query: query.without_hits),
        (
            Heading(gettext_lazy("A hit was opened")),
            lambda group, query: _share(query.followed, query.searches),
        ),
        (Heading(gettext_lazy("Usual time")), lambda group, query: _milliseconds(query.median_milliseconds)),
    ],
    OPENED: [
        (Heading(gettext_lazy("Searches with an opened hit")), lambda group, query: group["times"]),
        (Heading(gettext_lazy("Hits opened")), lambda group, query: query.clicks),
        (Heading(gettext_lazy("Usual place")), lambda group, query: query.median_rank or UNKNOWN),
        (
            Heading(gettext_lazy("Share of all searches")),
            lambda group, query: _share(query.followed, query.searches),
        ),
    ],
    DEEPEST: [
        (
            Heading(pgettext_lazy("queries", "Found far down")),
            lambda group, query: _of(group["times"], query.followed),
        ),
        (Heading(gettext_lazy("Usual place")), lambda group, query: query.median_rank or UNKNOWN),
        (Heading(pgettext_lazy("count", "Searches")), lambda group, query: query.searches),
    ],
    SLOWEST: [
        (Heading(gettext_lazy("Usual time")), lambda group, query: _milliseconds(query.median_milliseconds)),
        (Heading(pgettext_lazy("time", "Longest")), lambda group, query: _milliseconds(group["worst"])),
        (Heading(pgettext_lazy("queries", "Slow")), lambda group, query: _of(group["times"], query.searches)),
        (
            Heading(gettext_lazy("Engine"), False),
            lambda group, query: "、".join(sorted(query.engines)) or UNKNOWN,
        ),
    ],
}


def header_of(view: str) -> list[Heading]:
    return [heading for heading, _value in COLUMNS[view]]


def rows_of(view: str, groups: Sequence[Group], traces: SearchTraceQuerySet, user: User) -> list[QueryRow]:
    """Return the rows of grouped traces; queries without hits are counted again with their present hits."""
    statistics = statistics_of(traces, [group["key"] for group in groups])
    recounted: Sequence[Recount] = [Recount()] * len(groups)
    if view in (NOTHING, PARTLY):
        recounted = recount([group["text"] for group in groups], audience_tokens(user))
    add = _synonym_form(user)
    return [
        _row(view, group | {"now": now}, statistics[group["key"]], add)
        for group, now in zip(groups, recounted, strict=True)
    ]


def _row(view: str, group: Group, query: QueryStatistics, add: str) -> QueryRow:
    text, now = group["text"], group["now"]
    # A synonym helps most for a word that no record has; else the whole query is offered.
    term = now.missing[0] if now.missing else text
    return QueryRow(
        text=text or _("(filters only)"),
        url=f"{reverse('search:page')}?{urlencode({'q': text, 'stay': '1', 'untraced': '1'})}"
        if text
        else "",
        cells=[
            Cell(heading.label, value(group, query), heading.is_number) for heading, value in COLUMNS[view]
        ],
        note=" · ".join(note for note in (_missing(now.missing), _filtered(group)) if note),
        synonym_url=f"{add}?{urlencode({'term': term[:MAX_WORD_LENGTH]})}" if add and text else "",
        is_found_now=bool(now.hits),
    )


def _missing(words: Sequence[str]) -> str:
    """Return which words of a query have no hits, as a note."""
    if not words:
        return ""
    return _("no record has %(words)s") % {"words": "、".join(f"“{word}”" for word in words)}


def _or_unknown(count: int | None) -> int | str:
    return UNKNOWN if count is None else count


def _filtered(group: Group) -> str:
    count = group["filtered"]
    if not count:
        return ""
    if count == group["times"]:
        return _("always with filters")
    return ngettext("%(count)s time with filters", "%(count)s times with filters", count) % {"count": count}


def _synonym_form(user: User) -> str:
    """Return the URL of the form for a new synonym; an empty text for those who may not add one."""
    return reverse("synonyms:add") if can_keep_synonyms(user) else ""


def _share(count: int, total: int) -> str:
    return f"{count / total:.0%}" if total else UNKNOWN


def _of(count: int, total: int) -> str:
    return _("%(count)s of %(total)s") % {"count": count, "total": total}


def _milliseconds(count: int) -> str:
    return _("%(n)s ms") % {"n": count}
