"""Take a question for a while, so that no colleague works on it as well; give it back, or take it over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.enums import ENDED_STATUSES
from inquiry.models import Question, QuestionClaim
from inquiry.rules import can_refine
from inquiry.services.audit import record_action, require
from inquiry.services.locks import lock_questions
from portal.org.enums import NotificationKind
from portal.org.models import User
from portal.org.services.notifications import notify

QUESTION_CLAIM_HOURS = 2


@transaction.atomic
def claim_question(*, question: Question, actor: User, takes_over: bool = False) -> QuestionClaim:
    """Take a question for `QUESTION_CLAIM_HOURS` hours from now, or for as long again.

    Raises ValidationError while somebody else works on it, unless `takes_over`: then that person is told. What was
    closed or withdrawn is not worked on.
    """
    require(can_refine(actor))
    # The row of the question, since a claim that is not there yet cannot be locked.
    (locked,) = lock_questions([question.pk])
    if locked.status in ENDED_STATUSES:
        raise ValidationError(_("This question goes no further, so nobody claims it."))
    if not takes_over:
        ensure_unclaimed(locked, actor)
    claim = QuestionClaim.objects.filter(question=locked).select_related("claimed_by").first()
    if claim and claim.is_of_other(actor, timezone.now()):
        _tell_of_taking_over(locked, claim.claimed_by)
    until = timezone.now() + dt.timedelta(hours=QUESTION_CLAIM_HOURS)
    values = {"claimed_by": actor, "claimed_until": until}
    claim, _created = QuestionClaim.objects.update_or_create(question=locked, defaults=values)
    record_action(locked, "inquiry.question.claim", actor=actor)
    return claim


def _tell_of_taking_over(question: Question, previous: User) -> None:
    notify(
        recipient=previous,
        kind=NotificationKind.CLAIM_TAKEN_OVER,
        subject=f"{question.number} {question.public_title()}",
        url=reverse("inquiry:desk_question", args=[question.number]),
    )


@transaction.atomic
def release_question(*, question: Question, actor: User) -> None:
    """Give back a question that one has taken; what others have taken stays theirs."""
    require(can_refine(actor))
    (locked,) = lock_questions([question.pk])
    deleted, _rows = QuestionClaim.objects.filter(question=locked, claimed_by=actor).delete()
    if deleted:
        record_action(locked, "inquiry.question.release", actor=actor)


def ensure_unclaimed(question: Question, actor: User) -> None:
    """Raise ValidationError while somebody else works on a question, whose row is locked."""
    claim = QuestionClaim.objects.filter(question=question).select_related("claimed_by").first()
    if claim and claim.is_of_other(actor, timezone.now()):
        raise ValidationError(
            _("%(name)s works on %(number)s until %(time)s. Take it over first, or wait.")
            % {
                "name": claim.claimed_by,
                "number": question.number,
                "time": f"{timezone.localtime(claim.claimed_until):%H:%M}",
            },
            code="claimed",
        )


def end_own_claims(questions: Iterable[Question], actor: User) -> None:
    """End what a person had claimed of some questions, whose rows are locked."""
    QuestionClaim.objects.filter(question__in=questions, claimed_by=actor).delete()


def end_claim(question: Question) -> None:
    """End whatever claim there is on a question, whose row is locked: the work is done."""
    QuestionClaim.objects.filter(question=question).delete()


def end_lost_claims(person: User) -> None:
    """End what a person had claimed who restates questions no longer, or colleagues would wait for nobody."""
    if not can_refine(person):
        QuestionClaim.objects.filter(claimed_by=person).delete()
