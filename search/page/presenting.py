"""Rows of hits as pages show them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from inquiry.enums import QuestionKind
from portal.foundation import dates
from portal.org.models import Department
from search.answers.results import SearchHit
from search.documents.base import SearchDocument
from search.facets import Departments, departments_by_code
from search.kinds import details_of, hit_label, status_of
from search.query.highlighting import Segment

# Shorter bodies say too little to be the same record twice.
MIN_BODY_LENGTH = 12


@dataclass(slots=True)
class Row:
    """The variables of components/record_row.html."""

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
    is_relaxed: bool = False
    similarity: int = 0
    # The place among the hits of the page, from 1 on; rows may be shown in another order.
    position: int = 0
    # Hits of the page that say the same in the same words.
    duplicates: list["Row"] = field(default_factory=list)

    @property
    def lang(self) -> str:
        return self.document.lang


def marked(segments: Iterable[Segment]) -> SafeString:
    """Return segments as HTML: the words escaped, the matches in <mark>."""
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", part.text) if part.marked else part.text,) for part in segments),
    )


def present_rows(
    hits: Sequence[SearchHit], *, tickable: bool = False, departments: Departments | None = None
) -> list[Row]:
    if departments is None:
        departments = departments_by_code() if hits else {}
    return [
        _row(hit, departments, tickable=tickable, position=position) for position, hit in enumerate(hits, 1)
    ]


def fold_duplicates(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with those of the same kind and body below the first of them."""
    firsts: dict[tuple[str, str], Row] = {}
    folded = []
    for row in rows:
        body = "".join(row.document.body.split())
        first = firsts.setdefault((row.document.kind, body), row) if len(body) >= MIN_BODY_LENGTH else row
        if first is row:
            folded.append(row)
        else:
            first.duplicates.append(replace(row, snippet=mark_safe("")))
    return folded


def _row(hit: SearchHit, departments: Departments, *, tickable: bool, position: int) -> Row:
    document = hit.document
    departments_of_hit = [departments[code] for code in document.department if code in departments]
    is_shared = document.kind == "cluster"
    return Row(
        document=document,
        kind=hit_label(document),
        number="" if document.kind == "provision" and not document.fact("whole") else document.number,
        title=marked(hit.title),
        url=document.url,
        snippet=marked(hit.snippet),
        tags=_tags(document),
        meta=_meta(document),
        department=departments_of_hit[0] if departments_of_hit and not is_shared else None,
        seals=[{"department": department, "state": "part"} for department in departments_of_hit]
        if is_shared
        else [],
        tick=document.key if tickable else "",
        is_relaxed=hit.is_relaxed,
        similarity=round(hit.similarity * 100),
        position=position,
    )


def _tags(document: SearchDocument) -> list[dict[str, str]]:
    tags = []
    if (kind := document.fact("question_kind")) and kind != QuestionKind.QUESTION:
        tags.append({"label": str(QuestionKind(kind).label), "tone": "neutral"})
    status = status_of(document.status)
    if document.status and not status.is_quiet:
        tags.append({"label": str(status.label), "tone": status.tone})
    if document.fact("without_text"):
        tags.append({"label": gettext("Text not yet held"), "tone": "neutral"})
    return tags


def _meta(document: SearchDocument) -> list[str]:
    return [part for part in (*details_of(document), _day(document)) if part]


def _day(document: SearchDocument) -> str:
    if not document.date:
        return ""
    day = dt.date.fromisoformat(document.date)
    if document.kind == "provision":
        return gettext("in force from %(day)s") % {"day": dates.day(day)}
    if ends := document.fact("ends_on"):
        return dates.day_range(day, dt.date.fromisoformat(ends))
    return dates.day(day)
