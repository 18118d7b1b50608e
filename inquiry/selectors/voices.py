"""How many people have a question: askers and those who joined them, each counted once."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser

from inquiry.enums import Naming
from inquiry.models import AskerIdentity, Follow, MeToo, Question, QuestionCluster
from inquiry.selectors.clusters import members
from portal.org.models import User
from portal.org.rules import is_staff_member


def question_voices(question: Question) -> int:
    """Count the asker and everyone who has the question too."""
    return _count_voices([question.pk])


def cluster_voices(cluster: QuestionCluster) -> int:
    """Count the people among the askers of a cluster's standing questions and those who joined them.

    An asker who is named or shows the office counts once for questions named alike. An anonymous one, and
    one without an account, counts for each question: else grouping two questions would tell that one
    person asked both.
    """
    return _count_voices(members(cluster).filter(withdrawn_on__isnull=True).values_list("pk", flat=True))


def _count_voices(question_ids: Iterable[int]) -> int:
    ids = list(question_ids)
    askers = AskerIdentity.objects.filter(question__in=ids).values_list(
        "question_id", "user_id", "question__naming"
    )
    people = {_voice(*asker) for asker in askers}
    joined = set(MeToo.objects.filter(question__in=ids).values_list("user_id", flat=True))
    # An asker who joined another of the questions has one voice.
    joined -= {user for _, user, _ in askers}
    return len(people) + len(joined)


def _voice(question: int, user: int | None, naming: str) -> tuple[str, int]:
    """Return what makes a voice distinct: the question itself, or the person under one way of being named."""
    if user is None or naming == Naming.ANONYMOUS:
        return ("question", question)
    # Named and office-only are apart: a name beside one question must not count for one without.
    return (naming, user)


def me_too_count(question: Question) -> int:
    """Count the people who have the same question, without its asker."""
    return MeToo.objects.filter(question=question).count()


def has_me_too(user: User | AnonymousUser, question: Question) -> bool:
    return is_staff_member(user) and MeToo.objects.filter(question=question, user=user).exists()


def is_following(user: User | AnonymousUser, question: Question) -> bool:
    return is_staff_member(user) and Follow.objects.filter(question=question, user=user).exists()
