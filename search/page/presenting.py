"""Rows of hits as pages show them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from inquiry.enums import QuestionKind
from portal.foundation import dates
from portal.org.models import Department
from search.answers.results import SearchHit
from search.documents.base import SearchDocument
from search.facets import departments_by_code
from search.kinds import details_of, is_collectable, kind_label, status_of
from search.query.highlighting import Segment


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


def present_rows(hits: Sequence[SearchHit], *, tickable: bool = False) -> list[Row]:
    departments = departments_by_code() if hits else {}
    return [_row(hit, departments, tickable=tickable) for hit in hits]


def _row(hit: SearchHit, departments: dict[str, Department], *, tickable: bool) -> Row:
    document = hit.document
    departments_of_hit = [departments[code] for code in document.department if code in departments]
    is_shared = document.kind == "cluster"
    return Row(
        document=document,
        kind=kind_label(document.kind),
        number="" if document.kind == "provision" else document.number,
        title=marked(hit.title),
        url=document.url,
        snippet=marked(hit.snippet),
        tags=_tags(document),
        meta=_meta(document),
        department=departments_of_hit[0] if departments_of_hit and not is_shared else None,
        seals=[{"department": department, "state": "part"} for department in departments_of_hit]
        if is_shared
        else [],
        tick=document.key if tickable and is_collectable(document) else "",
        is_relaxed=hit.is_relaxed,
        similarity=round(hit.similarity * 100),
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
