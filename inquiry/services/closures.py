"""Close a question as asked already or as not ours, with a reply to its asker, and open it again."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.enums import ENDED_STATUSES, ClosureReason, QuestionStatus
from inquiry.models import ClusterMembership, DossierItem, Question, QuestionClosure
from inquiry.rules import can_close
from inquiry.services.audit import record_action, record_without_user, require, start_of_today
from inquiry.services.claims import end_claim, ensure_unclaimed
from inquiry.services.locks import lock_questions
from inquiry.services.notices import notify_asker, notify_followers, recall_notices
from inquiry.services.refinements import refinement_revision
from inquiry.services.status import settle_status
from inquiry.services.validation import raise_errors, text_error
from portal.foundation.revisions import RecordChanged
from portal.foundation.signals import announce_changed
from portal.org.enums import NotificationKind
from portal.org.models import User
from portal.org.services.assignments import end_assignments
from portal.org.services.secrecy import refuse_marked


@transaction.atomic
def close_question(
    *,
    question: Question,
    reason: str,
    reply: str,
    actor: User,
    duplicate_of: Question | None = None,
    expected_revision: int | None = None,
) -> QuestionClosure:
    """Close a question that nobody is to restate; its asker reads the reply, followers hear of it.

    `duplicate_of` is the question that asks the same, for the reason `DUPLICATE` alone. `expected_revision` is the
    version of the restated form that was read, 0 where there was none; raises `RecordChanged` where another is current
    by now. Raises ValidationError for a question that ended already, is grouped or in a dossier, or that a colleague
    works on.
    """
    require(can_close(actor))
    _check_reason_and_reply(reason, reply, duplicate_of)
    refuse_marked(reply, actor=actor)
    locked, original = _lock_pair(question, duplicate_of)
    _ensure_closable(locked)
    ensure_unclaimed(locked, actor)
    if expected_revision is not None and refinement_revision(locked) != expected_revision:
        message = _("Somebody restated this question meanwhile. Read it as it is now, then close it.")
        raise RecordChanged(locked, message)
    if original:
        _check_duplicate(locked, original)
    closure = QuestionClosure.objects.create(
        question=locked,
        reason=reason,
        duplicate_of=original,
        reply=reply.strip(),
        closed_at=timezone.now(),
        closed_by=actor,
    )
    end_claim(locked)
    end_assignments(subject=locked, actor=actor)
    settle_status(locked)
    number = original.number if original else ""
    record_action(locked, "inquiry.question.close", actor=actor, reason=reason, duplicate=number)
    notify_asker(question=locked, kind=NotificationKind.QUESTION_CLOSED, words=closure.reply)
    notify_followers(question=locked, kind=NotificationKind.QUESTION_CLOSED)
    announce_changed(locked)
    return closure


def _check_reason_and_reply(reason: str, reply: str, duplicate_of: Question | None) -> None:
    errors = {"reply": text_error(reply, missing=_("Write a reply: the asker reads it."))}
    if reason not in ClosureReason.values:
        errors["reason"] = _("Say why it is closed.")
    elif (reason == ClosureReason.DUPLICATE) != (duplicate_of is not None):
        errors["reason"] = _("A duplicate names the question that asks the same; another reason names none.")
    raise_errors(errors)


def _lock_pair(question: Question, original: Question | None) -> tuple[Question, Question | None]:
    """Lock a question and the one that asks the same, if there is one; return both."""
    # In the one order of keys: two people may close the same pair in opposite directions.
    rows = {row.pk: row for row in lock_questions([row.pk for row in (question, original) if row])}
    return rows[question.pk], rows[original.pk] if original else None


def _ensure_closable(question: Question) -> None:
    if question.status == QuestionStatus.WITHDRAWN:
        raise ValidationError(_("This question was withdrawn."))
    if question.status == QuestionStatus.CLOSED:
        raise ValidationError(_("This question is closed already."))
    if ClusterMembership.objects.filter(question=question, until__isnull=True).exists():
        raise ValidationError(_("This question is grouped. Take it out of its cluster first."))
    if DossierItem.objects.filter(question=question).exists():
        raise ValidationError(_("This question is source material of a dossier, and stays open."))


def _check_duplicate(question: Question, original: Question) -> None:
    if original.pk == question.pk:
        raise ValidationError({"numbers": _("A question is not its own duplicate.")})
    # Else two questions would name each other, and nobody worked on either.
    if original.status in ENDED_STATUSES:
        raise ValidationError(
            {"numbers": _("%(number)s goes no further itself.") % {"number": original.number}}
        )


@transaction.atomic
def reopen_question(*, question: Question, actor: User, expected: QuestionClosure | None = None) -> Question:
    """Open a closed question again, and tell whoever has read that it was closed.

    `expected` is the closing that the person has seen. Raises ValidationError where the question is not closed, or was
    closed anew since.
    """
    require(can_close(actor))
    (locked,) = lock_questions([question.pk])
    closure = QuestionClosure.objects.filter(question=locked, reopened_at__isnull=True).first()
    if closure is None or locked.withdrawn_on:
        raise ValidationError(_("This question is not closed."))
    if expected and closure.pk != expected.pk:
        raise ValidationError(_("This question was closed anew meanwhile. Read the present reply first."))
    closure.reopened_at, closure.reopened_by = timezone.now(), actor
    closure.save(update_fields=["reopened_at", "reopened_by"])
    settle_status(locked)
    record_action(locked, "inquiry.question.reopen", actor=actor)
    unread = recall_notices(
        question=locked, kinds=[NotificationKind.QUESTION_CLOSED], since=closure.closed_at
    )
    notify_asker(question=locked, kind=NotificationKind.QUESTION_REOPENED, apart_from=unread)
    notify_followers(question=locked, kind=NotificationKind.QUESTION_REOPENED, apart_from=unread)
    announce_changed(locked)
    return locked


def lock_with_duplicates(question: Question) -> tuple[Question, list[QuestionClosure]]:
    """Lock the rows of a question and of those that are closed as asking the same; return it and those closings.

    Whoever closes another one as asking the same holds the row of this one, so that the closings stay what they are.
    """
    standing = QuestionClosure.objects.filter(duplicate_of=question, reopened_at__isnull=True)
    keys: set[int] = set()
    while True:
        rows = {row.pk: row for row in lock_questions([question.pk, *keys])}
        closures = list(standing)
        if keys.issuperset(closure.question_id for closure in closures):
            break
        keys |= {closure.question_id for closure in closures}
    for closure in closures:
        closure.question = rows[closure.question_id]
    return rows[question.pk], closures


def reopen_duplicates(closures: Iterable[QuestionClosure]) -> None:
    """Open questions again that were closed as asking the same as one which its asker withdraws: nobody works on it.

    Nobody is told of it, and no moment is kept: it would tell when the asker withdrew.
    """
    for closure in closures:
        closure.reopened_at = max(closure.closed_at, start_of_today())
        closure.save(update_fields=["reopened_at"])
        settle_status(closure.question)
        record_without_user(closure.question, "inquiry.question.reopen")
        kinds = [NotificationKind.QUESTION_CLOSED]
        recall_notices(question=closure.question, kinds=kinds, since=closure.closed_at)
        announce_changed(closure.question)
