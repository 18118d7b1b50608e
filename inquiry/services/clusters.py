"""Grouping questions that ask the same. Memberships are history rows: they end, they are never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.enums import QuestionStatus
from inquiry.models import ClusterMembership, ClusterMerge, Question, QuestionCluster
from inquiry.rules import can_group
from inquiry.services.audit import record_action, require
from inquiry.services.claims import end_own_claims
from inquiry.services.locks import lock_clusters, lock_open_cluster, lock_questions
from inquiry.services.notices import notify_asker_and_followers
from inquiry.services.status import settle_all
from inquiry.services.validation import raise_errors, title_error
from portal.foundation.enums import Lang
from portal.foundation.joining import listed
from portal.foundation.revisions import require_revision, revision_of, snapshot, values_before
from portal.foundation.services import next_number
from portal.foundation.signals import announce_changed
from portal.org.enums import NotificationKind
from portal.org.models import User
from portal.org.services.secrecy import refuse_marked

# What the form of a cluster changes.
CLUSTER_WORDS = ("title", "statement")


@transaction.atomic
def create_cluster(
    *,
    title: str,
    actor: User,
    statement: str = "",
    questions: Iterable[Question] = (),
    reason: str = "",
    lang: str = Lang.ZH_HANS,
) -> QuestionCluster:
    """Create a cluster; questions that are in another one move to it."""
    require(can_group(actor))
    refuse_marked(title, statement, reason, actor=actor)
    cluster = _new_cluster(title, statement, lang)
    # Recorded before the questions come in, so that the history reads in order.
    record_action(cluster, "inquiry.cluster.create", actor=actor)
    assign_questions(cluster=cluster, questions=questions, reason=reason, actor=actor)
    return cluster


def _new_cluster(title: str, statement: str, lang: str) -> QuestionCluster:
    today = timezone.localdate()
    return QuestionCluster.objects.create(
        number=next_number(series="C", year=today.year, width=4),
        title=_valid_title(title),
        statement=statement.strip(),
        lang=lang,
        grouped_on=today,
    )


def _valid_title(title: str) -> str:
    raise_errors({"title": title_error(title, missing=_("Give the cluster a title."))})
    return title.strip()


@transaction.atomic
def edit_cluster(
    *, cluster: QuestionCluster, title: str, statement: str, expected_revision: str, actor: User
) -> QuestionCluster:
    """Change the title and statement of an open cluster; the log keeps what stood before.

    Raises `RecordChanged` if they are no longer at `expected_revision` (`cluster_revision`).
    """
    require(can_group(actor))
    refuse_marked(title, statement, actor=actor)
    locked = lock_open_cluster(cluster)
    require_revision(locked, expected_revision, CLUSTER_WORDS)
    before = snapshot(locked, CLUSTER_WORDS)
    locked.title, locked.statement = _valid_title(title), statement.strip()
    locked.save(update_fields=["title", "statement"])
    replaced = values_before(before, snapshot(locked, CLUSTER_WORDS))
    record_action(locked, "inquiry.cluster.edit", actor=actor, before=replaced)
    announce_changed(locked)
    return locked


def cluster_revision(cluster: QuestionCluster) -> str:
    """Return the revision of a cluster's words, which a form that changes them sends along."""
    return revision_of(cluster, CLUSTER_WORDS)


@transaction.atomic
def add_questions(
    *, cluster: QuestionCluster, questions: Iterable[Question], actor: User, reason: str = ""
) -> QuestionCluster:
    """Put questions in an open cluster; one that is in another moves, and its time there stays on record."""
    require(can_group(actor))
    refuse_marked(reason, actor=actor)
    locked = lock_open_cluster(cluster)
    assign_questions(cluster=locked, questions=questions, reason=reason, actor=actor)
    return locked


def assign_questions(
    *, cluster: QuestionCluster, questions: Iterable[Question], reason: str, actor: User
) -> None:
    """Move questions into a cluster whose row is locked; those that are there already are left alone."""
    locked = lock_questions(question.pk for question in questions)
    _refuse_ended(locked)
    current = _current_memberships(locked)
    # Sending the same form twice ends and begins no membership.
    joining = [question for question in locked if not _is_in(cluster, current.get(question.pk))]
    moved_ids = {question.pk for question in joining if question.pk in current}
    replace_memberships(
        questions=joining,
        memberships=[current[key] for key in sorted(moved_ids)],
        cluster=cluster,
        actor=actor,
        reason=reason,
    )
    # Clusters that lost a question are indexed again as well.
    previous = QuestionCluster.objects.filter(pk__in={current[key].cluster_id for key in moved_ids})
    announce_changed(cluster, *previous)
    if joining:
        numbers = [question.number for question in joining]
        record_action(cluster, "inquiry.cluster.add", actor=actor, questions=numbers, reason=reason)
    end_own_claims(joining, actor)
    for question in joining:
        is_moved = question.pk in moved_ids
        kind = NotificationKind.QUESTION_REGROUPED if is_moved else NotificationKind.QUESTION_GROUPED
        notify_asker_and_followers(
            question=question, kind=kind, url=cluster.get_absolute_url(), number=cluster.number
        )


