"""Reads of clusters: who is in one, where an absorbed one went, what happened to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inquiry.models import ClusterMembership, ClusterMerge, Question, QuestionCluster
from inquiry.models.questions import QuestionQuerySet
from portal.org.models import Department, User


def current_cluster(question: Question) -> QuestionCluster | None:
    """Return the cluster that a question is in now."""
    membership = (
        ClusterMembership.objects.filter(question=question, until__isnull=True)
        .select_related("cluster")
        .first()
    )
    return membership.cluster if membership else None


def current_holder(cluster: QuestionCluster) -> QuestionCluster:
    """Return the open cluster that a number leads to: itself, or the last in its chain of merges."""
    return holder_chain(cluster)[-1]


def holder_chain(cluster: QuestionCluster) -> list[QuestionCluster]:
    """Return the cluster, the one it was merged into, the one that was merged into, and so on."""
    chain = [cluster]
    # The second condition ends a circle, which no service makes and no constraint forbids.
    while chain[-1].merged_into and chain[-1].merged_into not in chain:
        chain.append(chain[-1].merged_into)
    return chain


def merged_cluster_ids(cluster_id: int) -> set[int]:
    """Return the keys of a cluster and of all that were merged into it, over any number of steps."""
    ids, latest = {cluster_id}, [cluster_id]
    while latest:
        latest = list(
            QuestionCluster.objects.filter(merged_into__in=latest)
            .exclude(pk__in=ids)
            .values_list("pk", flat=True)
        )
        ids.update(latest)
    return ids


def members(cluster: QuestionCluster) -> QuestionQuerySet:
    """Return the questions that are in a cluster now, in the order in which they were raised."""
    return (
        Question.objects.filter(memberships__cluster=cluster, memberships__until__isnull=True)
        .select_related("session", "department", "office")
        .order_by("raised_on", "number")
    )


def clusters_with_counts(clusters: QuerySet[QuestionCluster]) -> QuerySet[Any]:
    """Annotate clusters with `questions_count`, the number of their present members."""
    return clusters.annotate(questions_count=Count("memberships", filter=Q(memberships__until__isnull=True)))


def undoable_merges(cluster: QuestionCluster) -> list[ClusterMerge]:
    """Return standing merges that this cluster received itself, the latest first."""
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
    """Return every change of a cluster's membership and its merges, the latest first."""
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
            text = _("%(number)s left") % number
            yield HistoryEvent(row.until, "removed", text, row.ended_by, row.end_reason, row.question)


def _merge_events(cluster: QuestionCluster) -> Iterable[HistoryEvent]:
    rows = ClusterMerge.objects.filter(Q(kept=cluster) | Q(absorbed=cluster)).select_related(
        "kept", "absorbed", "merged_by", "undone_by"
    )
    for merge in rows:
        is_receiver = merge.kept_id == cluster.pk
        number = {"number": merge.absorbed.number if is_receiver else merge.kept.number}
        text = _("%(number)s was merged into this one") if is_receiver else _("Merged into %(number)s")
        kind = "merged" if is_receiver else "absorbed"
        yield HistoryEvent(merge.merged_at, kind, text % number, merge.merged_by, merge.reason, merge=merge)
        if merge.undone_at:
            text = _("Parted from %(number)s again") % number
            yield HistoryEvent(
                merge.undone_at, "parted", text, merge.undone_by, merge.undo_reason, merge=merge
            )


@dataclass(frozen=True)
class DepartmentCount:
    """The number of questions of one department, or of those whose department is unknown (None)."""

    department: Department | None
    label: str
    count: int


def department_counts(questions: Iterable[Question]) -> list[DepartmentCount]:
    """Count questions by department, in the departments' own order, the unknown last.

    Reads nothing from the database if the questions were selected with their departments.
    """
    counts: dict[Department | None, int] = {}
    for question in questions:
        counts[question.department] = counts.get(question.department, 0) + 1
    rows = [
        DepartmentCount(department, str(department), counts[department])
        for department in in_department_order(counts)
    ]
    if None in counts:
        rows.append(DepartmentCount(None, _("Department unknown"), counts[None]))
    return rows


def in_department_order(departments: Iterable[Department | None]) -> list[Department]:
    """Return departments once each in their own order; None, for an unknown one, is left out."""
    distinct = {department for department in departments if department}
    return sorted(distinct, key=lambda department: (department.sort_order, department.pk))


def department_seals(departments: Iterable[Department | None]) -> list[dict[str, Department | str]]:
    """Return the seals of departments as `components/seals.html` draws them."""
    return [{"department": department, "state": "part"} for department in in_department_order(departments)]


def question_count_label(count: int) -> str:
    """Return `3 questions` in the active language."""
    return ngettext("%(count)d question", "%(count)d questions", count) % {"count": count}
