"""Reads of clusters: who is in one, where an absorbed one went, what happened to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from inquiry.models import ClusterMembership, ClusterMerge, Question, QuestionCluster
from portal.org.models import Department, User


def current_cluster(question: Question) -> QuestionCluster | None:
    membership = (
        ClusterMembership.objects.filter(question=question, until__isnull=True)
        .select_related("cluster")
        .first()
    )
    return membership.cluster if membership else None


def present_holder(cluster: QuestionCluster) -> QuestionCluster:
    """The open cluster that a number leads to: itself, or the last in its chain of merges."""
    return chain_of_holders(cluster)[-1]


def chain_of_holders(cluster: QuestionCluster) -> list[QuestionCluster]:
    """The cluster, the one it was merged into, the one that was merged into, and so on."""
    chain = [cluster]
    while chain[-1].merged_into and chain[-1].merged_into not in chain:
        chain.append(chain[-1].merged_into)
    return chain


def with_absorbed(cluster_id: int) -> set[int]:
    """A cluster and every one that was merged into it, over any number of steps."""
    found, fresh = {cluster_id}, [cluster_id]
    while fresh:
        fresh = list(
            QuestionCluster.objects.filter(merged_into__in=fresh)
            .exclude(pk__in=found)
            .values_list("pk", flat=True)
        )
        found.update(fresh)
    return found


def members(cluster: QuestionCluster) -> QuerySet[Question]:
    """The questions that are in a cluster now, in the order in which they were raised."""
    return (
        Question.objects.filter(memberships__cluster=cluster, memberships__until__isnull=True)
        .select_related("session", "department", "office")
        .order_by("raised_on", "number")
    )


def members_counted(clusters: QuerySet[QuestionCluster]) -> QuerySet[Any]:
    """Clusters with `questions_count`, their present members."""
    return clusters.annotate(questions_count=Count("memberships", filter=Q(memberships__until__isnull=True)))


def undoable_merges(cluster: QuestionCluster) -> list[ClusterMerge]:
    """Standing merges that this cluster received itself, the latest first."""
    return list(
        cluster.merges_received.filter(undone_at__isnull=True).select_related("absorbed", "merged_by")
    )


@dataclass(frozen=True)
class HistoryEvent:
    """Something that happened to a cluster; `kind` is added, removed, merged, absorbed or parted."""

    at: dt.datetime
    kind: str
    text: str
    actor: User | None
    reason: str
    question: Question | None = None
    merge: ClusterMerge | None = None


def cluster_history(cluster: QuestionCluster) -> list[HistoryEvent]:
    """Every change of a cluster's membership and its merges, the latest first."""
    events = [*_membership_events(cluster), *_merge_events(cluster)]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _membership_events(cluster: QuestionCluster) -> Iterable[HistoryEvent]:
    rows = cluster.memberships.select_related("question", "added_by", "ended_by")
    for row in rows:
        number = {"number": row.question.number}
        yield HistoryEvent(
            row.since, "added", _("%(number)s came in") % number, row.added_by, row.reason, row.question
        )
        if row.until:
            left = _("%(number)s left") % number
            yield HistoryEvent(row.until, "removed", left, row.ended_by, row.end_reason, row.question)


def _merge_events(cluster: QuestionCluster) -> Iterable[HistoryEvent]:
    rows = ClusterMerge.objects.filter(Q(kept=cluster) | Q(absorbed=cluster)).select_related(
        "kept", "absorbed", "merged_by", "undone_by"
    )
    for merge in rows:
        took_in = merge.kept_id == cluster.pk
        other = {"number": merge.absorbed.number if took_in else merge.kept.number}
        text = _("%(number)s was merged into this one") if took_in else _("Merged into %(number)s")
        kind = "merged" if took_in else "absorbed"
        yield HistoryEvent(merge.merged_at, kind, text % other, merge.merged_by, merge.reason, merge=merge)
        if merge.undone_at:
            parted = _("Parted from %(number)s again") % other
            yield HistoryEvent(
                merge.undone_at, "parted", parted, merge.undone_by, merge.undo_reason, merge=merge
            )


@dataclass(frozen=True)
class DepartmentCount:
    """Questions of one department; None gathers those whose department is unknown."""

    department: Department | None
    label: str
    count: int


def department_counts(questions: Iterable[Question]) -> list[DepartmentCount]:
    """In the departments' own order, the unknown last. Reads nothing where departments were joined."""
    counts: dict[Department | None, int] = {}
    for question in questions:
        counts[question.department] = counts.get(question.department, 0) + 1
    known = sorted((each for each in counts if each), key=lambda each: (each.sort_order, each.pk))
    rows = [DepartmentCount(each, str(each), counts[each]) for each in known]
    if None in counts:
        rows.append(DepartmentCount(None, _("Department unknown"), counts[None]))
    return rows
