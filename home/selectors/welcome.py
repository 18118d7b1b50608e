"""The content of the front page for visitors: all of it is open to everybody."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db.models import Count, Max, Prefetch
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from casebank.models import CaseSection, TypicalCase
from courses.enums import ANNOUNCED, FINISHED, SessionMode, SessionStatus
from courses.models import TrainingSession
from norms.models import NormativeDocument
from portal.foundation import dates

STATUS_TONES: dict[str, str] = {
    SessionStatus.OPEN: "brand",
    SessionStatus.RUNNING: "ok",
    SessionStatus.COUNTERSIGNED: "brand",
}


@dataclasses.dataclass(frozen=True)
class Card:
    """A record as `components/card_link.html` and `record_row.html` show it."""

    title: str
    url: str
    number: str = ""
    text: str = ""
    tags: tuple[dict, ...] = ()
    meta: tuple[str, ...] = ()
    seals: tuple[dict, ...] = ()


@dataclasses.dataclass(frozen=True)
class SessionGroup:
    """Sessions under a heading that says when they are: running, coming, or past."""

    title: str
    cards: list[Card]


@dataclasses.dataclass(frozen=True)
class Welcome:
    session_groups: list[SessionGroup]
    cases: list[Card]
    laws: list[Card]


def session_card(session: TrainingSession) -> Card:
    mode = "" if session.mode == SessionMode.ON_SITE else session.get_mode_display()
    meta = (dates.day_range(session.starts_on, session.ends_on), session.place, mode)
    tag = {"label": session.get_status_display(), "tone": STATUS_TONES.get(session.status, "neutral")}
    return Card(
        title=session.theme_here,
        url=session.get_absolute_url(),
        number=session.number,
        tags=(tag,),
        meta=tuple(part for part in meta if part),
        seals=({"department": session.host_department, "state": "part"},),
    )


def session_groups(today: dt.date, limit: int = 3) -> list[SessionGroup]:
    """Return announced sessions by when they are, soonest first; the last ones where none is running or to come."""
    announced = TrainingSession.objects.filter(status__in=ANNOUNCED).select_related("host_department")
    unfinished = announced.exclude(status__in=FINISHED).filter(ends_on__gte=today).order_by("starts_on")
    running = list(unfinished.filter(starts_on__lte=today)[:limit])
    coming = list(unfinished.filter(starts_on__gt=today)[:limit])
    past = [] if running or coming else list(announced[:limit])
    groups = [(_("Running now"), running), (_("Coming sessions"), coming), (_("Latest sessions"), past)]
    return [
        SessionGroup(title, [session_card(session) for session in sessions])
        for title, sessions in groups
        if sessions
    ]


def coming_cards(today: dt.date, *, limit: int) -> list[Card]:
    """Return cards of the next announced sessions that have not begun."""
    announced = TrainingSession.objects.filter(status__in=ANNOUNCED).exclude(status__in=FINISHED)
    coming = announced.filter(starts_on__gt=today).order_by("starts_on")
    return [session_card(session) for session in coming.select_related("host_department")[:limit]]


def _first_words(case: TypicalCase) -> str:
    sections = case.sections.all()
    return Truncator(sections[0].body).chars(90) if sections else ""


def case_cards(featured_id: int | None, limit: int = 3) -> list[Card]:
    sections = CaseSection.objects.order_by("sort_order")
    cases = (
        TypicalCase.objects.published()
        .select_related("kind", "department")
        .prefetch_related(Prefetch("sections", sections))
        .order_by("-first_published_at", "-number")
    )
    featured = list(cases.filter(pk=featured_id)) if featured_id else []
    unfeatured = cases.exclude(pk=featured_id) if featured_id else cases
    chosen = [*featured, *unfeatured[: limit - len(featured)]]
    return [
        Card(
            title=case.title_here,
            url=case.get_absolute_url(),
            number=case.number,
            text=_first_words(case),
            tags=({"label": str(case.kind), "tone": "brand"},),
            seals=({"department": case.department, "state": "part"},) if case.department else (),
        )
        for case in chosen
    ]


def law_cards(limit: int = 6) -> list[Card]:
    """Return cards of the documents whose text was imported, those with the newest version first."""
    documents = (
        NormativeDocument.objects.annotate(
            versions_count=Count("versions", distinct=True), latest=Max("versions__promulgated_on")
        )
        .filter(versions_count__gt=0)
        .order_by("-latest", "title")[:limit]
    )
    return [_law_card(document) for document in documents]


def _law_card(document: NormativeDocument) -> Card:
    meta = []
    if document.latest:
        meta.append(dates.day(document.latest))
    if document.versions_count > 1:
        meta.append(_("%(count)d versions") % {"count": document.versions_count})
    sample = ({"label": _("Sample"), "tone": "neutral"},) if document.is_sample else ()
    return Card(
        title=document.title,
        url=document.get_absolute_url(),
        tags=({"label": document.get_kind_display(), "tone": "brand"}, *sample),
        meta=tuple(meta),
    )


def welcome(*, featured_case_id: int | None, today: dt.date) -> Welcome:
    return Welcome(
        session_groups=session_groups(today),
        cases=case_cards(featured_case_id),
        laws=law_cards(),
    )
