"""Hold back what bears a mark of classification, and take it or delete it as a reviewer decides."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.enums import HeldKind, HeldStatus
from inquiry.models import HeldSubmission, Question
from inquiry.rules import can_review_secrecy
from inquiry.services.audit import record_action, record_without_user, require
from inquiry.services.validation import raise_errors, text_error
from portal.foundation.secrecy import classification_marks
from portal.org.enums import AssignmentKind, NotificationKind, Role
from portal.org.models import User
from portal.org.services.assignments import assign, complete_assignments
from portal.org.services.notifications import notify


class SubmissionHeld(Exception):
    """What was sent is stored, and waits for a reviewer; `submission` is its row."""

    def __init__(self, submission: HeldSubmission) -> None:
        super().__init__(str(submission))
        self.submission = submission


def marks_of(*texts: str) -> list[str]:
    """Return the marks of classification in some texts, each once."""
    marks = (mark.text for text in texts for mark in classification_marks(text))
    return list(dict.fromkeys(marks))


def hold(
    *,
    kind: HeldKind,
    text: str,
    marks: list[str],
    content: dict[str, Any],
    user: User | None,
    question: Question | None = None,
    submission_key: uuid.UUID | str | None = None,
    digest: str | None = None,
) -> HeldSubmission:
    """Store what was sent; the same form or row is stored once.

    Neither log nor assignment has a time or a person: who was signed in then would tell who it was.
    """
    try:
        with transaction.atomic():
            held = HeldSubmission.objects.create(
                kind=kind,
                text=text.strip(),
                marks=marks,
                content=content,
                user=user,
                question=question,
                submission_key=submission_key or None,
                digest=digest,
            )
            day = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
            assignment = assign(subject=held, what=AssignmentKind.REVIEW_SECRECY, role=Role.REVIEWER)
            assignment.assigned_at = day
            assignment.save(update_fields=["assigned_at"])
            record_without_user(held, "inquiry.held.hold")
            return held
    except IntegrityError:
        same = HeldSubmission.objects.filter(submission_key=submission_key) if submission_key else None
        if digest:
            same = HeldSubmission.objects.filter(digest=digest)
        existing = same.filter(user=user).first() if same is not None else None
        if existing is None:
            raise ValidationError(_("This could not be stored. Please send it again.")) from None
        return existing


@transaction.atomic
def release_submission(
    *,
    submission: HeldSubmission,
    reviewer: User,
    take: Callable[[HeldSubmission], Question],
    reason: str = "",
) -> Question:
    """Let `take` store what was held, as of the day on which it was sent; its sender is told.

    Raises ValidationError where another reviewer decided meanwhile.
    """
    held = _locked(submission, reviewer)
    question = take(held)
    _decide(held, HeldStatus.RELEASED, reviewer, reason, question)
    record_action(question, "inquiry.held.release", actor=reviewer)
    _tell_sender(held, NotificationKind.SUBMISSION_RELEASED, question.number, question.get_absolute_url())
    return question


@transaction.atomic
def refuse_submission(*, submission: HeldSubmission, reviewer: User, reason: str) -> HeldSubmission:
    """Delete the text; the day, the reviewer and the reason stay, and its sender reads them."""
    held = _locked(submission, reviewer)
    raise_errors({"reason": text_error(reason, missing=_("Say why, for the person who sent it."))})
    _decide(held, HeldStatus.REFUSED, reviewer, reason, held.question)
    record_action(held, "inquiry.held.refuse", actor=reviewer)
    url = reverse("inquiry:my_questions")
    _tell_sender(held, NotificationKind.SUBMISSION_REFUSED, lambda: str(held), url)
    return held


def _locked(submission: HeldSubmission, reviewer: User) -> HeldSubmission:
    require(can_review_secrecy(reviewer))
    held = HeldSubmission.objects.select_for_update().get(pk=submission.pk)
    if held.status != HeldStatus.WAITING:
        text = _("This was decided meanwhile: %(decision)s.")
        raise ValidationError(text % {"decision": held.get_status_display()})
    return held


def _decide(
    held: HeldSubmission, status: HeldStatus, reviewer: User, reason: str, question: Question | None
) -> None:
    held.status, held.reviewed_by, held.reviewed_on = status, reviewer, timezone.localdate()
    held.reason, held.question = reason.strip(), question
    # The text stands with the question now, or nowhere.
    held.text, held.content = "", {}
    held.save()
    complete_assignments(subject=held, actor=reviewer)


def _tell_sender(
    held: HeldSubmission, kind: NotificationKind, subject: str | Callable[[], str], url: str
) -> None:
    if held.user and held.user.is_active and not held.is_closed:
        notify(recipient=held.user, kind=kind, subject=subject, url=url)


def day_of(content: dict[str, Any]) -> dt.date:
    """Return the day on which a held submission was sent."""
    return dt.date.fromisoformat(content["raised_on"])
