"""Reads of who asked: for the asker alone, and for bylines that the asker chose."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from inquiry.enums import Naming
from inquiry.models import AskerIdentity, Question
from portal.org.models import User
from portal.org.rules import is_staff_member


def asked_by(user: User | AnonymousUser) -> QuerySet[Question]:
    """A person's own questions, the newest first."""
    if not is_staff_member(user):
        return Question.objects.none()
    return Question.objects.filter(asker_identity__user=user).select_related(
        "session", "department", "office"
    )


def is_asker(user: User | AnonymousUser, question: Question) -> bool:
    return is_staff_member(user) and AskerIdentity.objects.filter(question=question, user=user).exists()


def own_among(user: User | AnonymousUser, questions: Iterable[Question]) -> set[int]:
    """Primary keys of those of `questions` that the person raised."""
    if not is_staff_member(user):
        return set()
    ids = [question.pk for question in questions]
    return set(
        AskerIdentity.objects.filter(user=user, question__in=ids).values_list("question_id", flat=True)
    )


def names_given(questions: Iterable[Question]) -> dict[int, str]:
    """Names of askers who chose to be named; no other name is read."""
    ids = [question.pk for question in questions if question.naming == Naming.FULL]
    if not ids:
        return {}
    rows = AskerIdentity.objects.filter(question__in=ids, question__naming=Naming.FULL)
    return dict(rows.values_list("question_id", "name"))
