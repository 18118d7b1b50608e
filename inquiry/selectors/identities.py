"""Reads of who asked: for the asker alone, and for bylines that the asker chose."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from inquiry.enums import Naming
from inquiry.models import AskerIdentity, Question
from portal.org.models import User
from portal.org.rules import is_staff_member


def questions_asked_by(user: User | AnonymousUser) -> QuerySet[Question]:
    """Return a person's own questions, the newest first."""
    if not is_staff_member(user):
        return Question.objects.none()
    return Question.objects.filter(asker_identity__user=user).select_related(
        "session", "department", "office"
    )


def is_asker(user: User | AnonymousUser, question: Question) -> bool:
    """Tell whether the question is the person's own."""
    return is_staff_member(user) and AskerIdentity.objects.filter(question=question, user=user).exists()


def ids_asked_by(user: User | AnonymousUser, questions: Iterable[Question]) -> set[int]:
    """Return the primary keys of those of `questions` that the person raised."""
    if not is_staff_member(user):
        return set()
    ids = [question.pk for question in questions]
    return set(
        AskerIdentity.objects.filter(user=user, question__in=ids).values_list("question_id", flat=True)
    )


def asker_names(questions: Iterable[Question]) -> dict[int, str]:
    """Return the names of askers who chose to be named, by question; no other name is read."""
    ids = [question.pk for question in questions if question.naming == Naming.FULL]
    if not ids:
        return {}
    # The database filters by naming as well, so that no other name reaches this process.
    rows = AskerIdentity.objects.filter(question__in=ids, question__naming=Naming.FULL)
    return dict(rows.values_list("question_id", "name"))
