"""The chain: a record's way from the session to the clause, readable in both directions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet, Window
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from courses.models import TrainingSession
from inquiry.enums import DossierStatus, QuestionStatus
from inquiry.models import (
    ClusterMembership,
    Dossier,
    DossierClause,
    DossierItem,
    Question,
    QuestionClosure,
    QuestionCluster,
)
from inquiry.selectors.clusters import (
    DepartmentCount,
    counts_by_cluster,
    current_holder,
    current_membership,
    department_counts,
    department_seals,
    ended_memberships,
    members,
    question_count_label,
)
from inquiry.selectors.dossiers import (
    dossiers_of,
    items_of,
    resting_clauses,
    source_clusters,
    source_questions,
)
from inquiry.selectors.presentation import PresentedQuestion, presented_question
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
    """A step of the chain: done, present or future; `current` marks the record whose page this is.

    `is_last` says that nothing follows: a chain that ends there is finished, and has no present station.
    """

    kind: str
    label: str
    number: str = ""
    url: str = ""
    state: str = DONE
    meta: str = ""
    date: dt.date | None = None
    current: bool = False
    is_last: bool = False
    # What it counts, where it stands for several records.
    count: int = 0
    seals: list[dict[str, Department | str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)


def chain_of(
    record: PresentedQuestion | Question | QuestionCluster | Dossier,
    user: User | AnonymousUser,
    items: QuerySet[DossierItem] | None = None,
) -> list[Station]:
    """Return the stations of a record as one reader may see them; the last one reached is the present one.

    In a finished chain every station is done. A question that was presented to the reader is not read again; `items`
    are those that gather it (`items_of`), where they are at hand.
    """
    if isinstance(record, Question):
        record = presented_question(record, user)
    if isinstance(record, PresentedQuestion):
        return _question_chain(record, user, items)
    if isinstance(record, QuestionCluster):
        return cluster_chain(record, user, department_counts(members(current_holder(record))))
    clusters = source_clusters(record)
    questions = source_questions(record, clusters)
    return dossier_chain(record, counts_by_cluster(clusters), questions, clusters=clusters)


def _question_chain(
    presented: PresentedQuestion, user: User | AnonymousUser, items: QuerySet[DossierItem] | None
) -> list[Station]:
    question = presented.question
    refinement, membership = question.current_refinement(), current_membership(question)
    stations = [_origin_station(question), _raised_station(presented)]
    if question.withdrawn_on:
        # A withdrawn question goes no further, so nothing is still to come.
        withdrawn = Station("withdrawn", _("Withdrawn"), date=question.withdrawn_on, is_last=True)
        return _settled([*stations, withdrawn])
    if question.status == QuestionStatus.CLOSED:
        return _settled([*stations, _closed_station(question)])
    if refinement:
        where = f"{question.get_absolute_url()}#refined"
        version = _("version %(version)d") % {"version": refinement.version}
        stations.append(Station("refined", _("Refined"), "", where, meta=version, date=refinement.refined_on))
    else:
        stations.append(Station("refined", _("To be refined"), state=FUTURE))
    if membership:
        stations.append(_membership_station(membership))
    else:
        stations.append(Station("cluster", _("To be grouped"), state=FUTURE))
    stations += _dossier_stations(question, user, items, is_asker=presented.is_asker)
    return _settled(stations)


def _closed_station(question: Question) -> Station:
    closure = question.closures.select_related("duplicate_of").get(reopened_at__isnull=True)
    other = closure.duplicate_of
    return Station(
        "closed",
        pgettext("question", "Closed"),
        other.number if other else "",
        other.get_absolute_url() if other else "",
        meta=closure.get_reason_display(),
        date=timezone.localdate(closure.closed_at),
        is_last=True,
    )


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


def _raised_station(presented: PresentedQuestion) -> Station:
    return Station(
        "question",
        _("%(kind)s raised") % {"kind": presented.kind_label},
        presented.number,
        presented.url,
        meta=presented.byline,
        date=presented.raised_on,
        current=True,
    )


def _cluster_station(cluster: QuestionCluster, counts: Sequence[DepartmentCount]) -> Station:
    return Station(
        "cluster",
        _("Grouped"),
        cluster.number,
        cluster.get_absolute_url(),
        meta=question_count_label(sum(row.count for row in counts)),
        date=cluster.grouped_on,
        seals=department_seals(row.department for row in counts),
    )


def _membership_station(membership: ClusterMembership) -> Station:
    """Return the cluster of a question with its title, and the day on which the question came in."""
    station = _cluster_station(membership.cluster, department_counts(members(membership.cluster)))
    meta = f"{membership.cluster.title} · {station.meta}"
    return replace(station, meta=meta, date=timezone.localtime(membership.since).date())


def _dossier_stations(
    record: Question | QuestionCluster,
    user: User | AnonymousUser,
    items: QuerySet[DossierItem] | None = None,
    *,
    is_asker: bool = False,
) -> list[Station]:
    """Return dossiers and clauses, else what is still to come.

    An asker learns that a dossier is being written with the question, and not which.
    """
    items, stations = items_of(record) if items is None else items, list[Station]()
    dossiers = dossiers_of(record, user, items)
    first_dossiers = list(dossiers[: MAX_DOSSIER_STATIONS + 1])
    if len(first_dossiers) > MAX_DOSSIER_STATIONS:
        return _counted_stations(record, dossiers, items)
    clauses = resting_clauses(first_dossiers, items)
    for dossier in first_dossiers:
        stations += [_dossier_station(dossier), *_clause_stations(dossier, clauses.get(dossier.pk, []))]
    # Readers who are not the asker must not learn that a dossier is in progress.
    if not stations and is_asker and items.exists():
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
    here = record.get_absolute_url()
    unfinished = Count("pk", filter=~Q(status=DossierStatus.FINISHED))
    count, open_count = dossiers.order_by().aggregate(all=Count("pk"), open=unfinished).values()
    words = ngettext("%(count)d dossier", "%(count)d dossiers", count) % {"count": count}
    stations = [Station("dossier", _("In dossiers"), "", f"{here}#dossiers", meta=words, count=count)]
    clauses = DossierClause.objects.filter(
        dossier__in=dossiers.order_by().values("pk"), sources__item__in=items.order_by().values("pk")
    )
    if count := clauses.distinct().count():
        is_last = open_count == 0
        meta = _clause_count_label(count)
        return [*stations, Station("clause", _("Proposed clauses"), meta=meta, is_last=is_last)]
    return [*stations, Station("clause", _("To become a clause"), state=FUTURE)]


def _clause_count_label(count: int) -> str:
    return ngettext("%(count)d clause", "%(count)d clauses", count) % {"count": count}


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


def _clause_stations(dossier: Dossier, resting: Sequence[tuple[str, DossierClause]]) -> list[Station]:
    """Return one station for the clauses of a dossier that rest on a record; several become its links."""
    clauses = [
        {"label": ordinal, "url": clause.get_absolute_url(), "heading": clause.heading}
        for ordinal, clause in resting
    ]
    if not clauses:
        return []
    several = Station(
        "clause",
        _("Proposed clauses"),
        url=f"{dossier.get_absolute_url()}#clauses",
        is_last=dossier.status == DossierStatus.FINISHED,
    )
    if len(clauses) > MAX_CLAUSE_LINKS:
        return [replace(several, meta=_clause_count_label(len(clauses)))]
    if len(clauses) > 1:
        return [replace(several, links=clauses)]
    (clause,) = clauses
    single = replace(several, label=_("Proposed clause"), number=clause["label"], meta=clause["heading"])
    return [replace(single, url=clause["url"])]


def cluster_chain(
    cluster: QuestionCluster,
    user: User | AnonymousUser,
    counts: Sequence[DepartmentCount],
    items: QuerySet[DossierItem] | None = None,
) -> list[Station]:
    """Return the stations of a cluster; `counts` are those of its questions, or of its holder's."""
    # An absorbed cluster has no members of its own.
    holder = current_holder(cluster)
    here = f"{holder.get_absolute_url()}#questions"
    grouped = replace(_cluster_station(holder, counts), current=True)
    sources = _source_stations(members(holder), sum(row.count for row in counts), here)
    return _settled([*sources, grouped, *_dossier_stations(holder, user, items)])


