"""Citations of a text as spans to link."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from norms.models import Citation
from norms.models.citations import MAX_CITATIONS_OF_TEXT

_FIELDS = (
    "object_id",
    "field",
    "start",
    "end",
    "text",
    "document__title",
    "document__slug",
    "provision__label",
    "provision__anchor",
    "provision__version__promulgated_on",
    "provision__version__is_current",
    "locator",
)


@dataclass(frozen=True, slots=True)
class Span:
    """A cited span; `title` says in words where it leads.

    `citations` is the number of articles cited in it. While the citation is not resolved, `url` is the
    document's page if the document is known, else empty.
    """

    start: int
    end: int
    text: str
    url: str
    title: str
    is_resolved: bool = True
    citations: int = 1


def are_limited(spans: Iterable[Span]) -> bool:
    """Return whether a text may hold more citations than were recorded."""
    return sum(span.citations for span in spans) >= MAX_CITATIONS_OF_TEXT


def spans_of(source: Model, field: str = "text") -> list[Span]:
    return spans_by_source(Citation.objects.of_source(source)).get((source.pk, field), [])


def spans_of_all(model: type[Model], sources: QuerySet) -> dict[tuple[int, str], list[Span]]:
    """Return spans of many records of one model by primary key and field, with one query."""
    content_type = ContentType.objects.get_for_model(model, for_concrete_model=False)
    return spans_by_source(
        Citation.objects.filter(content_type=content_type, object_id__in=sources.values("pk"))
    )


def spans_by_source(citations: QuerySet[Citation]) -> dict[tuple[int, str], list[Span]]:
    rows: dict[tuple[int, str], dict[int, list[tuple]]] = defaultdict(lambda: defaultdict(list))
    # By start and key, so that the rows of one span follow each other in the order of its articles.
    for row in citations.order_by("object_id", "field", "start", "pk").values_list(*_FIELDS):
        rows[row[0], row[1]][row[2]].append(row)
    return {key: [_span(group) for group in by_start.values()] for key, by_start in rows.items()}


def spans_of_rows(citations: Iterable[Citation]) -> list[Span]:
    """Return the spans of one text from its citations, fetched in their order with what they lead to."""
    by_start: dict[int, list[tuple]] = defaultdict(list)
    for citation in citations:
        by_start[citation.start].append(tuple(_value(citation, field) for field in _FIELDS))
    return [_span(group) for group in by_start.values()]


def _value(row: Model, path: str) -> Any:
    """Return what `values_list` gives for a path through foreign keys."""
    value: Any = row
    for name in path.split("__"):
        value = getattr(value, name, None)
    return value


def _span(rows: Iterable[tuple]) -> Span:
    """Return the span of the rows that share it; a range leads to its first article that exists."""
    rows = list(rows)
    (*_ids, start, end, text) = rows[0][:5]
    resolved = next((row for row in rows if row[8]), None)
    if resolved is not None:
        return Span(start, end, text, _url(resolved), _title(resolved), citations=len(rows))
    title, slug, locator = rows[0][5], rows[0][6], rows[0][11]
    if slug and not locator:
        return Span(start, end, text, f"/law/{slug}/", title)
    reason = _("Not resolved: %(document)s") % {"document": title} if title else _("Not resolved")
    url = f"/law/{slug}/" if slug else ""
    return Span(start, end, text, url, reason, is_resolved=False, citations=len(rows))


def _url(row: tuple) -> str:
    slug, anchor, promulgated_on, is_current = row[6], row[8], row[9], row[10]
    version = "" if is_current else f"{promulgated_on.isoformat() if promulgated_on else 'undated'}/"
    return f"/law/{slug}/{version}#{anchor}"


def _title(row: tuple) -> str:
    title, label, promulgated_on, is_current = row[5], row[7], row[9], row[10]
    edition = "" if is_current or not promulgated_on else f"（{promulgated_on.isoformat()}）"
    return f"{title}{edition} {label}".strip()
