"""What a question says about the law, as far as a reader may see the words that cite it."""

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
class ShownCitation:
    """A citation beside a question; `where` is raised or refined."""

    citation: Citation
    text: str
    document_name: str
    url: str
    is_resolved: bool
    is_confirmed: bool
    where: str


def citations_shown(question: Question, user: User | AnonymousUser) -> list[ShownCitation]:
    """Citations of the original, where the reader may read it, and of the current refinement."""
    confirmed = set(ConfirmedCitation.objects.filter(question=question).values_list("text", flat=True))
    shown: list[ShownCitation] = []
    if can_see_original(user, question, is_asker=is_asker(user, question)):
        shown += _shown(_citations_of(question), confirmed, "raised")
    if refinement := question.current_refinement():
        shown += _shown(_citations_of(refinement), confirmed, "refined")
    return shown


def _citations_of(source: Question | Refinement) -> QuerySet[Citation]:
    return Citation.objects.of_source(source).select_related("document", "provision__version__document")


def _shown(rows: Iterable[Citation], confirmed: set[str], where: str) -> list[ShownCitation]:
    return [
        ShownCitation(
            citation=row,
            text=row.text,
            document_name=row.document.title if row.document else row.document_name,
            url=_address(row),
            is_resolved=row.provision is not None,
            is_confirmed=row.text in confirmed,
            where=where,
        )
        for row in rows
    ]


def _address(citation: Citation) -> str:
    if citation.provision:
        return citation.provision.get_absolute_url()
    return citation.document.get_absolute_url() if citation.document else ""


def linked_provisions(question: Question) -> QuerySet[LinkedProvision]:
    return LinkedProvision.objects.filter(question=question).select_related("provision__version__document")
