"""Citations of a question, as far as a reader may see the words that cite."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from inquiry.models import ConfirmedCitation, LinkedProvision, Question, Refinement
from inquiry.rules import can_see_original
from inquiry.selectors.identities import is_asker
from norms.models import Citation
from portal.org.models import User


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


def presented_citations(question: Question, user: User | AnonymousUser) -> list[PresentedCitation]:
    """Return citations of the original, if the reader may read it, and of the current refinement."""
    confirmed = set(ConfirmedCitation.objects.filter(question=question).values_list("text", flat=True))
    citations: list[PresentedCitation] = []
    if can_see_original(user, question, is_asker=is_asker(user, question)):
        citations += _presented_rows(_citations_of(question), confirmed, "raised")
    if refinement := question.current_refinement():
        citations += _presented_rows(_citations_of(refinement), confirmed, "refined")
    return citations


def _citations_of(source: Question | Refinement) -> QuerySet[Citation]:
    return Citation.objects.of_source(source).select_related("document", "provision__version__document")


def _presented_rows(rows: Iterable[Citation], confirmed: set[str], where: str) -> list[PresentedCitation]:
    return [
        PresentedCitation(
            citation=row,
            text=row.text,
            document_name=row.document.title if row.document else row.document_name,
            url=_citation_url(row),
            is_resolved=row.provision is not None,
            is_confirmed=row.text in confirmed,
            where=where,
        )
        for row in rows
    ]


def _citation_url(citation: Citation) -> str:
    if citation.provision:
        return citation.provision.get_absolute_url()
    return citation.document.get_absolute_url() if citation.document else ""


def linked_provisions(question: Question) -> QuerySet[LinkedProvision]:
    return LinkedProvision.objects.filter(question=question).select_related("provision__version__document")
