"""The chain of a person's own questions in one line, with a constant number of queries for any number of questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from inquiry.enums import DossierStatus, QuestionStatus
from inquiry.models import ClauseSource, ClusterMembership, DossierItem, QuestionCluster
from inquiry.selectors.presentation import PresentedQuestion

REACHED = {
    QuestionStatus.RAISED: 1,
    QuestionStatus.CLOSED: 1,
    QuestionStatus.WITHDRAWN: 1,
    QuestionStatus.REFINED: 2,
    QuestionStatus.GROUPED: 3,
    QuestionStatus.IN_DOSSIER: 4,
}
CLAUSE_STATION = 5


@dataclass(frozen=True)
class ShortChain:
    """How far a question has come: `label` says it, `stations` are those of `components/chain_mini.html`."""

    label: str
    stations: list[dict[str, str]]


def short_chains(questions: Sequence[PresentedQuestion]) -> dict[int, ShortChain]:
    """Return by the key of each question how far it has come."""
    # What is not grouped yet, or has left its cluster, stands in none; in a finished dossier the status says so.
    grouped = _ids_at(questions, {QuestionStatus.GROUPED, QuestionStatus.IN_DOSSIER})
    clusters = _clusters_of(grouped) if grouped else {}
    gathered = _ids_at(questions, {QuestionStatus.IN_DOSSIER})
    items = _items_of(gathered, clusters) if gathered else {}
    return {
        presented.question.pk: _short_chain(
            presented, clusters.get(presented.question.pk), items.get(presented.question.pk)
        )
        for presented in questions
    }


def _ids_at(questions: Iterable[PresentedQuestion], statuses: set[QuestionStatus]) -> list[int]:
    return [presented.question.pk for presented in questions if presented.status in statuses]


def _clusters_of(ids: Sequence[int]) -> dict[int, QuestionCluster]:
    rows = ClusterMembership.objects.filter(question__in=ids, until__isnull=True).select_related("cluster")
    return {row.question_id: row.cluster for row in rows}


def _items_of(ids: Sequence[int], clusters: dict[int, QuestionCluster]) -> dict[int, DossierItem]:
    """Return by question the item of a finished dossier that holds it or its cluster.

    Items that a clause rests on (`is_used`) win; a dossier that is being written is not shown to askers.
    """
    items = (
        DossierItem.objects.filter(
            Q(question__in=ids) | Q(cluster__in=[cluster.pk for cluster in clusters.values()]),
            dossier__status=DossierStatus.FINISHED,
        )
        .annotate(is_used=Exists(ClauseSource.objects.filter(item=OuterRef("pk"))))
        .select_related("dossier")
        .order_by("is_used", "pk")
    )
    item_by_question: dict[int, DossierItem] = {}
    for item in items:
        for question in ids:
            cluster = clusters.get(question)
            if item.question_id == question or (cluster and item.cluster_id == cluster.pk):
                item_by_question[question] = item
    return item_by_question


def _short_chain(
    question: PresentedQuestion, cluster: QuestionCluster | None, item: DossierItem | None
) -> ShortChain:
    label = question.status_label
    if item:
        label = _("In dossier %(number)s") % {"number": item.dossier.number}
    elif cluster and not question.is_ended:
        label = _("Grouped in %(number)s") % {"number": cluster.number}
    return ShortChain(label, [] if question.is_ended else _stations(question, cluster, item))


def _stations(
    question: PresentedQuestion, cluster: QuestionCluster | None, item: DossierItem | None
) -> list[dict[str, str]]:
    """Return the six stations of the chain; the last one reached is the present one, unless the chain ends there."""
    is_used = bool(getattr(item, "is_used", False))  # an annotation of `_items_of`
    reached = CLAUSE_STATION if is_used else REACHED[QuestionStatus(question.status)]
    steps = [
        (pgettext("station", "Session"), question.session.number if question.session else ""),
        (pgettext("station", "Raised"), question.number),
        (pgettext("station", "Refined"), ""),
        (pgettext("station", "Grouped"), cluster.number if cluster else ""),
        (pgettext("station", "In a dossier"), item.dossier.number if item else ""),
        (pgettext("station", "Clause"), ""),
    ]
    return [
        {"label": label, "number": number, "state": _state(position, reached)}
        for position, (label, number) in enumerate(steps)
    ]


def _state(position: int, reached: int) -> str:
    if position == reached < CLAUSE_STATION:
        return "present"
    return "done" if position <= reached else "future"
