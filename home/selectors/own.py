"""The questions and sessions of a person, with how far each question has come."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.enums import ANNOUNCED
from courses.models import Activity, TrainingSession
from home.selectors.welcome import Card, session_card
from inquiry.enums import ENDED_STATUSES, DossierStatus, QuestionStatus
from inquiry.models import ClauseSource, ClusterMembership, DossierItem, QuestionCluster
from inquiry.selectors import PresentedQuestion, presented_questions, questions_asked_by
from portal.foundation import dates
from portal.org.models import User

REACHED = {
    QuestionStatus.RAISED: 1,
    QuestionStatus.CLOSED: 1,
    QuestionStatus.WITHDRAWN: 1,
    QuestionStatus.REFINED: 2,
    QuestionStatus.GROUPED: 3,
    QuestionStatus.IN_DOSSIER: 4,
}
CLAUSE_STATION = 5


@dataclasses.dataclass(frozen=True)
class OwnQuestion:
    """A question of the person's own as `components/record_row.html` shows it; `chain` holds its stations."""

    number: str
    title: str
    url: str
    tags: list[dict]
    meta: list[str]
    chain: list[dict]


@dataclasses.dataclass(frozen=True)
class OwnCounts:
    """Numbers of a person's questions by the step they reached; each step counts those beyond it too."""

    raised: int
    grouped: int
    in_dossier: int


def own_counts(user: User) -> OwnCounts:
    standing = questions_asked_by(user).exclude(status__in=ENDED_STATUSES)
    in_dossier = Q(status=QuestionStatus.IN_DOSSIER)
    counts = standing.order_by().aggregate(
        raised=Count("pk"),
        grouped=Count("pk", filter=in_dossier | Q(status=QuestionStatus.GROUPED)),
        in_dossier=Count("pk", filter=in_dossier),
    )
    return OwnCounts(**counts)


def own_questions(user: User, limit: int = 5) -> list[OwnQuestion]:
    """Return the newest of a person's questions, with a constant number of queries."""
    questions = list(questions_asked_by(user)[:limit])
    clusters = _clusters_of([question.pk for question in questions])
    items = _items_of([question.pk for question in questions], clusters)
    return [
        _own(presented, clusters.get(question.pk), items.get(question.pk))
        for question, presented in zip(questions, presented_questions(questions, user), strict=True)
    ]


def _clusters_of(ids: Sequence[int]) -> dict[int, QuestionCluster]:
    rows = ClusterMembership.objects.filter(question__in=ids, until__isnull=True).select_related("cluster")
    return {row.question_id: row.cluster for row in rows}


def _items_of(ids: Sequence[int], clusters: dict[int, QuestionCluster]) -> dict[int, DossierItem]:
    """Return by question the item of a finished dossier that holds it or its cluster.

    Items that a clause rests on (`is_used`) win; a dossier that is being written is not shown to askers.
    """
    items = (
        DossierItem.objects.filter(
            Q(question__in=ids) | Q(cluster__in=[cluster.pk for cluster in clusters.values()]),
            dossier__status=DossierStatus.FINISHED,
        )
        .annotate(is_used=Exists(ClauseSource.objects.filter(item=OuterRef("pk"))))
        .select_related("dossier")
        .order_by("is_used", "pk")
    )
    item_by_question: dict[int, DossierItem] = {}
    for item in items:
        for question in ids:
            cluster = clusters.get(question)
            if item.question_id == question or (cluster and item.cluster_id == cluster.pk):
                item_by_question[question] = item
    return item_by_question


def _own(
    question: PresentedQuestion, cluster: QuestionCluster | None, item: DossierItem | None
) -> OwnQuestion:
    dossier = item.dossier if item else None
    label = question.status_label
    if dossier:
        label = _("In dossier %(number)s") % {"number": dossier.number}
    elif cluster and not question.is_ended:
        label = _("Grouped in %(number)s") % {"number": cluster.number}
    meta = [question.session.theme_here] if question.session else []
    return OwnQuestion(
        number=question.number,
        title=question.title,
        url=question.url,
        tags=[{"label": label, "tone": question.status_tone}],
        meta=[*meta, dates.day(question.raised_on)],
        chain=[] if question.is_ended else _stations(question, cluster, item),
    )


def _stations(
    question: PresentedQuestion, cluster: QuestionCluster | None, item: DossierItem | None
) -> list[dict]:
    """Return the six stations of the chain; the last one reached is the present one, unless the chain ends there."""
    is_used = bool(getattr(item, "is_used", False))  # an annotation of `_items_of`
    reached = CLAUSE_STATION if is_used else REACHED[QuestionStatus(question.status)]
    steps = [
        (pgettext("station", "Session"), question.session.number if question.session else ""),
        (pgettext("station", "Raised"), question.number),
        (pgettext("station", "Refined"), ""),
        (pgettext("station", "Grouped"), cluster.number if cluster else ""),
        (pgettext("station", "In a dossier"), item.dossier.number if item else ""),
        (pgettext("station", "Clause"), ""),
    ]
    return [
        {"label": label, "number": number, "state": _state(position, reached)}
        for position, (label, number) in enumerate(steps)
    ]


def _state(position: int, reached: int) -> str:
    if position == reached < CLAUSE_STATION:
        return "present"
    return "done" if position <= reached else "future"


def own_sessions(user: User, today: dt.date, limit: int = 3) -> list[Card]:
    """Return sessions that the person moderates, asked in, or whose department hosts; running and coming ones first.

    Until enrolment exists nothing else ties a person to a session. Those that ended over 60 days ago are left
    out.
    """
    moderates = Activity.objects.filter(session=OuterRef("pk"), moderators=user)
    asked_here = questions_asked_by(user).filter(session=OuterRef("pk"))
    sessions = (
        TrainingSession.objects.filter(status__in=ANNOUNCED, ends_on__gte=today - dt.timedelta(days=60))
        .annotate(moderates=Exists(moderates), asked=Exists(asked_here))
        .filter(Q(moderates=True) | Q(asked=True) | Q(host_department=user.department_id))
        .select_related("host_department")
    )
    current = sorted(
        (session for session in sessions if session.ends_on >= today), key=lambda session: session.starts_on
    )
    past = [session for session in sessions if session.ends_on < today]
    return [_with_part(session_card(session), session) for session in [*current, *past][:limit]]


def _with_part(card: Card, session: TrainingSession) -> Card:
    if session.moderates:
        part = _("I moderate")
    elif session.asked:
        part = _("I asked here")
    else:
        part = _("My department hosts")
    return dataclasses.replace(card, meta=(part, *card.meta))