def dossier_chain(
    dossier: Dossier,
    counts: Mapping[int, Sequence[DepartmentCount]],
    questions: QuerySet[Question],
    *,
    clusters: Sequence[QuestionCluster],
    questions_count: int | None = None,
    clauses_count: int | None = None,
) -> list[Station]:
    """Return the stations of a dossier; `clusters` with their `counts` and `questions` are its sources."""
    here = dossier.get_absolute_url()
    number = questions.count() if questions_count is None else questions_count
    stations = _source_stations(questions, number, f"{here}#annex")
    stations += _gathered_stations(clusters, counts, f"{here}#sources")
    stations.append(replace(_dossier_station(dossier), current=True, meta=dossier.get_status_display()))
    count = dossier.clauses.count() if clauses_count is None else clauses_count
    if count:
        where = f"{here}#clauses"
        is_last = dossier.status == DossierStatus.FINISHED
        meta = _clause_count_label(count)
        stations.append(Station("clause", _("Proposed wording"), "", where, meta=meta, is_last=is_last))
    else:
        stations.append(Station("clause", _("To become a clause"), state=FUTURE))
    return _settled(stations)


def _gathered_stations(
    clusters: Sequence[QuestionCluster], counts: Mapping[int, Sequence[DepartmentCount]], here: str
) -> list[Station]:
    """Return the clusters that a dossier gathers; many are only counted."""
    if len(clusters) > MAX_CLUSTER_STATIONS:
        count = {"count": len(clusters)}
        words = ngettext("%(count)d cluster", "%(count)d clusters", len(clusters)) % count
        return [Station("cluster", _("Grouped"), "", here, meta=words)]
    return [
        replace(_cluster_station(cluster, counts[cluster.pk]), meta=cluster.title) for cluster in clusters
    ]


