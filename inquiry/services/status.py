"""The status of questions, set by this module alone."""

from __future__ import annotations

from collections.abc import Iterable

from inquiry.enums import DossierStatus, QuestionStatus
from inquiry.models import ClusterMembership, DossierItem, Question, QuestionClosure, Refinement
from inquiry.selectors.clusters import merged_cluster_ids
from portal.foundation.signals import announce_changed


def settle_status(question: Question) -> bool:
    """Compute a question's status from what happened to it and save it; tell whether it changed.

    Call it inside a transaction that holds the question's row.
    """
    status = _status_of(question)
    if status == question.status:
        return False
    question.status = status
    # Together: a constraint ties the status of a withdrawn question to its date.
    question.save(update_fields=["status", "withdrawn_on"])
    return True


def settle_all(questions: Iterable[Question]) -> None:
    """Settle and announce questions whose rows are locked."""
    questions = list(questions)
    for question in questions:
        settle_status(question)
    announce_changed(*questions)


def _status_of(question: Question) -> str:
    if question.withdrawn_on:
        return QuestionStatus.WITHDRAWN
    if QuestionClosure.objects.filter(question=question, reopened_at__isnull=True).exists():
        return QuestionStatus.CLOSED
    membership = ClusterMembership.objects.filter(question=question, until__isnull=True).first()
    # The order is that of the chain: what came later decides.
    if _is_in_finished_dossier(question, membership):
        return QuestionStatus.IN_DOSSIER
    if membership:
        return QuestionStatus.GROUPED
    if Refinement.objects.filter(question=question, is_current=True).exists():
        return QuestionStatus.REFINED
    return QuestionStatus.RAISED


def _is_in_finished_dossier(question: Question, membership: ClusterMembership | None) -> bool:
    finished = DossierItem.objects.filter(dossier__status=DossierStatus.FINISHED)
    if finished.filter(question=question).exists():
        return True
    if membership is None:
        return False
    return finished.filter(cluster__in=merged_cluster_ids(membership.cluster_id)).exists()
