"""Merging clusters without loss, and undoing it without losing what was done since."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.enums import ClusterStatus
from inquiry.models import ClusterMembership, ClusterMerge, Question, QuestionCluster
from inquiry.rules import can_group
from inquiry.selectors.clusters import chain_of_holders, present_holder
from inquiry.services.audit import record_action, require
from inquiry.services.clusters import move
from inquiry.services.locks import ensure_open, lock_clusters, lock_questions
from inquiry.services.notices import tell_everybody
from inquiry.services.status import settle_all
from portal.foundation.signals import announce_changed
from portal.org.enums import NotificationKind
from portal.org.models import User


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
    keep, absorb = lock_clusters(keep, absorb)
    ensure_open(keep, absorb)
    now = timezone.now()
    merge = ClusterMerge.objects.create(
        kept=keep, absorbed=absorb, reason=reason.strip(), merged_at=now, merged_by=actor
    )
    absorb.status, absorb.merged_into = ClusterStatus.ABSORBED, keep
    absorb.save(update_fields=["status", "merged_into"])
    rows, companions, memberships = _present(keep, absorb)
    move(
        questions=rows,
        memberships=memberships,
        cluster=keep,
        actor=actor,
        reason=reason.strip(),
        merge=merge,
        at=now,
    )
    settle_all(companions)
    record_action(keep, "inquiry.cluster.merge", actor=actor, absorbed=absorb.number, reason=reason)
    _tell(rows, keep, absorb)
    return merge


def _present(
    keep: QuestionCluster, absorb: QuestionCluster
) -> tuple[list[Question], list[Question], list[ClusterMembership]]:
    """Questions to move and those that are in `keep` already, all locked at once, and the memberships to end.

    The second kind is settled as well: dossiers of the absorbed number now reach them.
    """
    standing = ClusterMembership.objects.filter(cluster__in=[keep, absorb], until__isnull=True)
    rows = lock_questions(standing.values_list("question", flat=True))
    memberships = list(standing.filter(cluster=absorb, question__in=rows))
    moving = {membership.question_id for membership in memberships}
    return (
        [row for row in rows if row.pk in moving],
        [row for row in rows if row.pk not in moving],
        memberships,
    )


def _tell(questions: Sequence[Question], holder: QuestionCluster, other: QuestionCluster) -> None:
    announce_changed(holder, other)
    for question in questions:
        tell_everybody(
            question=question, kind=NotificationKind.QUESTION_REGROUPED, url=holder.get_absolute_url()
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
    holder, absorbed, merge = _lock_for_undo(merge)
    now = timezone.now()
    merge.undone_at, merge.undone_by, merge.undo_reason = now, actor, reason.strip()
    merge.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    absorbed.status, absorbed.merged_into = ClusterStatus.OPEN, None
    absorbed.save(update_fields=["status", "merged_into"])
    rows, companions, memberships = _brought_by(merge, holder)
    move(
        questions=rows,
        memberships=memberships,
        cluster=absorbed,
        actor=actor,
        reason=reason.strip(),
        merge=merge,
        at=now,
    )
    settle_all(companions)
    record_action(absorbed, "inquiry.cluster.undo_merge", actor=actor, kept=merge.kept.number, reason=reason)
    announce_changed(holder)
    _tell(rows, absorbed, merge.kept)
    return absorbed


def _lock_for_undo(merge: ClusterMerge) -> tuple[QuestionCluster, QuestionCluster, ClusterMerge]:
    """Lock the whole chain of holders at once; if it grew before the lock, the actor is asked to try again."""
    kept = QuestionCluster.objects.get(pk=merge.kept_id)
    locked = lock_clusters(merge.absorbed, *chain_of_holders(kept))
    merge = ClusterMerge.objects.select_for_update().select_related("kept").get(pk=merge.pk)
    if merge.undone_at:
        raise ValidationError(_("This merge was undone already."))
    holder = present_holder(locked[1])
    if holder.pk != locked[-1].pk:
        raise ValidationError(_("These clusters were changed at this moment. Please try again."))
    return locked[-1], locked[0], merge


def _brought_by(
    merge: ClusterMerge, holder: QuestionCluster
) -> tuple[list[Question], list[Question], list[ClusterMembership]]:
    """Questions that are in `holder` only because this merge, and merges after it, brought them there.

    With them the questions that stay in `holder`, and the memberships to end.
    """
    standing = ClusterMembership.objects.filter(cluster=holder, until__isnull=True)
    rows = lock_questions(standing.values_list("question", flat=True))
    memberships = []
    for row in merge.moved.filter(cluster=merge.kept, question__in=rows):
        since = list(
            ClusterMembership.objects.filter(question=row.question_id, pk__gte=row.pk).order_by("pk")
        )
        last = since[-1]
        if last.until is None and last.cluster_id == holder.pk and _only_travelled(since):
            memberships.append(last)
    moving = {membership.question_id for membership in memberships}
    return (
        [row for row in rows if row.pk in moving],
        [row for row in rows if row.pk not in moving],
        memberships,
    )


def _only_travelled(memberships: Sequence[ClusterMembership]) -> bool:
    """Whether each membership follows the one before it without a gap, and all of them came by merges."""
    unbroken = all(before.until == after.since for before, after in itertools.pairwise(memberships))
    return unbroken and all(membership.merge_id for membership in memberships)