def _source_stations(questions: QuerySet[Question], count: int, here: str) -> list[Station]:
    """Return the sessions and questions that a group goes back to; more than three sessions are only counted."""
    ids = questions.order_by().filter(session__isnull=False).values("session")
    sessions = TrainingSession.objects.filter(pk__in=ids).select_related("host_department").order_by("number")
    # Their number comes with the first ones.
    first = list(sessions.annotate(total=Window(Count("pk")))[: MAX_SESSION_STATIONS + 1])
    if len(first) > MAX_SESSION_STATIONS:
        many = first[0].total
        words = ngettext("%(count)d session", "%(count)d sessions", many) % {"count": many}
        stations = [Station("session", _("Training sessions"), "", here, meta=words)]
    else:
        stations = [_session_station(session) for session in first]
    if count:
        stations.append(
            Station("question", _("Questions raised"), "", here, meta=question_count_label(count))
        )
    return stations


def _settled(stations: list[Station]) -> list[Station]:
    """Leave out steps that were skipped, and make the last step reached the present one; a finished chain has none."""
    # The first station of every chain is done, so there is always a last one.
    last = max(index for index, station in enumerate(stations) if station.state == DONE)
    reached = [station for station in stations[:last] if station.state == DONE]
    end = stations[last] if stations[last].is_last else replace(stations[last], state=PRESENT)
    return [*reached, end, *stations[last + 1 :]]


@dataclass(frozen=True)
class TimelineEvent:
    """Something that happened to a question before it came where it is."""

    at: dt.datetime | dt.date
    title: str
    text: str = ""
    url: str = ""


def earlier_steps(question: Question) -> list[TimelineEvent]:
    """Return the steps of a question that its chain does not name, the earliest first.

    They are earlier restated forms, and clusters that it was in.
    """
    events = [
        TimelineEvent(
            refinement.refined_on,
            _("Refined, version %(version)d") % {"version": refinement.version},
            # Earlier titles may name the person for whose sake the question was marked.
            "" if question.names_real else refinement.title,
        )
        for refinement in question.refinements.all()
        if not refinement.is_current and refinement.undone_at is None
    ]
    for row in ended_memberships(question):
        number, cluster = {"number": row.cluster.number}, row.cluster
        came_in = _("Put in cluster %(number)s") % number
        events.append(TimelineEvent(row.since, came_in, cluster.title, cluster.get_absolute_url()))
        # The membership has ended, or the query would have left it out.
        assert row.until
        events.append(TimelineEvent(row.until, _("Left cluster %(number)s") % number, row.end_reason))
    # The page of a question knows whether there are any (`with_page_data`).
    events += _closing_events(question) if getattr(question, "has_closures", True) else []
    return sorted(events, key=lambda event: _day(event.at))


def _closing_events(question: Question) -> list[TimelineEvent]:
    """Return closings that were taken back, and the questions that were closed as asking the same."""
    events: list[TimelineEvent] = []
    reopened, duplicates = (
        Q(question=question, reopened_at__isnull=False),
        Q(duplicate_of=question, reopened_at=None),
    )
    rows = QuestionClosure.objects.filter(reopened | duplicates)
    for closure in rows.select_related("question", "duplicate_of").defer("reply"):
        if closure.question_id != question.pk:
            events.append(_duplicate_event(closure))
            continue
        other = closure.duplicate_of
        colon = pgettext("between label and text", ": ")
        reason = closure.get_reason_display() + (f"{colon}{other.number}" if other else "")
        url = other.get_absolute_url() if other else ""
        events.append(TimelineEvent(closure.closed_at, pgettext("question", "Closed"), reason, url))
        # It was opened again, or the query would have left it out.
        assert closure.reopened_at
        events.append(TimelineEvent(closure.reopened_at, _("Opened again")))
    return events


def _duplicate_event(closure: QuestionClosure) -> TimelineEvent:
    number = {"number": closure.question.number}
    title = _("%(number)s was closed as asking the same") % number
    return TimelineEvent(closure.closed_at, title, url=closure.question.get_absolute_url())


def _day(value: dt.datetime | dt.date) -> dt.date:
    # Some events carry the minute and others the day alone; they sort by the day, in the order of the list.
    return timezone.localdate(value) if isinstance(value, dt.datetime) else value
