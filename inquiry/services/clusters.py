"""Grouping questions that ask the same. Memberships are history rows: they end, they are never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.models import ClusterMembership, ClusterMerge, Question, QuestionCluster
from inquiry.rules import can_group
from inquiry.services.audit import record_action, require
from inquiry.services.locks import lock_clusters, lock_open_cluster, lock_questions
from inquiry.services.notices import tell_everybody
from inquiry.services.status import settle_all
from inquiry.services.validation import raise_errors, title_error
from portal.foundation.enums import Lang
from portal.foundation.services import next_number
from portal.foundation.signals import announce_changed
from portal.org.enums import NotificationKind
from portal.org.models import User


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
    """A new group; questions that are in another one move to it."""
    require(can_group(actor))
    cluster = _new_cluster(title, statement, lang)
    record_action(cluster, "inquiry.cluster.create", actor=actor)
    take_in(cluster=cluster, questions=questions, reason=reason, actor=actor)
    return cluster


def _new_cluster(title: str, statement: str, lang: str) -> QuestionCluster:
    today = timezone.localdate()
    return QuestionCluster.objects.create(
        number=next_number(series="C", year=today.year, width=4),
        title=_checked_title(title),
        statement=statement.strip(),
        lang=lang,
        grouped_on=today,
    )


def _checked_title(title: str) -> str:
    raise_errors({"title": title_error(title, missing=_("Give the cluster a title."))})
    return title.strip()


@transaction.atomic
def edit_cluster(*, cluster: QuestionCluster, title: str, statement: str, actor: User) -> QuestionCluster:
    require(can_group(actor))
    locked = lock_open_cluster(cluster)
    locked.title, locked.statement = _checked_title(title), statement.strip()
    locked.save(update_fields=["title", "statement"])
    record_action(locked, "inquiry.cluster.edit", actor=actor)
    announce_changed(locked)
    return locked


@transaction.atomic
def add_questions(
    *, cluster: QuestionCluster, questions: Iterable[Question], actor: User, reason: str = ""
) -> QuestionCluster:
    """Put questions in an open group; one that is in another group moves, its time there stays on record."""
    require(can_group(actor))
    locked = lock_open_cluster(cluster)
    take_in(cluster=locked, questions=questions, reason=reason, actor=actor)
    return locked


def take_in(*, cluster: QuestionCluster, questions: Iterable[Question], reason: str, actor: User) -> None:
    """Move questions into a cluster whose row is locked; those that are there already are left alone."""
    locked = lock_questions(question.pk for question in questions)
    _refuse_withdrawn(locked)
    current = _current_memberships(locked)
    coming = [each for each in locked if each.pk not in current or current[each.pk].cluster_id != cluster.pk]
    moved = {each.pk for each in coming if each.pk in current}
    move(
        questions=coming,
        memberships=[current[key] for key in sorted(moved)],
        cluster=cluster,
        actor=actor,
        reason=reason,
    )
    left = QuestionCluster.objects.filter(pk__in={current[key].cluster_id for key in moved})
    announce_changed(cluster, *left)
    if coming:
        numbers = [question.number for question in coming]
        record_action(cluster, "inquiry.cluster.add", actor=actor, questions=numbers, reason=reason)
    for question in coming:
        kind = (
            NotificationKind.QUESTION_REGROUPED if question.pk in moved else NotificationKind.QUESTION_GROUPED
        )
        tell_everybody(question=question, kind=kind, url=cluster.get_absolute_url())


def _refuse_withdrawn(questions: Sequence[Question]) -> None:
    withdrawn = [question.number for question in questions if question.withdrawn_on]
    if withdrawn:
        raise ValidationError(_("Withdrawn: %(numbers)s.") % {"numbers": "、".join(withdrawn)})


def _current_memberships(questions: Sequence[Question]) -> dict[int, ClusterMembership]:
    rows = ClusterMembership.objects.filter(question__in=questions, until__isnull=True)
    return {row.question_id: row for row in rows}


def move(
    *,
    questions: Sequence[Question],
    memberships: Sequence[ClusterMembership],
    cluster: QuestionCluster | None,
    actor: User,
    reason: str,
    merge: ClusterMerge | None = None,
    at: dt.datetime | None = None,
) -> None:
    """End `memberships`, begin one in `cluster` for each question, and settle where the questions stand.

    The rows of all questions are locked. `merge` is the merge, made or undone, that moves them.
    """
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
    require(can_group(actor))
    locked = lock_open_cluster(cluster)
    (row,) = lock_questions([question.pk])
    membership = ClusterMembership.objects.filter(question=row, cluster=locked, until__isnull=True).first()
    if membership is None:
        raise ValidationError(_("This question is no longer in the cluster."))
    move(questions=[row], memberships=[membership], cluster=None, actor=actor, reason=_given(reason))
    record_action(locked, "inquiry.cluster.remove", actor=actor, questions=[row.number], reason=reason)
    announce_changed(locked)
    tell_everybody(question=row, kind=NotificationKind.QUESTION_REGROUPED)


def _given(reason: str) -> str:
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
    """Move some of a cluster's questions to a new one, which is returned."""
    require(can_group(actor))
    words = _given(reason)
    parted = _new_cluster(title, statement, cluster.lang)
    locked, parted = lock_clusters(cluster, parted)
    rows = lock_questions(question.pk for question in questions)
    current = _current_memberships(rows)
    strangers = [
        each.number for each in rows if each.pk not in current or current[each.pk].cluster_id != locked.pk
    ]
    if strangers or not rows:
        raise ValidationError(_("Choose questions that are in this cluster now."))
    record_action(locked, "inquiry.cluster.split", actor=actor, into=parted.number, reason=words)
    take_in(cluster=parted, questions=rows, reason=words, actor=actor)
    return parted
