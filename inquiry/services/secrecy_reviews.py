"""Decide about what was held back: take it as it was sent, or delete its text."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.enums import HeldKind, HeldStatus
from inquiry.models import AskerIdentity, HeldSubmission, Question, ReceivedAnswer
from inquiry.rules import can_review_secrecy
from inquiry.services.audit import record_action, require
from inquiry.services.categories import map_category
from inquiry.services.questions import store_correction, store_question
from inquiry.services.submissions import asker_of, printed_affiliation_of, wording_of
from inquiry.services.validation import raise_errors, text_error
from portal.foundation.revisions import AlreadyDecidedError
from portal.org.enums import NotificationKind
from portal.org.models import User
from portal.org.services.assignments import complete_assignments
from portal.org.services.notifications import notify


@transaction.atomic
def release_submission(*, submission: HeldSubmission, reviewer: User, reason: str = "") -> Question:
    """Store what was held back, as of the day on which it was sent; its sender is told.

    Raises ValidationError where another reviewer decided meanwhile.
    """
    row = _locked(submission, reviewer)
    question = _store(row)
    _decide(row, HeldStatus.RELEASED, reviewer, reason, question)
    record_action(question, "inquiry.held.release", actor=reviewer)
    _tell_sender(row, NotificationKind.SUBMISSION_RELEASED, question.number, question.get_absolute_url())
    return question


@transaction.atomic
def refuse_submission(*, submission: HeldSubmission, reviewer: User, reason: str) -> HeldSubmission:
    """Delete the text; the day, the reviewer and the reason stay, and its sender reads them."""
    row = _locked(submission, reviewer)
    raise_errors({"reason": text_error(reason, missing=_("Say why, for the person who sent it."))})
    _decide(row, HeldStatus.REFUSED, reviewer, reason, row.question)
    record_action(row, "inquiry.held.refuse", actor=reviewer)
    url = reverse("inquiry:my_questions")
    _tell_sender(row, NotificationKind.SUBMISSION_REFUSED, lambda: str(row), url)
    return row


def _locked(submission: HeldSubmission, reviewer: User) -> HeldSubmission:
    require(can_review_secrecy(reviewer))
    row = HeldSubmission.objects.select_for_update().get(pk=submission.pk)
    if row.status != HeldStatus.WAITING:
        raise AlreadyDecidedError(row.get_status_display())
    return row


def _store(submission: HeldSubmission) -> Question:
    """Store a correction, or a question with what was decided when it was sent; return the question."""
    if submission.kind == HeldKind.CORRECTION and submission.question:
        store_correction(question=submission.question, text=submission.text)
        return submission.question
    content = submission.content
    question = store_question(
        wording=wording_of(submission),
        naming=content["naming"],
        asker=asker_of(submission),
        printed=printed_affiliation_of(submission),
        origin=content["origin"],
        submission_key=submission.submission_key,
        digest=submission.digest,
        category_received=content["category"],
    )
    if submission.is_closed:
        AskerIdentity.objects.filter(question=question).update(is_closed=True)
    if content["answer"]:
        ReceivedAnswer.objects.create(question=question, text=content["answer"])
    map_category(question)
    return question


def _decide(
    submission: HeldSubmission, status: HeldStatus, reviewer: User, reason: str, question: Question | None
) -> None:
    submission.status, submission.reason = status, reason.strip()
    submission.reviewed_by, submission.reviewed_on = reviewer, timezone.localdate()
    # The text stands with the question now, or nowhere.
    submission.question, submission.text, submission.content = question, "", {}
    submission.save()
    complete_assignments(subject=submission, actor=reviewer)


def _tell_sender(
    submission: HeldSubmission, kind: NotificationKind, subject: str | Callable[[], str], url: str
) -> None:
    sender = submission.user
    if sender and sender.is_active and not submission.is_closed:
        notify(recipient=sender, kind=kind, subject=subject, url=url)
