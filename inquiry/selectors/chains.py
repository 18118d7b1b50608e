"""The chain: a record's way from the session to the clause, readable in both directions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import TrainingSession
from inquiry.enums import DossierStatus
from inquiry.models import Dossier, DossierClause, DossierItem, Question, QuestionCluster
from inquiry.rules import can_view_dossier
from inquiry.selectors.clusters import (
    current_cluster,
    current_holder,
    department_counts,
    department_seals,
    members,
    question_count_label,
)
from inquiry.selectors.dossiers import (
    clauses_resting_on,
    dossiers_of,
    items_of,
    source_clusters,
    source_questions,
)
from inquiry.selectors.identities import asker_names, is_asker
from inquiry.selectors.presentation import byline
from portal.org.models import Department, User

DONE, PRESENT, FUTURE = "done", "present", "future"
# A phone shows a chain of six to eight stations; further sessions are counted in one.
MAX_SESSION_STATIONS = 3
# Many more are counted in one station; the page lists them below.
MAX_DOSSIER_STATIONS = 5
MAX_CLUSTER_STATIONS = 8
MAX_CLAUSE_LINKS = 20


@dataclass(frozen=True)
class Station:
    """A step of the chain: done, present or future; `current` marks the record whose page this is."""

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
    """Return the stations of a record as one reader may see them; the last one reached is the present one."""
    if isinstance(record, Question):
        return _question_chain(record, user)
    if isinstance(record, QuestionCluster):
        return _cluster_chain(record, user)
    return _dossier_chain(record, user)


def _question_chain(question: Question, user: User | AnonymousUser) -> list[Station]:
    refinement, cluster = question.current_refinement(), current_cluster(question)
    stations = [_origin_station(question), _raised_station(question)]
    if question.withdrawn_on:
        # A withdrawn question goes no further, so nothing is still to come.
        withdrawn = Station("withdrawn", _("Withdrawn"), date=question.withdrawn_on)
        return _settled([*stations, withdrawn])
    if refinement:
        where = f"{question.get_absolute_url()}#refined"
        version = _("version %(version)d") % {"version": refinement.version}
        stations.append(Station("refined", _("Refined"), "", where, meta=version, date=refinement.refined_on))
    else:
        stations.append(Station("refined", _("To be refined"), state=FUTURE))
    if cluster:
        stations.append(_cluster_station(cluster))
    else:
        stations.append(Station("cluster", _("To be grouped"), state=FUTURE))
    stations += _dossier_stations(question, user)
    return _settled(stations)


def _origin_station(question: Question) -> Station:
    session = question.session
    if session:
        return _session_station(session)
    return Station("source", question.get_origin_display(), date=question.raised_on)


def _session_station(session: TrainingSession) -> Station:
    return Station(
        "session",
        _("Training session"),
        session.number,
        session.get_absolute_url(),
        meta=session.theme_here,
        date=session.starts_on,
        seals=[{"department": session.host_department, "state": "part"}],
    )


def _raised_station(question: Question) -> Station:
    name = asker_names([question]).get(question.pk, "")
    return Station(
        "question",
        _("%(kind)s raised") % {"kind": question.get_kind_display()},
        question.number,
        question.get_absolute_url(),
        meta=byline(question, name),
        date=question.raised_on,
        current=True,
    )


def _cluster_station(cluster: QuestionCluster) -> Station:
    questions = members(cluster)
    departments = [row.department for row in department_counts(questions)]
    return Station(
        "cluster",
        _("Grouped"),
        cluster.number,
        cluster.get_absolute_url(),
        meta=question_count_label(questions.count()),
        date=cluster.grouped_on,
        seals=department_seals(departments),
    )


def _dossier_stations(record: Question | QuestionCluster, user: User | AnonymousUser) -> list[Station]:
    """Return dossiers and clauses, else what is still to come.

    An asker learns that a dossier is being written with the question, and not which.
    """
    items, dossiers, stations = items_of(record), dossiers_of(record, user), []
    first_dossiers = list(dossiers[: MAX_DOSSIER_STATIONS + 1])
    if len(first_dossiers) > MAX_DOSSIER_STATIONS:
        return _counted_stations(record, dossiers, items)
    for dossier in first_dossiers:
        stations += [_dossier_station(dossier), *_clause_stations(dossier, items)]
    # Readers who are not the asker must not learn that a dossier is in progress.
    if not stations and isinstance(record, Question) and _is_being_written_for(record, items, user):
        stations = [Station("dossier", _("In a dossier that is being written"))]
    if not any(station.kind == "dossier" for station in stations):
        stations.append(Station("dossier", _("To be put in a dossier"), state=FUTURE))
    if not any(station.kind == "clause" for station in stations):
        stations.append(Station("clause", _("To become a clause"), state=FUTURE))
    return stations


def _counted_stations(
    record: Question | QuestionCluster, dossiers: QuerySet[Dossier], items: QuerySet[DossierItem]
) -> list[Station]:
    """Return one station for many dossiers, and one for the clauses that rest on the record in them."""
    here, count = record.get_absolute_url(), dossiers.count()
    words = ngettext("%(count)d dossier", "%(count)d dossiers", count) % {"count": count}
    stations = [Station("dossier", _("In dossiers"), "", f"{here}#dossiers", meta=words)]
    clauses = DossierClause.objects.filter(
        dossier__in=dossiers.order_by().values("pk"), sources__item__in=items.order_by().values("pk")
    )
    if count := clauses.distinct().count():
        return [*stations, Station("clause", _("Proposed clauses"), meta=_clause_count_label(count))]
    return [*stations, Station("clause", _("To become a clause"), state=FUTURE)]


def _clause_count_label(count: int) -> str:
    return ngettext("%(count)d clause", "%(count)d clauses", count) % {"count": count}


def _is_being_written_for(
    question: Question, items: Iterable[DossierItem], user: User | AnonymousUser
) -> bool:
    return bool(items) and is_asker(user, question)


def _dossier_station(dossier: Dossier) -> Station:
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
    """Return one station for the clauses of a dossier that rest on a record; several become its links."""
    clauses = [
        {"label": ordinal, "url": clause.get_absolute_url(), "heading": clause.heading}
        for ordinal, clause in clauses_resting_on(dossier, items)
    ]
    here = f"{dossier.get_absolute_url()}#clauses"
    if len(clauses) > MAX_CLAUSE_LINKS:
        return [Station("clause", _("Proposed clauses"), url=here, meta=_clause_count_label(len(clauses)))]
    if len(clauses) > 1:
        return [Station("clause", _("Proposed clauses"), url=here, links=clauses)]
    return [
        Station("clause", _("Proposed clause"), clause["label"], clause["url"], meta=clause["heading"])
        for clause in clauses
    ]


def _cluster_chain(cluster: QuestionCluster, user: User | AnonymousUser) -> list[Station]:
    # An absorbed cluster has no members of its own.
    holder = current_holder(cluster)
    questions = members(holder)
    here = f"{holder.get_absolute_url()}#questions"
    grouped = replace(_cluster_station(holder), current=True)
    stations = [*_source_stations(questions, here), grouped, *_dossier_stations(holder, user)]
    return _settled(stations)


def _dossier_chain(dossier: Dossier, user: User | AnonymousUser) -> list[Station]:
    questions = source_questions(dossier)
    here = dossier.get_absolute_url()
    stations = _source_stations(questions, f"{here}#annex")
    stations += _gathered_stations(source_clusters(dossier), f"{here}#sources")
    stations.append(replace(_dossier_station(dossier), current=True, meta=dossier.get_status_display()))
    count = dossier.clauses.count()
    if count:
        where = f"{here}#clauses"
        stations.append(Station("clause", _("Proposed wording"), "", where, meta=_clause_count_label(count)))
    else:
        stations.append(Station("clause", _("To become a clause"), state=FUTURE))
    return _settled(stations)


def _gathered_stations(clusters: list[QuestionCluster], here: str) -> list[Station]:
    """Return the clusters that a dossier gathers; many are only counted."""
    if len(clusters) > MAX_CLUSTER_STATIONS:
        count = {"count": len(clusters)}
        words = ngettext("%(count)d cluster", "%(count)d clusters", len(clusters)) % count
        return [Station("cluster", _("Grouped"), "", here, meta=words)]
    return [replace(_cluster_station(cluster), meta=cluster.title) for cluster in clusters]


def _source_stations(questions: QuerySet[Question], here: str) -> list[Station]:
    """Return the sessions and questions that a group goes back to; more than three sessions are only counted."""
    ids = questions.order_by().filter(session__isnull=False).values("session")
    sessions = TrainingSession.objects.filter(pk__in=ids).select_related("host_department")
    count = sessions.count()
    if count > MAX_SESSION_STATIONS:
        words = ngettext("%(count)d session", "%(count)d sessions", count) % {"count": count}
        stations = [Station("session", _("Training sessions"), "", here, meta=words)]
    else:
        stations = [_session_station(session) for session in sessions.order_by("number")]
    if count := questions.count():
        stations.append(
            Station("question", _("Questions raised"), "", here, meta=question_count_label(count))
        )
    return stations


def _settled(stations: list[Station]) -> list[Station]:
    """Leave out steps that were skipped, and make the last step reached the present one."""
    # The first station of every chain is done, so there is always a last one.
    last = max(index for index, station in enumerate(stations) if station.state == DONE)
    reached = [station for station in stations[:last] if station.state == DONE]
    return [*reached, replace(stations[last], state=PRESENT), *stations[last + 1 :]]


@dataclass(frozen=True)
class TimelineEvent:
    """Something that happened to a question."""

    at: dt.datetime | dt.date
    title: str
    text: str = ""
    url: str = ""


def timeline(question: Question, user: User | AnonymousUser) -> list[TimelineEvent]:
    """Return what happened to a question, the earliest first; dossiers as far as the reader may see them."""
    events = [TimelineEvent(question.raised_on, _("%(kind)s raised") % {"kind": question.get_kind_display()})]
    events += [
        TimelineEvent(correction.appended_on, _("Correction appended"))
        for correction in question.corrections.defer("text")
    ]
    events += [
        TimelineEvent(
            refinement.refined_on,
            _("Refined, version %(version)d") % {"version": refinement.version},
            # Earlier titles may name the person for whose sake the question was marked.
            refinement.title if refinement.is_current or not question.names_real else "",
        )
        for refinement in question.refinements.defer("text")
    ]
    events += _grouping_events(question)
    for item in items_of(question).select_related("dossier"):
        if can_view_dossier(user, item.dossier):
            title = _("Put in dossier %(number)s") % {"number": item.dossier.number}
            events.append(
                TimelineEvent(item.added_at, title, item.dossier.title, item.dossier.get_absolute_url())
            )
    if question.withdrawn_on:
        events.append(TimelineEvent(question.withdrawn_on, _("Withdrawn by the asker")))
    return sorted(events, key=lambda event: _day(event.at))


def _grouping_events(question: Question) -> list[TimelineEvent]:
    events: list[TimelineEvent] = []
    rows = question.memberships.select_related("cluster")
    for row in rows:
        number = {"number": row.cluster.number}
        events.append(
            TimelineEvent(
                row.since,
                _("Put in cluster %(number)s") % number,
                row.cluster.title,
                row.cluster.get_absolute_url(),
            )
        )
        if row.until:
            events.append(TimelineEvent(row.until, _("Left cluster %(number)s") % number, row.end_reason))
    return events


def _day(value: dt.datetime | dt.date) -> dt.date:
    # Some events carry the minute and others the day alone; they sort by the day, in the order of the list.
    return timezone.localdate(value) if isinstance(value, dt.datetime) else value
