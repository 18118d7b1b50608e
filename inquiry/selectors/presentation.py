"""Presentation of a question to one reader; the only module that decides what a person may see of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from courses.models import Activity, TrainingSession
from inquiry.enums import ENDED_STATUSES, Naming, QuestionKind, QuestionOrigin, QuestionStatus
from inquiry.models import (
    ClusterMembership,
    Correction,
    Follow,
    LinkedProvision,
    MeToo,
    Question,
    QuestionClosure,
    ReceivedAnswer,
    Refinement,
)
from inquiry.rules import can_see_original
from inquiry.selectors.identities import asker_names, own_ids_and_names
from inquiry.selectors.listings import status_tone
from portal.org.models import Department, Topic, User


@dataclass(frozen=True)
class PresentedClosure:
    """How a question was closed; `reply` is for those who may read the original, of the other the number is shown."""

    # Of the row, by which it is opened again; what is shown is the same whatever the key.
    pk: int = field(compare=False)
    reason: str
    reason_label: str
    reply: str
    duplicate_number: str
    duplicate_url: str
    closed_on: dt.date


@dataclass(frozen=True)
class PresentedQuestion:
    """A question as one reader may see it.

    `text` is what the reader may read: the original, or the restated form where the original names a real
    case or person (`is_restated`). `original` is None for those who may not read it. `asker_name` is empty unless
    the asker chose to be named; `office_label` is as much of the office as the asker shows.
    """

    question: Question
    number: str
    url: str
    kind: str
    kind_label: str
    title: str
    text: str
    is_restated: bool
    original: str | None
    refined_title: str
    refined_text: str
    byline: str
    asker_name: str
    naming: str
    naming_label: str
    department: Department | None
    office_label: str
    raised_on: dt.date
    status: str
    status_label: str
    status_tone: str
    lang: str
    is_asker: bool
    is_withdrawn: bool
    names_real: bool
    closure: PresentedClosure | None

    # What lists do not show is read when it is asked for. Corrections and received answers may repeat what the mark is
    # meant to hide.

    @property
    def session(self) -> TrainingSession | None:
        return self.question.session

    @property
    def activity(self) -> Activity | None:
        return self.question.activity

    @cached_property
    def corrections(self) -> tuple[Correction, ...]:
        return () if self.is_restated else tuple(self.question.corrections.all())

    @cached_property
    def received_answer(self) -> ReceivedAnswer | None:
        has_answer = self.question.origin == QuestionOrigin.PUBLISHED and not self.is_restated
        return getattr(self.question, "received_answer", None) if has_answer else None

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        return tuple(item.tag for item in self.question.topic_items.select_related("tag"))

    @property
    def is_ended(self) -> bool:
        """Return whether it goes no further: closed, or withdrawn by its asker."""
        return self.status in ENDED_STATUSES


def with_page_data(questions: QuerySet[Question], user: User) -> QuerySet[Any]:
    """Fetch with questions what a question's page shows: its session's host, its answer and its times in clusters.

    Annotates `is_joined` and `is_followed` (what the reader did about it), `has_closures` and `links_count`.
    """
    memberships = Prefetch("memberships", ClusterMembership.objects.select_related("cluster"))
    own = {"question": OuterRef("pk"), "user": user, "is_closed": False}
    closures = QuestionClosure.objects.filter(Q(question=OuterRef("pk")) | Q(duplicate_of=OuterRef("pk")))
    links = LinkedProvision.objects.filter(question=OuterRef("pk")).order_by().values("question")
    return (
        questions.select_related("session__host_department", "activity", "received_answer")
        .prefetch_related(memberships)
        .annotate(
            is_joined=Exists(MeToo.objects.filter(**own)),
            has_closures=Exists(closures),
            is_followed=Exists(Follow.objects.filter(**own)),
            links_count=Coalesce(Subquery(links.annotate(count=Count("pk")).values("count")), 0),
        )
    )


def presented_question(question: Question, user: User | AnonymousUser) -> PresentedQuestion:
    """Return one question as a reader may see it."""
    return presented_questions([question], user)[0]


def presented_questions(questions: Iterable[Question], user: User | AnonymousUser) -> list[PresentedQuestion]:
    """Return several questions as one reader may see them, with a constant number of queries."""
    fetched = _prefetched(questions)
    # One query for the reader's own questions and for names, whatever the number of questions.
    own_ids, names = own_ids_and_names(user, fetched)
    return [
        _presented(
            question,
            names.get(question.pk, ""),
            is_readable=can_see_original(user, question, is_asker=question.pk in own_ids),
            is_own=question.pk in own_ids,
        )
        for question in fetched
    ]


def presented_own_questions(questions: Iterable[Question], asker: User) -> list[PresentedQuestion]:
    """Return a person's own questions (`questions_asked_by`) as the person sees them; nobody's name is read."""
    return [
        _presented(
            question,
            str(asker) if question.naming == Naming.FULL else "",
            is_readable=can_see_original(asker, question, is_asker=True),
            is_own=True,
        )
        for question in _prefetched(questions)
    ]


def _prefetched(questions: Iterable[Question]) -> list[Question]:
    fetched = list(questions)
    prefetch_related_objects(fetched, "department", "office", "refinements")
    # Few are closed, and pages without one need no query.
    closed = [question for question in fetched if question.status == QuestionStatus.CLOSED]
    prefetch_related_objects(
        closed, Prefetch("closures", QuestionClosure.objects.select_related("duplicate_of"))
    )
    return fetched


def publicly_presented(questions: Iterable[Question]) -> list[PresentedQuestion]:
    """Return several questions as everybody may see them, whoever looks: for what leaves the portal."""
    fetched = _prefetched(questions)
    names = asker_names(fetched)
    return [
        _presented(question, names.get(question.pk, ""), is_readable=not question.names_real)
        for question in fetched
    ]


def _presented(
    question: Question, name: str, *, is_readable: bool, is_own: bool = False
) -> PresentedQuestion:
    refinement = question.current_refinement()
    return PresentedQuestion(
        question=question,
        number=question.number,
        url=question.get_absolute_url(),
        kind=question.kind,
        kind_label=str(QuestionKind(question.kind).label),
        title=_title(question, refinement, is_readable),
        text=question.text if is_readable else (refinement.text if refinement else ""),
        is_restated=not is_readable,
        original=question.text if is_readable else None,
        refined_title=refinement.title if refinement else "",
        refined_text=refinement.text if refinement else "",
        byline=byline(question, name),
        asker_name=name,
        naming=question.naming,
        naming_label=str(Naming(question.naming).label),
        department=question.department,
        office_label=office_label(question),
        raised_on=question.raised_on,
        status=question.status,
        status_label=str(QuestionStatus(question.status).label),
        status_tone=status_tone(question.status),
        lang=question.lang,
        is_asker=is_own,
        is_withdrawn=question.status == QuestionStatus.WITHDRAWN,
        names_real=question.names_real,
        closure=_closure(question, is_readable),
    )


def _closure(question: Question, is_readable: bool) -> PresentedClosure | None:
    if question.status != QuestionStatus.CLOSED:
        return None
    standing = next(closure for closure in question.closures.all() if closure.reopened_at is None)
    other = standing.duplicate_of
    return PresentedClosure(
        pk=standing.pk,
        reason=standing.reason,
        reason_label=standing.get_reason_display(),
        # It may repeat what the mark is meant to hide.
        reply=standing.reply if is_readable else "",
        duplicate_number=other.number if other else "",
        duplicate_url=other.get_absolute_url() if other else "",
        closed_on=timezone.localdate(standing.closed_at),
    )


def _title(question: Question, refinement: Refinement | None, is_readable: bool) -> str:
    # The restated title goes before the title as raised, even for those who may read the original.
    if refinement:
        return refinement.title
    return question.title_as_raised if is_readable else question.number


def office_label(question: Question) -> str:
    """Return the office, as received where none matched; for an anonymous question its department at most."""
    # A constraint keeps the office out of anonymous questions; this check does not rely on it.
    if question.naming != Naming.ANONYMOUS:
        if question.office:
            return str(question.office)
        if question.office_name:
            return question.office_name
    return str(question.department) if question.department else ""


def byline(question: Question, name: str = "") -> str:
    """Return how the asker is named, as the asker chose; `name` counts only where the asker gave it."""
    office = office_label(question)
    if question.naming == Naming.FULL and name:
        return f"{name} · {office}" if office else name
    if question.naming == Naming.ANONYMOUS:
        return _("Anonymous · %(department)s") % {"department": office} if office else _("Anonymous")
    if question.origin == QuestionOrigin.PORTAL:
        return office or _("Office not shown")
    return office or _("Office unknown")
