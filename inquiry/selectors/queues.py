"""Queues of the analyst's desk: narrowed, and walked from one question to the next without reading all of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from inquiry.models import Question, QuestionClaim, Refinement
from inquiry.selectors.narrowing import questions_of_topic
from portal.org.models import User

MAX_WORDS = 8
MINE, FREE = "mine", "free"


@dataclass(frozen=True)
class QueueFilter:
    """What narrows a queue; empty values narrow nothing.

    `session` is a number, `department` a code, `topic` a slug, `voices` the least number of people who have the
    question, `claim` is `MINE` or `FREE`.
    """

    words: str = ""
    session: str = ""
    department: str = ""
    topic: str = ""
    voices: int = 0
    claim: str = ""


def narrowed(questions: QuerySet[Question], narrowing: QueueFilter, user: User) -> QuerySet[Question]:
    """Return the questions of a queue that its filter lets through."""
    for word in narrowing.words.split()[:MAX_WORDS]:
        questions = questions.filter(_says(word))
    if narrowing.session:
        questions = questions.filter(session__number=narrowing.session)
    if narrowing.department:
        questions = questions.filter(department__code=narrowing.department)
    if narrowing.topic:
        questions = questions.filter(pk__in=questions_of_topic(narrowing.topic))
    if narrowing.voices > 1:
        questions = questions.filter(voices__gte=narrowing.voices)
    if narrowing.claim == MINE:
        questions = questions.filter(claim__claimed_by=user, claim__claimed_until__gt=timezone.now())
    if narrowing.claim == FREE:
        questions = unclaimed(questions, user)
    return questions


def unclaimed(questions: QuerySet[Question], user: User) -> QuerySet[Question]:
    """Return the questions that no colleague of a person works on now."""
    claims = QuestionClaim.objects.filter(question=OuterRef("pk"), claimed_until__gt=timezone.now())
    return questions.exclude(Exists(claims.exclude(claimed_by=user)))


def with_claims(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Fetch with questions who works on them (`claim_on`), and where they were raised."""
    return questions.select_related("claim__claimed_by", "session", "activity")


def claim_on(question: Question) -> QuestionClaim | None:
    """Return the claim that holds on a question now; one query, unless it was fetched `with_claims`."""
    claim: QuestionClaim | None = getattr(question, "claim", None)
    return claim if claim and claim.claimed_until > timezone.now() else None


def _says(word: str) -> Q:
    """Return the condition that a question has a word in its number, its original or its restated form."""
    restated = Refinement.objects.filter(question=OuterRef("pk"), is_current=True)
    restated = restated.filter(Q(title__icontains=word) | Q(text__icontains=word))
    return (
        Q(number__icontains=word) | Q(title__icontains=word) | Q(text__icontains=word) | Q(Exists(restated))
    )


def before(question: Question, *, newest_first: bool) -> Q:
    """Return the condition for what stands before a question in a queue that is ordered by day and number."""
    return _on_one_side(question, "gt" if newest_first else "lt")


def after(question: Question, *, newest_first: bool) -> Q:
    """Return the condition for what stands after a question in a queue that is ordered by day and number."""
    return _on_one_side(question, "lt" if newest_first else "gt")


def _on_one_side(question: Question, lookup: str) -> Q:
    # The first condition is implied: by it the database reads a stretch of the index, not two that it puts together.
    day, number = {f"raised_on__{lookup}": question.raised_on}, {f"number__{lookup}": question.number}
    return Q(**{f"raised_on__{lookup}e": question.raised_on}) & (Q(**day) | Q(**number))
