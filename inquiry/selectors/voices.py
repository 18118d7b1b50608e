"""How many voices a question has: its asker and those who joined it. No count compares people across questions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet, Sum

from inquiry.models import Follow, MeToo, Question, QuestionCluster
from inquiry.models.questions import QuestionQuerySet
from inquiry.selectors.clusters import members
from inquiry.selectors.identities import ids_asked_by
from inquiry.selectors.listings import questions_visible_to
from portal.org.models import User
from portal.org.rules import is_staff_member


def question_voices(question: Question) -> int:
    """Count the asker and everyone who has the question too."""
    return Question.objects.values_list("voices", flat=True).get(pk=question.pk)


def cluster_voices(cluster: QuestionCluster) -> int:
    """Return the sum of the voices of a cluster's standing questions.

    A person who speaks in two questions counts twice. Any count that recognised the person would tell who asked: one
    groups the hidden question with a bait that a suspect joined, and reads whether the number is smaller than the sum.
    """
    standing = members(cluster).standing().order_by()
    return standing.aggregate(voices=Sum("voices"))["voices"] or 0


def has_me_too(user: User | AnonymousUser, question: Question) -> bool:
    return is_staff_member(user) and _open(MeToo, question, user).exists()


def is_following(user: User | AnonymousUser, question: Question) -> bool:
    return is_staff_member(user) and _open(Follow, question, user).exists()


def questions_joined_by(user: User | AnonymousUser) -> QuestionQuerySet:
    """Return the questions that a person has too, the newest first."""
    return _questions_of(MeToo, user)


def questions_followed_by(user: User | AnonymousUser) -> QuestionQuerySet:
    """Return the questions that a person follows, the newest first."""
    return _questions_of(Follow, user)


def _questions_of(model: type[MeToo] | type[Follow], user: User | AnonymousUser) -> QuestionQuerySet:
    questions = questions_visible_to(user)
    if not is_staff_member(user):
        return questions.none()
    rows: QuerySet[Any] = model._default_manager.filter(user=user, is_closed=False)
    return questions.filter(pk__in=rows.values("question"))


def own_and_joined(user: User | AnonymousUser, ids: Collection[int]) -> tuple[set[int], set[int]]:
    """Return which of the questions with these keys a person asked, and which the person has too."""
    if not ids or not is_staff_member(user):
        return set(), set()
    joined = MeToo.objects.filter(user=user, question__in=ids, is_closed=False)
    return ids_asked_by(user, ids), set(joined.values_list("question_id", flat=True))


def _open(model: type[MeToo] | type[Follow], question: Question, user: User) -> QuerySet:
    return model._default_manager.filter(question=question, user=user, is_closed=False)
