"""Registration of what assignments of inquiry are about, each as far as a reader may see it."""

from __future__ import annotations

from inquiry.enums import ENDED_STATUSES, DossierStatus
from inquiry.models import Dossier, HeldSubmission, IdentityRequest, Question, QuestionCluster
from inquiry.rules import can_group, can_refine, can_request_identity, can_review_secrecy, can_view_dossier
from portal.org.subjects import register_subject


def register() -> None:
    """Register the chain, which is for analysts, and what keepers and secrecy reviewers decide."""
    _register_chain()
    register_subject(
        IdentityRequest,
        title=lambda request: request.question.number,
        url=IdentityRequest.get_absolute_url,
        readable=lambda user, request: can_request_identity(user),
        related=("question",),
    )
    register_subject(
        HeldSubmission,
        url=HeldSubmission.get_absolute_url,
        readable=lambda user, submission: can_review_secrecy(user),
    )


def _register_chain() -> None:
    register_subject(
        Question,
        # The title that all staff may see.
        title=lambda question: f"{question.number} {question.public_title()}",
        url=Question.get_absolute_url,
        readable=lambda user, question: can_refine(user),
        is_open=lambda question: question.status not in ENDED_STATUSES,
        related=("refinements",),
    )
    register_subject(
        QuestionCluster,
        url=QuestionCluster.get_absolute_url,
        readable=lambda user, cluster: can_group(user),
        is_open=lambda cluster: cluster.merged_into_id is None,
    )
    register_subject(
        Dossier,
        title=lambda dossier: f"{dossier.number} {dossier.title}",
        url=Dossier.get_absolute_url,
        readable=can_view_dossier,
        is_open=lambda dossier: dossier.status == DossierStatus.DRAFT,
    )
