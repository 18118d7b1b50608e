"""The chain: a record's way from the session to the clause, readable in both directions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import TrainingSession
from inquiry.enums import DossierStatus
from inquiry.models import Dossier, DossierItem, Question, QuestionCluster
from inquiry.rules import can_view_dossier
from inquiry.selectors.clusters import current_cluster, members, present_holder
from inquiry.selectors.dossiers import dossiers_of, gathered, items_of, source_questions, used_in
from inquiry.selectors.identities import is_asker, names_given
from inquiry.selectors.shown import byline
from portal.org.models import Department, User

DONE, PRESENT, FUTURE = "done", "present", "future"


@dataclass(frozen=True)
class Station:
    """A step of the chain; `current` marks the record whose page this is."""

    kind: str
    label: str
    number: str = ""
    url: str = ""
    state: str = DONE
    meta: str = ""
    date: dt.date | None = None
    current: bool = False
    seals: list[dict[str, Department | str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)


def chain_of(record: Question | QuestionCluster | Dossier, user: User | AnonymousUser) -> list[Station]:
    """The stations of a record as one reader may see them; the last one reached is the present one."""
    if isinstance(record, Question):
        return _question_chain(record, user)
    if isinstance(record, QuestionCluster):
        return _cluster_chain(record, user)
    return _dossier_chain(record, user)


def _question_chain(question: Question, user: User | AnonymousUser) -> list[Station]:
    refinement, cluster = question.current_refinement(), current_cluster(question)
    stations = [_origin(question), _raised(question)]
    if question.withdrawn_on:
        withdrawn = Station("withdrawn", _("Withdrawn"), date=question.withdrawn_on)
        return _settled([*stations, withdrawn])
    if refinement:
        where = f"{question.get_absolute_url()}#refined"
        version = _("version %(version)d") % {"version": refinement.version}
        stations.append(Station("refined", _("Refined"), "", where, meta=version, date=refinement.refined_on))
    else:
        stations.append(Station("refined", _("To be refined"), state=FUTURE))
    if cluster:
        stations.append(_grouped(cluster))
    else:
        stations.append(Station("cluster", _("To be grouped"), state=FUTURE))
    stations += _dossier_stations(question, user)
    return _settled(stations)


def _origin(question: Question) -> Station:
    session = question.session
    if session:
        return _session(session)
    return Station("source", question.get_origin_display(), date=question.raised_on)


def _session(session: TrainingSession) -> Station:
    return Station(
        "session",
        _("Training session"),
        session.number,
        session.get_absolute_url(),
        meta=session.theme_here,
        date=session.starts_on,
        seals=[{"department": session.host_department, "state": "part"}],
    )


def _raised(question: Question) -> Station:
    name = names_given([question]).get(question.pk, "")
    return Station(
        "question",
        _("%(kind)s raised") % {"kind": question.get_kind_display()},
        question.number,
        question.get_absolute_url(),
        meta=byline(question, name),
        date=question.raised_on,
        current=True,
    )


def _grouped(cluster: QuestionCluster) -> Station:
    questions = list(members(cluster))
    return Station(
        "cluster",
        _("Grouped"),
        cluster.number,
        cluster.get_absolute_url(),
        meta=_questions_count(len(questions)),
        date=cluster.grouped_on,
        seals=_seals(questions),
    )


def _dossier_stations(record: Question | QuestionCluster, user: User | AnonymousUser) -> list[Station]:
    """Dossiers and clauses, else what is still to come; an asker learns that one is being written, not which."""
    items, stations = items_of(record), []
    for dossier in dossiers_of(record, user):
        stations += [_dossier(dossier), *_clause_stations(dossier, items)]
    if not stations and isinstance(record, Question) and _is_being_written_for(record, items, user):
        stations = [Station("dossier", _("In a dossier that is being written"))]
    if not any(station.kind == "dossier" for station in stations):
        stations.append(Station("dossier", _("To be put in a dossier"), state=FUTURE))
    if not any(station.kind == "clause" for station in stations):
        stations.append(Station("clause", _("To become a clause"), state=FUTURE))
    return stations


def _is_being_written_for(
    question: Question, items: Iterable[DossierItem], user: User | AnonymousUser
) -> bool:
    return bool(items) and is_asker(user, question)


def _dossier(dossier: Dossier) -> Station:
    finished = dossier.status == DossierStatus.FINISHED
    return Station(
        "dossier",
        _("In a dossier"),
        dossier.number,
        dossier.get_absolute_url(),
        meta=dossier.title if finished else _("%(title)s (in progress)") % {"title": dossier.title},
        date=dossier.finished_on or dossier.opened_on,
    )


def _clause_stations(dossier: Dossier, items: QuerySet[DossierItem]) -> list[Station]:
    """One station for the clauses of a dossier that rest on a record: several are links of it."""
    here = dossier.get_absolute_url()
    clauses = [
        {"label": ordinal, "url": f"{here}#clause-{clause.pk}", "heading": clause.heading}
        for ordinal, clause in used_in(dossier, items)
    ]
    if len(clauses) > 1:
        return [Station("clause", _("Proposed clauses"), url=f"{here}#clauses", links=clauses)]
    return [
        Station("clause", _("Proposed clause"), clause["label"], clause["url"], meta=clause["heading"])
        for clause in clauses
    ]


def _cluster_chain(cluster: QuestionCluster, user: User | AnonymousUser) -> list[Station]:
    holder = present_holder(cluster)
    questions = list(members(holder))
    here = f"{holder.get_absolute_url()}#questions"
    grouped = replace(_grouped(holder), current=True)
    stations = [*_sources(questions, here), grouped, *_dossier_stations(holder, user)]
    return _settled(stations)


def _dossier_chain(dossier: Dossier, user: User | AnonymousUser) -> list[Station]:
    questions = source_questions(dossier)
    here = dossier.get_absolute_url()
    stations = _sources(questions, f"{here}#annex")
    clusters = {present_holder(item.cluster) for item in gathered(dossier) if item.cluster}
    stations += [
        replace(_grouped(each), meta=each.title) for each in sorted(clusters, key=lambda each: each.number)
    ]
    stations.append(replace(_dossier(dossier), current=True, meta=dossier.get_status_display()))
    count = dossier.clauses.count()
    if count:
        words = ngettext("%(count)d clause", "%(count)d clauses", count) % {"count": count}
        stations.append(Station("clause", _("Proposed wording"), "", f"{here}#clauses", meta=words))
    else:
        stations.append(Station("clause", _("To become a clause"), state=FUTURE))
    return _settled(stations)


def _sources(questions: list[Question], here: str) -> list[Station]:
    """Sessions and questions that a group goes back to: each session by name up to three, then counted."""
    sessions = sorted({each.session for each in questions if each.session}, key=lambda each: each.number)
    stations = [_session(session) for session in sessions[:3]]
    if len(sessions) > 3:
        words = ngettext("%(count)d session", "%(count)d sessions", len(sessions)) % {"count": len(sessions)}
        stations = [Station("session", _("Training sessions"), "", here, meta=words)]
    if questions:
        stations.append(
            Station("question", _("Questions raised"), "", here, meta=_questions_count(len(questions)))
        )
    return stations


def _questions_count(count: int) -> str:
    return ngettext("%(count)d question", "%(count)d questions", count) % {"count": count}


def _seals(questions: Iterable[Question]) -> list[dict[str, Department | str]]:
    departments = {each.department for each in questions if each.department}
    ordered = sorted(departments, key=lambda each: (each.sort_order, each.pk))
    return [{"department": each, "state": "part"} for each in ordered]


def _settled(stations: list[Station]) -> list[Station]:
    """Steps that were skipped are left out, and the last step reached becomes the present one."""
    last = max(place for place, station in enumerate(stations) if station.state == DONE)
    kept = [station for place, station in enumerate(stations) if station.state == DONE or place > last]
    present = stations[last]
    return [replace(each, state=PRESENT) if each is present else each for each in kept]


@dataclass(frozen=True)
class Event:
    """Something that happened to a question."""

    at: dt.datetime | dt.date
    title: str
    text: str = ""
    url: str = ""


def timeline(question: Question, user: User | AnonymousUser) -> list[Event]:
    """What happened to a question, the first first; dossiers only as far as the reader may see them."""
    events = [Event(question.raised_on, _("%(kind)s raised") % {"kind": question.get_kind_display()})]
    events += [Event(each.appended_on, _("Correction appended")) for each in question.corrections.all()]
    events += [
        Event(
            each.refined_on,
            _("Refined, version %(version)d") % {"version": each.version},
            each.title if each.is_current or not question.names_real else "",
        )
        for each in question.refinements.all()
    ]
    events += _membership_events(question)
    for item in items_of(question).select_related("dossier"):
        if can_view_dossier(user, item.dossier):
            title = _("Put in dossier %(number)s") % {"number": item.dossier.number}
            events.append(Event(item.added_at, title, item.dossier.title, item.dossier.get_absolute_url()))
    if question.withdrawn_on:
        events.append(Event(question.withdrawn_on, _("Withdrawn by the asker")))
    return sorted(events, key=lambda event: _day(event.at))


def _membership_events(question: Question) -> list[Event]:
    events: list[Event] = []
    rows = question.memberships.select_related("cluster")
    for row in rows:
        number = {"number": row.cluster.number}
        events.append(
            Event(
                row.since,
                _("Put in cluster %(number)s") % number,
                row.cluster.title,
                row.cluster.get_absolute_url(),
            )
        )
        if row.until:
            events.append(Event(row.until, _("Left cluster %(number)s") % number, row.end_reason))
    return events


def _day(value: dt.datetime | dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value
