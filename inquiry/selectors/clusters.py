"""Reads of clusters: who is in one, where an absorbed one went, what happened to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inquiry.models import ClusterMembership, ClusterMerge, Question, QuestionCluster
from inquiry.models.questions import QuestionQuerySet
from portal.org.models import Department, User


def current_membership(question: Question) -> ClusterMembership | None:
    """Return the time in a cluster that a question has now, with the cluster."""
    current = ClusterMembership.objects.filter(question=question, until__isnull=True)
    return current.select_related("cluster").first()


def current_cluster(question: Question) -> QuestionCluster | None:
    """Return the cluster that a question is in now."""
    membership = current_membership(question)
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


def undoable_merges(cluster: QuestionCluster) -> QuerySet[ClusterMerge]:
    """Return standing merges that this cluster received itself, the latest first."""
    return cluster.merges_received.filter(undone_at__isnull=True).select_related("absorbed", "merged_by")


MEMBERSHIP_EVENTS = frozenset({"added", "removed"})


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


class ClusterHistory:
    """Every change of a cluster's membership and its merges, the latest first; a slice reads its own events alone."""

    def __init__(self, cluster: QuestionCluster) -> None:
        self._cluster = cluster
        memberships, merges = cluster.memberships.order_by(), _merges_of(cluster).order_by()
        keys = [
            *_event_keys(memberships, "since", "added"),
            *_event_keys(memberships.filter(until__isnull=False), "until", "removed"),
            *_event_keys(merges, "merged_at", "merged"),
            *_event_keys(merges.filter(undone_at__isnull=False), "undone_at", "parted"),
        ]
        self._keys = sorted(keys, key=lambda key: key[0], reverse=True)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[HistoryEvent]:
        return iter(self[:])

    def __getitem__(self, chosen: slice) -> list[HistoryEvent]:
        keys = self._keys[chosen]
        memberships = self._cluster.memberships.select_related("question", "added_by", "ended_by").in_bulk(
            [pk for _at, kind, pk in keys if kind in MEMBERSHIP_EVENTS]
        )
        merges = (
            _merges_of(self._cluster)
            .select_related("kept", "absorbed", "merged_by", "undone_by")
            .in_bulk([pk for _at, kind, pk in keys if kind not in MEMBERSHIP_EVENTS])
        )
        return [
            _membership_event(memberships[pk], kind)
            if kind in MEMBERSHIP_EVENTS
            else _merge_event(merges[pk], kind, self._cluster)
            for _at, kind, pk in keys
        ]


def cluster_history(cluster: QuestionCluster) -> ClusterHistory:
    """Return every change of a cluster's membership and its merges, the latest first."""
    return ClusterHistory(cluster)


def _merges_of(cluster: QuestionCluster) -> QuerySet[ClusterMerge]:
    return ClusterMerge.objects.filter(Q(kept=cluster) | Q(absorbed=cluster))


def _event_keys(rows: QuerySet[Any], field: str, kind: str) -> Iterable[tuple[dt.datetime, str, int]]:
    return ((at, kind, pk) for at, pk in rows.values_list(field, "pk"))


def _membership_event(row: ClusterMembership, kind: str) -> HistoryEvent:
    number = {"number": row.question.number}
    if kind == "added":
        return HistoryEvent(
            row.since, kind, _("%(number)s came in") % number, row.added_by, row.reason, row.question
        )
    # A membership that has ended has an end.
    assert row.until
    return HistoryEvent(
        row.until, kind, _("%(number)s left") % number, row.ended_by, row.end_reason, row.question
    )


def _merge_event(merge: ClusterMerge, kind: str, cluster: QuestionCluster) -> HistoryEvent:
    is_receiver = merge.kept_id == cluster.pk
    number = {"number": merge.absorbed.number if is_receiver else merge.kept.number}
    if kind == "parted":
        assert merge.undone_at
        text = _("Parted from %(number)s again")
        return HistoryEvent(
            merge.undone_at, kind, text % number, merge.undone_by, merge.undo_reason, merge=merge
        )
    text = _("%(number)s was merged into this one") if is_receiver else _("Merged into %(number)s")
    kind = "merged" if is_receiver else "absorbed"
    return HistoryEvent(merge.merged_at, kind, text % number, merge.merged_by, merge.reason, merge=merge)


@dataclass(frozen=True)
class DepartmentCount:
    """The number of questions of one department, or of those whose department is unknown (None)."""

    department: Department | None
    label: str
    count: int


def department_counts(questions: QuerySet[Question]) -> list[DepartmentCount]:
    """Count questions by department, in the departments' own order, the unknown last; two queries for any number."""
    counted = dict(questions.order_by().values_list("department").annotate(Count("pk", distinct=True)))
    departments = Department.objects.in_bulk([pk for pk in counted if pk is not None])
    rows = [
        DepartmentCount(department, str(department), counted[department.pk])
        for department in in_department_order(departments.values())
    ]
    if None in counted:
        rows.append(DepartmentCount(None, _("Department unknown"), counted[None]))
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
