"""Take back what one has just saved at the desk: a restated form, a grouping."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.enums import DossierStatus, QuestionStatus
from inquiry.models import ClusterMembership, Dossier, Question, QuestionCluster, Refinement
from inquiry.rules import can_group, can_refine, can_undo
from inquiry.selectors.dossiers import items_of
from inquiry.services.audit import record_action, require
from inquiry.services.claims import ensure_unclaimed
from inquiry.services.clusters import replace_memberships
from inquiry.services.locks import ensure_open, lock_clusters, lock_questions
from inquiry.services.notices import notify_asker, notify_followers, recall_notices, retitle_notices
from inquiry.services.refinements import confirm_citations
from inquiry.services.retitling import lock_clusters_of, restore_titles, retitle_clusters
from inquiry.services.status import settle_status
from portal.foundation.signals import announce_changed
from portal.org.enums import NotificationKind
from portal.org.models import Topic, User
from portal.org.services.assignments import reopen_assignments
from portal.org.services.topics import present_topic


@transaction.atomic
def undo_refinement(*, refinement: Refinement, actor: User) -> Question:
    """Take back a restated form: the one before it, topics, mark, citations and titles of clusters are as they were.

    Its author may within `rules.UNDO_MINUTES`, as long as it is the current one, nothing was built on it
    (`has_moved_on`), and no colleague works on the question. Notices of it that nobody has read are taken back as well.
    Raises ValidationError where it is too late.
    """
    # Clusters before questions, as everywhere (`services.locks`).
    clusters = lock_clusters_of(refinement.question)
    (question,) = lock_questions([refinement.question_id])
    row = Refinement.objects.select_for_update().get(pk=refinement.pk)
    require(can_refine(actor) and row.author_id == actor.pk)
    if not (row.is_current and can_undo(row.created_at, timezone.now())):
        raise ValidationError(_("It is too late to take this back. Restate the question anew."))
    if has_moved_on(question, row):
        raise ValidationError(_("The question has moved on since, so this is not taken back."))
    ensure_unclaimed(question, actor)
    row.is_current, row.undone_at = False, timezone.now()
    row.replaced["taken_back"] = _offered_again(question)
    row.save(update_fields=["is_current", "undone_at", "replaced"])
    _restore_previous(question)
    marked = _restore_question(question, row.replaced, actor)
    settle_status(question)
    if marked:
        retitle_notices(question)
        retitle_clusters(clusters=clusters, question=question, actor=actor)
    elif not question.names_real:
        restore_titles(clusters=clusters, retitled=row.replaced.get("cluster_titles", {}), actor=actor)
    reopen_assignments(keys=row.replaced.get("assignments", []), actor=actor)
    record_action(question, "inquiry.question.undo_refine", actor=actor, version=row.version)
    recall_notices(question=question, kinds=[NotificationKind.QUESTION_REFINED], since=row.created_at)
    announce_changed(question)
    return question


def has_moved_on(question: Question, refinement: Refinement) -> bool:
    """Tell whether a question was grouped, closed, withdrawn or put in a finished dossier since it was restated."""
    before = refinement.replaced.get("status", QuestionStatus.RAISED)
    saved = QuestionStatus.REFINED if before == QuestionStatus.RAISED else before
    return question.status != saved


def _offered_again(question: Question) -> dict[str, Any]:
    """Return what the form shows again beside the words that were taken back."""
    return {
        "topics": [item.tag_id for item in question.topic_items.all()],
        "names_real": question.names_real,
        "citations": list(question.confirmed_citations.values_list("text", flat=True)),
    }


def _restore_previous(question: Question) -> None:
    previous = (
        question.refinements.filter(undone_at__isnull=True, is_current=False).order_by("-version").first()
    )
    if previous:
        previous.is_current = True
        previous.save(update_fields=["is_current"])


def _restore_question(question: Question, replaced: dict[str, Any], actor: User) -> bool:
    """Set topics, mark, language and confirmed citations as they were; tell whether the question is marked anew.

    A mark that was set meanwhile stays, and so does what others did to the topics.
    """
    was_marked, is_marked = replaced.get("names_real", False), question.names_real
    if is_marked and not was_marked and replaced.get("sets_mark"):
        question.names_real = False
    elif was_marked:
        question.names_real = True
    question.lang = replaced.get("lang", question.lang)
    question.save(update_fields=["names_real", "lang"])
    question.topics.set(_topics_before(question, replaced))
    confirm_citations(question, replaced.get("citations", []), actor)
    return question.names_real and not is_marked


def _topics_before(question: Question, replaced: dict[str, Any]) -> set[Topic]:
    """Return the topics that saving replaced, with those that others gave since and without those that they took."""
    before, saved = (_present_topics(replaced.get(name, [])) for name in ("topics", "saved_topics"))
    present = _present_topics(item.tag_id for item in question.topic_items.all())
    return before - (saved - present) | (present - saved)


def _present_topics(keys: Iterable[int]) -> set[Topic]:
    """Return the topics with these keys, or those that they were merged into."""
    return {present_topic(topic) for topic in Topic.objects.filter(pk__in=list(keys))}


@transaction.atomic
def undo_grouping(*, membership: ClusterMembership, actor: User) -> QuestionCluster:
    """Take back what one put in a cluster in one act: each question returns to the cluster that it came from.

    `membership` is that of any of the questions. Whoever grouped them may within `rules.UNDO_MINUTES`; what was moved
    since stays where it is. Whoever has read of the grouping is told. Raises ValidationError where it is too late, where
    a cluster was merged meanwhile, or where a dossier with it was finished since.
    """
    require(can_group(actor) and membership.added_by_id == actor.pk)
    began = {"cluster": membership.cluster_id, "since": membership.since, "merge": None}
    previous = _previous_memberships(began)
    cluster, *origins = lock_clusters(
        membership.cluster, *{row.cluster_id: row.cluster for row in previous}.values()
    )
    ensure_open(cluster, *origins)
    rows = ClusterMembership.objects.filter(until__isnull=True, **began)
    questions = {row.pk: row for row in lock_questions(rows.values_list("question", flat=True))}
    ending = list(rows.filter(question__in=questions))
    if not ending or not can_undo(membership.since, timezone.now()):
        raise ValidationError(_("It is too late to take this back. Take the question out of its cluster."))
    _refuse_finished_since(cluster, membership.since)
    origin_of = {row.question_id: row.cluster_id for row in previous}
    for origin in [None, *origins]:
        key = origin.pk if origin else None
        returning = [row for row in ending if origin_of.get(row.question_id) == key]
        replace_memberships(
            questions=[questions[row.question_id] for row in returning],
            memberships=returning,
            cluster=origin,
            actor=actor,
            reason=_("Taken back"),
        )
    # Not what was locked: a question may have been moved on before its row was ours, and hears of that.
    returned = [questions[row.question_id] for row in ending]
    _record_undone_grouping(cluster, origins, returned, membership.since, actor)
    return cluster


def _refuse_finished_since(cluster: QuestionCluster, since: dt.datetime) -> None:
    # A finished dossier is not changed any more: this is when it was finished.
    finished = Dossier.objects.filter(status=DossierStatus.FINISHED, updated_at__gte=since)
    dossier = finished.filter(pk__in=items_of(cluster).values("dossier")).first()
    if dossier:
        raise ValidationError(
            _("%(number)s was finished with this cluster since, so the grouping is not taken back.")
            % {"number": dossier.number}
        )


def _previous_memberships(began: dict[str, Any]) -> list[ClusterMembership]:
    """Return the memberships that ended at the moment at which those of one act began."""
    joined = ClusterMembership.objects.filter(**began).values("question")
    ended = ClusterMembership.objects.filter(question__in=joined, until=began["since"])
    return list(ended.select_related("cluster"))


def _record_undone_grouping(
    cluster: QuestionCluster,
    origins: list[QuestionCluster],
    questions: Sequence[Question],
    since: dt.datetime,
    actor: User,
) -> None:
    numbers = [question.number for question in questions]
    record_action(cluster, "inquiry.cluster.undo_add", actor=actor, questions=numbers)
    announce_changed(cluster, *origins)
    kinds = [NotificationKind.QUESTION_GROUPED, NotificationKind.QUESTION_REGROUPED]
    for question in questions:
        unread = recall_notices(question=question, kinds=kinds, since=since)
        for notify in (notify_asker, notify_followers):
            notify(
                question=question,
                kind=NotificationKind.QUESTION_UNGROUPED,
                number=cluster.number,
                apart_from=unread,
            )
