"""Hold back what bears a mark of classification until a reviewer decides."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from inquiry.enums import HeldKind
from inquiry.models import HeldSubmission, Question
from inquiry.services.audit import record_without_user, start_of_today
from portal.foundation.secrecy import classification_marks
from portal.org.enums import AssignmentKind, Role
from portal.org.models import User
from portal.org.services.assignments import assign


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
            submission = HeldSubmission.objects.create(
                kind=kind,
                text=text.strip(),
                marks=marks,
                content=content,
                user=user,
                question=question,
                submission_key=submission_key or None,
                digest=digest,
            )
            _assign_to_reviewers(submission)
            record_without_user(submission, "inquiry.held.hold")
            return submission
    except IntegrityError:
        key = {"digest": digest} if digest else {"submission_key": submission_key}
        stored = HeldSubmission.objects.filter(user=user, **key).first() if any(key.values()) else None
        if stored is None:
            raise ValidationError(_("This could not be stored. Please send it again.")) from None
        return stored


def _assign_to_reviewers(submission: HeldSubmission) -> None:
    assignment = assign(subject=submission, what=AssignmentKind.REVIEW_SECRECY, role=Role.REVIEWER)
    assignment.assigned_at = start_of_today()
    assignment.save(update_fields=["assigned_at"])
