"""Merging clusters without loss, and undoing it without losing what was done since."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.enums import ClusterStatus
from inquiry.models import ClusterMembership, ClusterMerge, Question, QuestionCluster
from inquiry.rules import can_group
from inquiry.selectors.clusters import current_holder, holder_chain
from inquiry.services.audit import record_action, require
from inquiry.services.clusters import replace_memberships
from inquiry.services.locks import ensure_open, lock_clusters, lock_questions
from inquiry.services.notices import notify_asker_and_followers
from inquiry.services.status import settle_all
from portal.foundation.signals import announce_changed
from portal.org.enums import NotificationKind
from portal.org.models import User
from portal.org.services.assignments import end_assignments
from portal.org.services.secrecy import refuse_marked


@transaction.atomic
def merge_clusters(
    *, keep: QuestionCluster, absorb: QuestionCluster, reason: str, actor: User
) -> ClusterMerge:
    """Move every question of `absorb` to `keep`; the absorbed number then leads to `keep`."""
    require(can_group(actor))
    if keep.pk == absorb.pk:
        raise ValidationError(_("A cluster cannot be merged into itself."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why these ask the same.")})
    refuse_marked(reason, actor=actor)
    # Both rows at once and by key: two people may merge the same pair in opposite directions.
    keep, absorb = lock_clusters(keep, absorb)
    ensure_open(keep, absorb)
    now = timezone.now()
    merge = ClusterMerge.objects.create(
        kept=keep, absorbed=absorb, reason=reason.strip(), merged_at=now, merged_by=actor
    )
    absorb.status, absorb.merged_into = ClusterStatus.ABSORBED, keep
    absorb.save(update_fields=["status", "merged_into"])
    end_assignments(subject=absorb, actor=actor)
    transfer = _transfer_of_merge(keep, absorb)
    replace_memberships(
        questions=transfer.moving,
        memberships=transfer.ending,
        cluster=keep,
        actor=actor,
        reason=reason.strip(),
        merge=merge,
        at=now,
    )
    settle_all(transfer.staying)
    record_action(keep, "inquiry.cluster.merge", actor=actor, absorbed=absorb.number, reason=reason)
    _announce_transfer(transfer.moving, keep, absorb)
    return merge


@dataclass(frozen=True)
class _Transfer:
    """Questions that move to another cluster, those that stay, and the memberships that end with it.

    The rows of all questions are locked. Those that stay are settled as well, since dossiers that gathered the
    number of either cluster now reach other questions than before.
    """

    moving: list[Question]
    staying: list[Question]
    ending: list[ClusterMembership]

    @classmethod
    def of(cls, questions: Sequence[Question], ending: list[ClusterMembership]) -> _Transfer:
        moving_ids = {membership.question_id for membership in ending}
        moving = [question for question in questions if question.pk in moving_ids]
        return cls(moving, [question for question in questions if question.pk not in moving_ids], ending)


def _transfer_of_merge(keep: QuestionCluster, absorb: QuestionCluster) -> _Transfer:
    """Lock the questions of both clusters and return what moves from `absorb` to `keep`."""
    standing = ClusterMembership.objects.filter(cluster__in=[keep, absorb], until__isnull=True)
    # All questions of both clusters in one statement, so that their locks are taken in one order.
    rows = lock_questions(standing.values_list("question", flat=True))
    return _Transfer.of(rows, list(standing.filter(cluster=absorb, question__in=rows)))


def _announce_transfer(
    questions: Sequence[Question], holder: QuestionCluster, previous: QuestionCluster
) -> None:
    announce_changed(holder, previous)
    for question in questions:
        notify_asker_and_followers(
            question=question,
            kind=NotificationKind.QUESTION_REGROUPED,
            url=holder.get_absolute_url(),
            number=holder.number,
        )


@transaction.atomic
def undo_merge(*, merge: ClusterMerge, reason: str, actor: User) -> QuestionCluster:
    """Open the absorbed cluster again with the questions that the merge brought away from it.

    What was done since stays: questions that were taken out, moved or added by hand remain where they are,
    later merges of the kept cluster stand, and questions that only travelled with it come back.
    """
    require(can_group(actor))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why they are parted.")})
    refuse_marked(reason, actor=actor)
    holder, absorbed, merge = _lock_for_undo(merge)
    now = timezone.now()
    merge.undone_at, merge.undone_by, merge.undo_reason = now, actor, reason.strip()
    merge.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    absorbed.status, absorbed.merged_into = ClusterStatus.OPEN, None
    absorbed.save(update_fields=["status", "merged_into"])
    transfer = _transfer_of_undo(merge, holder)
    replace_memberships(
        questions=transfer.moving,
        memberships=transfer.ending,
        cluster=absorbed,
        actor=actor,
        reason=reason.strip(),
        merge=merge,
        at=now,
    )
    settle_all(transfer.staying)
    record_action(absorbed, "inquiry.cluster.undo_merge", actor=actor, kept=merge.kept.number, reason=reason)
    # The questions leave the present holder, which may be another cluster than `merge.kept`.
    announce_changed(holder)
    _announce_transfer(transfer.moving, absorbed, merge.kept)
    return absorbed


def _lock_for_undo(merge: ClusterMerge) -> tuple[QuestionCluster, QuestionCluster, ClusterMerge]:
    """Lock present holder, absorbed cluster and merge, and return them in this order.

    Raise ValidationError if the merge was undone already, or if the chain of holders grew before the lock.
    """
    receiver = QuestionCluster.objects.get(pk=merge.kept_id)
    locked = lock_clusters(merge.absorbed, *holder_chain(receiver))
    merge = ClusterMerge.objects.select_for_update().select_related("kept").get(pk=merge.pk)
    if merge.undone_at:
        raise ValidationError(_("This merge was undone already."))
    # Read again from the locked row: the chain may have grown between the first read and the lock.
    holder = current_holder(locked[1])
    if holder.pk != locked[-1].pk:
        raise ValidationError(_("These clusters were changed at this moment. Please try again."))
    return locked[-1], locked[0], merge


def _transfer_of_undo(merge: ClusterMerge, holder: QuestionCluster) -> _Transfer:
    """Return what is in `holder` only because this merge, and merges after it, brought it there."""
    standing = ClusterMembership.objects.filter(cluster=holder, until__isnull=True)
    rows = lock_questions(standing.values_list("question", flat=True))
    ending = []
    for row in merge.moved.filter(cluster=merge.kept, question__in=rows):
        # Every membership of the question from the one that the merge began.
        since = list(
            ClusterMembership.objects.filter(question=row.question_id, pk__gte=row.pk).order_by("pk")
        )
        last = since[-1]
        if last.until is None and last.cluster_id == holder.pk and _came_by_merges(since):
            ending.append(last)
    return _Transfer.of(rows, ending)


def _came_by_merges(memberships: Sequence[ClusterMembership]) -> bool:
    """Tell whether merges alone began these memberships, and each follows the one before it without a gap."""
    is_unbroken = all(before.until == after.since for before, after in itertools.pairwise(memberships))
    return is_unbroken and all(membership.merge_id for membership in memberships)