def _is_in(cluster: QuestionCluster, membership: ClusterMembership | None) -> bool:
    return membership is not None and membership.cluster_id == cluster.pk


def _refuse_ended(questions: Sequence[Question]) -> None:
    # Read from locked rows, so that no question is withdrawn while it is grouped.
    withdrawn = [question.number for question in questions if question.withdrawn_on]
    if withdrawn:
        raise ValidationError(_("Withdrawn: %(numbers)s.") % {"numbers": listed(withdrawn)})
    closed = [question.number for question in questions if question.status == QuestionStatus.CLOSED]
    if closed:
        raise ValidationError(_("Closed: %(numbers)s. Open them again first.") % {"numbers": listed(closed)})


def _current_memberships(questions: Sequence[Question]) -> dict[int, ClusterMembership]:
    rows = ClusterMembership.objects.filter(question__in=questions, until__isnull=True)
    return {row.question_id: row for row in rows}


def replace_memberships(
    *,
    questions: Sequence[Question],
    memberships: Sequence[ClusterMembership],
    cluster: QuestionCluster | None,
    actor: User,
    reason: str,
    merge: ClusterMerge | None = None,
    at: dt.datetime | None = None,
) -> None:
    """End `memberships`, begin one in `cluster` for each question, and settle the status of the questions.

    The rows of all questions are locked. `merge` is the merge, made or undone, that moves them.
    """
    # One instant for ending and beginning: undoing a merge looks for memberships without a gap between them.
    now = at or timezone.now()
    for membership in memberships:
        membership.until, membership.ended_by, membership.end_reason = now, actor, reason
        membership.save(update_fields=["until", "ended_by", "end_reason"])
    if cluster:
        ClusterMembership.objects.bulk_create(
            ClusterMembership(
                question=question, cluster=cluster, since=now, added_by=actor, reason=reason, merge=merge
            )
            for question in questions
        )
    settle_all(questions)


@transaction.atomic
def remove_question(*, cluster: QuestionCluster, question: Question, reason: str, actor: User) -> None:
    """End a question's membership with a reason; it is then in no cluster."""
    require(can_group(actor))
    refuse_marked(reason, actor=actor)
    locked = lock_open_cluster(cluster)
    (row,) = lock_questions([question.pk])
    membership = ClusterMembership.objects.filter(question=row, cluster=locked, until__isnull=True).first()
    if membership is None:
        raise ValidationError(_("This question is no longer in the cluster."))
    replace_memberships(
        questions=[row], memberships=[membership], cluster=None, actor=actor, reason=_valid_reason(reason)
    )
    record_action(locked, "inquiry.cluster.remove", actor=actor, questions=[row.number], reason=reason)
    announce_changed(locked)
    notify_asker_and_followers(question=row, kind=NotificationKind.QUESTION_UNGROUPED, number=locked.number)


def _valid_reason(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    return reason.strip()


@transaction.atomic
def split_cluster(
    *,
    cluster: QuestionCluster,
    questions: Iterable[Question],
    title: str,
    reason: str,
    actor: User,
    statement: str = "",
) -> QuestionCluster:
    """Move some of a cluster's questions to a new cluster and return it."""
    require(can_group(actor))
    reason = _valid_reason(reason)
    refuse_marked(title, statement, reason, actor=actor)
    # Number sequence first, then clusters, then questions (`services.locks`).
    new_cluster = _new_cluster(title, statement, cluster.lang)
    locked, new_cluster = lock_clusters(cluster, new_cluster)
    rows = lock_questions(question.pk for question in questions)
    current = _current_memberships(rows)
    if not rows or not all(_is_in(locked, current.get(row.pk)) for row in rows):
        raise ValidationError(_("Choose questions that are in this cluster now."))
    record_action(locked, "inquiry.cluster.split", actor=actor, into=new_cluster.number, reason=reason)
    assign_questions(cluster=new_cluster, questions=rows, reason=reason, actor=actor)
    return new_cluster
