"""Predicates: who may see, change and export questions, clusters and dossiers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser

from inquiry.enums import DossierStatus, QuestionStatus
from portal.org.enums import Role
from portal.org.models import User
from portal.org.rules import (
    STAFF,
    has_role,
    is_analyst,
    is_of_another_department,
    is_reviewer,
    is_staff_member,
)

if TYPE_CHECKING:
    from inquiry.models import Dossier, IdentityRequest, Question, QuestionCluster

UNDO_MINUTES = 30
ANALYST_TOKEN = f"role:{Role.ANALYST}"


def question_audience(question: Question) -> list[str]:
    """Return the readers of a question, as its search document names them."""
    return [STAFF]


def cluster_audience(cluster: QuestionCluster) -> list[str]:
    """Return the readers of a cluster, as its search document names them."""
    return [STAFF]


def dossier_audience(dossier: Dossier) -> list[str]:
    """Return the readers of a dossier: staff for a finished one, analysts for one in progress."""
    return [STAFF] if dossier.status == DossierStatus.FINISHED else [ANALYST_TOKEN]


def can_view_question(user: User | AnonymousUser, question: Question | None = None) -> bool:
    """Tell whether a person may see a question, though perhaps restated only (`can_see_original`)."""
    return is_staff_member(user)


def can_view_dossier(user: User | AnonymousUser, dossier: Dossier) -> bool:
    """Tell whether a person may see a dossier; one in progress is for analysts."""
    if dossier.status == DossierStatus.FINISHED:
        return is_staff_member(user)
    return is_analyst(user)


def can_refine(user: User | AnonymousUser) -> bool:
    """Tell whether a person may restate questions and mark them."""
    return is_analyst(user)


def can_close(user: User | AnonymousUser) -> bool:
    """Tell whether a person may close questions that go no further, and open them again."""
    return is_analyst(user)


def can_undo(done_at: dt.datetime, now: dt.datetime) -> bool:
    """Tell whether what was saved at `done_at` can still be taken back by whoever saved it."""
    return now - done_at <= dt.timedelta(minutes=UNDO_MINUTES)


def can_group(user: User | AnonymousUser) -> bool:
    """Tell whether a person may make, change, merge and split clusters."""
    return is_analyst(user)


def can_write_dossier(user: User | AnonymousUser, dossier: Dossier | None = None) -> bool:
    """Tell whether a person may write dossiers, or this one now: a finished one is first reopened."""
    return is_analyst(user) and (dossier is None or dossier.status == DossierStatus.DRAFT)


def can_export_dossier(user: User | AnonymousUser, dossier: Dossier) -> bool:
    """Tell whether a person may export a dossier: whoever may see it."""
    return can_view_dossier(user, dossier)


def can_import_questions(user: User | AnonymousUser) -> bool:
    """Tell whether a person may import questions from files."""
    return has_role(user, Role.ANALYST, Role.COORDINATOR)


def can_see_original(user: User | AnonymousUser, question: Question, *, is_asker: bool) -> bool:
    """Tell whether a person may read the text as raised.

    It is for all staff until it is marked as naming a real case or person, then for its asker and analysts.
    """
    return is_staff_member(user) and (not question.names_real or is_asker or is_analyst(user))


def can_withdraw(user: User | AnonymousUser, question: Question, *, is_asker: bool) -> bool:
    """Tell whether a person may withdraw a question: its asker, once."""
    return is_staff_member(user) and is_asker and question.status != QuestionStatus.WITHDRAWN


def can_append_correction(user: User | AnonymousUser, question: Question, *, is_asker: bool) -> bool:
    """Tell whether a person may append a correction to a question: its asker, at any time."""
    return is_staff_member(user) and is_asker


def can_request_identity(user: User | AnonymousUser) -> bool:
    """Tell whether a person may ask to learn who raised a question.

    A keeper may by role: a permission would be held by every superuser as well.
    """
    return has_role(user, Role.KEEPER)


def can_decide_identity_request(
    user: User | AnonymousUser, request: IdentityRequest, *, has_keepers_elsewhere: bool
) -> bool:
    """Tell whether a keeper is the second person of a request: never its requester.

    Where keepers work for other departments than the requester, and did before, one of those decides. Whether the
    keeper is the asker is not looked at: a refusal would tell it.
    """
    if not has_role(user, Role.KEEPER) or user.pk == request.requested_by_id:
        return False
    return not has_keepers_elsewhere or is_of_another_department(
        user, request.requested_by, asked_at=request.requested_at
    )


def can_read_identity(user: User | AnonymousUser, request: IdentityRequest) -> bool:
    """Tell whether a person is the one reader of a request; until when is the request's to say."""
    return has_role(user, Role.KEEPER) and user.pk == request.requested_by_id


def can_review_secrecy(user: User | AnonymousUser) -> bool:
    """Tell whether a person may read what is held back, and decide; by role, as for keepers."""
    return is_reviewer(user)
