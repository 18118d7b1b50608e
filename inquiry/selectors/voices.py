"""How many voices a question has: its asker and those who joined it. No count compares people across questions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from inquiry.models import (
    AskerIdentity,
    ClusterMembership,
    Follow,
    LinkedProvision,
    MeToo,
    Question,
    QuestionClosure,
    QuestionCluster,
)
from inquiry.models.questions import QuestionQuerySet
from inquiry.selectors.clusters import members
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
    open_rows = {"user": user, "question__in": ids, "is_closed": False}
    own = AskerIdentity.objects.filter(**open_rows).values_list("question_id", flat=True)
    joined = MeToo.objects.filter(**open_rows).values_list("question_id", flat=True)
    return set(own), set(joined)


def with_page(questions: QuerySet[Question], user: User) -> QuerySet[Any]:
    """Fetch with a question what its page shows beside it: its session's host, its answer, the way it went.

    Annotates `is_joined` and `is_followed`, what the reader did about it, and `links_count`.
    """
    way = Prefetch("memberships", ClusterMembership.objects.select_related("cluster"))
    own = {"question": OuterRef("pk"), "user": user, "is_closed": False}
    closures = QuestionClosure.objects.filter(Q(question=OuterRef("pk")) | Q(double_of=OuterRef("pk")))
    links = LinkedProvision.objects.filter(question=OuterRef("pk")).order_by().values("question")
    return (
        questions.select_related("session__host_department", "received_answer")
        .prefetch_related(way)
        .annotate(
            is_joined=Exists(MeToo.objects.filter(**own)),
            has_closures=Exists(closures),
            is_followed=Exists(Follow.objects.filter(**own)),
            links_count=Coalesce(Subquery(links.annotate(count=Count("pk")).values("count")), 0),
        )
    )


def _open(model: type[MeToo] | type[Follow], question: Question, user: User) -> QuerySet:
    return model._default_manager.filter(question=question, user=user, is_closed=False)
