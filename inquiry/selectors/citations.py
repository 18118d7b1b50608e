"""Citations of a question, as far as a reader may see the words that cite."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet

from inquiry.models import ConfirmedCitation, LinkedProvision, Question, Refinement
from inquiry.selectors.presentation import PresentedQuestion
from norms.models import Citation


@dataclass(frozen=True)
class PresentedCitation:
    """A citation beside a question; `where` tells which words cite: raised or refined."""

    citation: Citation
    text: str
    document_name: str
    url: str
    is_resolved: bool
    is_confirmed: bool
    where: str


def presented_citations(presented: PresentedQuestion) -> list[PresentedCitation]:
    """Return citations of the original, if the reader may read it, and of the current refinement; by one query."""
    question, refinement = presented.question, presented.question.current_refinement()
    sources: dict[tuple[int, int], str] = {}
    if not presented.is_restated:
        sources[_source_of(question)] = "raised"
    if refinement:
        sources[_source_of(refinement)] = "refined"
    confirmed = ConfirmedCitation.objects.filter(question=question, text=OuterRef("text"))
    rows = [
        _presented(citation, where)
        for citation in _citations_of(sources).annotate(is_confirmed=Exists(confirmed))
        if (where := sources.get((citation.content_type_id, citation.object_id)))
    ]
    return sorted(rows, key=lambda row: row.where != "raised")


def _source_of(source: Question | Refinement) -> tuple[int, int]:
    return ContentType.objects.get_for_model(source).pk, source.pk


def _citations_of(sources: Iterable[tuple[int, int]]) -> QuerySet[Any]:
    conditions = [Q(content_type=kind, object_id=key) for kind, key in sources]
    if not conditions:
        return Citation.objects.none()
    citations = Citation.objects.filter(reduce(or_, conditions))
    return citations.select_related("document", "provision__version__document")


def _presented(row: Any, where: str) -> PresentedCitation:
    return PresentedCitation(
        citation=row,
        text=row.text,
        document_name=row.document.title if row.document else row.document_name,
        url=_citation_url(row),
        is_resolved=row.provision is not None,
        is_confirmed=row.is_confirmed,
        where=where,
    )


def _citation_url(citation: Citation) -> str:
    if citation.provision:
        return citation.provision.get_absolute_url()
    return citation.document.get_absolute_url() if citation.document else ""


def linked_provisions(question: Question) -> QuerySet[LinkedProvision]:
    return LinkedProvision.objects.filter(question=question).select_related("provision__version__document")
