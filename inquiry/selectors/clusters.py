"""Reads of clusters: who is in one, where an absorbed one went, what happened to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inquiry.enums import ENDED_STATUSES
from inquiry.models import ClusterMembership, ClusterMerge, Question, QuestionCluster
from inquiry.models.questions import QuestionQuerySet
from portal.org.models import Department, User


def current_membership(question: Question) -> ClusterMembership | None:
    """Return the membership of a question in its cluster of today; no query where `memberships` was prefetched."""
    if "memberships" in question.__dict__.get("_prefetched_objects_cache", ()):
        return next((row for row in question.memberships.all() if row.until is None), None)
    current = ClusterMembership.objects.filter(question=question, until__isnull=True)
    return current.select_related("cluster").first()


def ended_memberships(question: Question) -> list[ClusterMembership]:
    """Return the memberships of a question that have ended; no query where `memberships` was prefetched."""
    if "memberships" in question.__dict__.get("_prefetched_objects_cache", ()):
        return [row for row in question.memberships.all() if row.until is not None]
    return list(question.memberships.filter(until__isnull=False).select_related("cluster"))


def membership_begun(
    cluster: QuestionCluster, user: User, since: dt.datetime, question: Question
) -> ClusterMembership | None:
    """Return a membership that a person's act of just now began, that of `question` if it began one; else None."""
    begun = ClusterMembership.objects.filter(cluster=cluster, until__isnull=True, added_by=user, merge=None)
    is_asked_for = Case(When(question=question, then=0), default=1)
    rows = begun.filter(since__gte=since).order_by(is_asked_for, "pk")
    return rows.select_related("question").first()


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
    ids, holders = {cluster_id}, [cluster_id]
    # One query for each step of merges, and none to learn that there is no further one.
    absorbed = QuestionCluster.objects.filter(merged_into=OuterRef("pk"))
    while holders:
        merged = QuestionCluster.objects.filter(merged_into__in=holders).exclude(pk__in=ids).order_by()
        rows = list(merged.annotate(is_holder=Exists(absorbed)).values_list("pk", "is_holder"))
        ids.update(pk for pk, _is_holder in rows)
        holders = [pk for pk, is_holder in rows if is_holder]
    return ids


def members(cluster: QuestionCluster) -> QuestionQuerySet:
    """Return the questions that are in a cluster now, in the order in which they were raised."""
    return (
        Question.objects.filter(memberships__cluster=cluster, memberships__until__isnull=True)
        .select_related("session", "activity", "department", "office")
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
        memberships, merges = cluster.memberships.order_by("pk"), _merges_of(cluster).order_by("pk")
        merge_rows = list(merges.values_list("pk", "merged_at", "undone_at", "kept_id"))
        keys = [
            *_event_keys(memberships.values_list("pk", "since", "until"), ("added", "removed")),
            *_event_keys((row[:3] for row in merge_rows), ("merged", "parted")),
        ]
        # How many `undoable_merges` there are.
        self.undoable_count = sum(
            kept == cluster.pk and undone_at is None for _pk, _at, undone_at, kept in merge_rows
        )
        # The sort is stable: what happened in one moment keeps the order of its keys, not that of the table.
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


def _event_keys(
    rows: Iterable[tuple[Any, ...]], kinds: tuple[str, ...]
) -> Iterator[tuple[dt.datetime, str, int]]:
    """Yield (when, kind, key) for each moment of rows (key, moments) that has come."""
    for pk, *moments in rows:
        for at, kind in zip(moments, kinds, strict=True):
            if at is not None:
                yield at, kind, pk


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
    # Of the questions that stand (`cluster_voices`).
    voices: int = 0


def department_counts(questions: QuerySet[Question]) -> list[DepartmentCount]:
    """Count questions by department, in the departments' own order, the unknown last; one query for any number."""
    grouped = questions.order_by().values_list(*_department_columns("department"))
    voices = Coalesce(Sum("voices", filter=~Q(status__in=ENDED_STATUSES)), 0)
    return _department_rows(grouped.annotate(Count("pk", distinct=True), summed=voices))


def counts_by_cluster(clusters: Iterable[QuestionCluster]) -> dict[int, list[DepartmentCount]]:
    """Count the questions of several clusters by department, by one query; returns them by the key of the cluster."""
    keys = [cluster.pk for cluster in clusters]
    standing = ClusterMembership.objects.filter(cluster__in=keys, until__isnull=True).order_by()
    columns = _department_columns("question__department")
    rows: dict[int, list[tuple[Any, ...]]] = {key: [] for key in keys}
    for key, *row in standing.values_list("cluster", *columns).annotate(Count("question", distinct=True)):
        rows[key].append((*row, 0))
    return {key: _department_rows(rows[key]) for key in keys}


def _department_columns(path: str) -> list[str]:
    """Return all columns of a department behind a foreign key: `select_related` does not group."""
    return [f"{path}__{field.attname}" for field in Department._meta.concrete_fields]


def _department_rows(grouped: Iterable[tuple[Any, ...]]) -> list[DepartmentCount]:
    names = [field.attname for field in Department._meta.concrete_fields]
    figures: dict[Department | None, tuple[int, int]] = {}
    for *values, count, voices in grouped:
        department = None if values[0] is None else Department.from_db("default", names, values)
        figures[department] = (count, voices)
    rows = [
        DepartmentCount(department, str(department), *figures[department])
        for department in in_department_order(figures)
    ]
    if None in figures:
        rows.append(DepartmentCount(None, _("Department unknown"), *figures[None]))
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
