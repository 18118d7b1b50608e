"""The questions and sessions of a person, with how far each question has come."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils.translation import gettext as _

from courses.enums import ANNOUNCED
from courses.models import Activity, TrainingSession
from home.selectors.welcome import Card, session_card
from inquiry.selectors import (
    PresentedQuestion,
    ShortChain,
    own_questions_grouped,
    own_questions_in_dossiers,
    presented_own_questions,
    questions_asked_by,
    short_chains,
)
from portal.foundation import dates
from portal.foundation.counting import count_each
from portal.org.models import User


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
    """Numbers of a person's questions as many as the lists of them show; each step counts those beyond it too."""

    raised: int
    grouped: int
    in_dossier: int


def own_counts(user: User) -> OwnCounts:
    lists = {
        "raised": questions_asked_by(user),
        "grouped": own_questions_grouped(user),
        "in_dossier": own_questions_in_dossiers(user),
    }
    return OwnCounts(**count_each(lists))


def own_questions(user: User, limit: int = 5) -> list[OwnQuestion]:
    """Return the newest of a person's questions, with a constant number of queries."""
    presented = presented_own_questions(questions_asked_by(user)[:limit], user)
    chains = short_chains(presented)
    return [_own(question, chains[question.question.pk]) for question in presented]


def _own(question: PresentedQuestion, chain: ShortChain) -> OwnQuestion:
    meta = [question.session.theme_here] if question.session else []
    return OwnQuestion(
        number=question.number,
        title=question.title,
        url=question.url,
        tags=[{"label": chain.label, "tone": question.status_tone}],
        meta=[*meta, dates.day(question.raised_on)],
        chain=chain.stations,
    )


def own_sessions(user: User, today: dt.date, limit: int = 3) -> list[Card]:
    """Return sessions that the person moderates, asked in, or whose department hosts; running and coming ones first.

    Until enrolment exists nothing else ties a person to a session. Those that ended over 60 days ago are left
    out.
    """
    moderates = Activity.objects.filter(session=OuterRef("pk"), moderators=user)
    # Not asked of each session, which would read all questions of each: a person has few.
    asked_in = questions_asked_by(user).order_by().filter(session__isnull=False).values("session")
    recent = (
        TrainingSession.objects.filter(status__in=ANNOUNCED, ends_on__gte=today - dt.timedelta(days=60))
        .annotate(moderates=Exists(moderates), asked=ExpressionWrapper(Q(pk__in=asked_in), BooleanField()))
        .select_related("host_department")
    )
    # Few sessions lie within these days: the database is not asked a second time for what it has said of each.
    sessions = [
        row for row in recent if row.moderates or row.asked or row.host_department_id == user.department_id
    ]
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
