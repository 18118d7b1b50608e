"""Claiming a question for a while."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from inquiry.models import QuestionClaim
from inquiry.services.claims import QUESTION_CLAIM_HOURS, claim_question, release_question
from inquiry.services.closures import close_question
from inquiry.services.clusters import create_cluster
from inquiry.services.questions import withdraw_question
from inquiry.services.refinements import refine_question
from portal.org.enums import NotificationKind
from portal.org.models import Notification
from portal.org.services.accounts import update_account
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    return [UserFactory(roles=["analyst"]) for _ in range(2)]


def restate(question, actor):
    return refine_question(question=question, title="紧急外出的补办", text="何时补办？", actor=actor)


def expire(claim):
    claim.claimed_until = timezone.now() - dt.timedelta(seconds=1)
    claim.save()


def test_claim_holds_for_some_hours_and_is_renewed(two):
    question = QuestionFactory()
    before = timezone.now()
    claim_question(question=question, actor=two[0])
    claim_question(question=question, actor=two[0])
    claim = QuestionClaim.objects.get()
    assert claim.claimed_by == two[0]
    assert claim.claimed_until - before >= dt.timedelta(hours=QUESTION_CLAIM_HOURS)


def test_colleague_cannot_claim_or_restate_meanwhile(two):
    question = QuestionFactory()
    claim_question(question=question, actor=two[0])
    for act in (lambda: claim_question(question=question, actor=two[1]), lambda: restate(question, two[1])):
        with pytest.raises(ValidationError, match=two[0].display_name):
            act()
    assert question.refinements.count() == 0


def test_expired_claim_binds_nobody(two):
    question = QuestionFactory()
    expire(claim_question(question=question, actor=two[0]))
    claim_question(question=question, actor=two[1])
    assert QuestionClaim.objects.get().claimed_by == two[1]


def test_taking_over_tells_the_other_and_names_the_public_title(two):
    question = QuestionFactory(names_real=True, text="老张的案子怎么办？")
    claim_question(question=question, actor=two[0])
    claim_question(question=question, actor=two[1], takes_over=True)
    assert QuestionClaim.objects.get().claimed_by == two[1]
    notice = Notification.objects.get(kind=NotificationKind.CLAIM_TAKEN_OVER)
    assert (notice.recipient, notice.subject.strip()) == (two[0], question.number)


def test_one_gives_back_only_what_is_ones_own(two):
    question = QuestionFactory()
    claim_question(question=question, actor=two[0])
    release_question(question=question, actor=two[1])
    assert QuestionClaim.objects.count() == 1
    release_question(question=question, actor=two[0])
    assert QuestionClaim.objects.count() == 0


def test_restating_and_grouping_end_the_claim(two):
    for act in (
        lambda question: restate(question, two[0]),
        lambda question: create_cluster(title="补办", questions=[question], actor=two[0]),
    ):
        question = QuestionFactory()
        claim_question(question=question, actor=two[0])
        act(question)
        assert not QuestionClaim.objects.filter(question=question).exists()


def test_what_goes_no_further_is_claimed_by_nobody(two):
    closed, withdrawn = QuestionFactory(), QuestionFactory(asker=two[1])
    close_question(question=closed, reason="not_ours", reply="不属本平台。", actor=two[0])
    withdraw_question(question=withdrawn, actor=two[1])
    for question in (closed, withdrawn):
        with pytest.raises(ValidationError):
            claim_question(question=question, actor=two[0])
    assert not QuestionClaim.objects.exists()


def test_only_analysts_claim():
    for roles in (["trainee"], ["coordinator", "editor", "keeper", "administrator"]):
        with pytest.raises(PermissionDenied):
            claim_question(question=QuestionFactory(), actor=UserFactory(roles=roles))


@pytest.mark.parametrize("changes", [{"roles": ["trainee"]}, {"is_active": False}], ids=["role", "account"])
def test_whoever_is_an_analyst_no_longer_keeps_nobody_waiting(two, changes):
    question, kept = QuestionFactory(), QuestionFactory()
    claim_question(question=question, actor=two[0])
    claim_question(question=kept, actor=two[1])
    access = {"roles": ["analyst"], "is_active": True} | changes
    administrator = UserFactory(roles=["administrator"])
    update_account(user=two[0], actor=administrator, office=two[0].office, **access)
    restate(question, two[1])
    assert not Notification.objects.filter(kind=NotificationKind.CLAIM_TAKEN_OVER).exists()
    update_account(
        user=two[1], actor=administrator, office=two[1].office, roles=["analyst", "editor"], is_active=True
    )
    assert QuestionClaim.objects.get().question == kept


def test_claims_are_recorded_with_the_analyst(two):
    question = QuestionFactory()
    claim_question(question=question, actor=two[0])
    release_question(question=question, actor=two[0])
    actions = ModelLogEntry.objects.filter(user=two[0]).values_list("action", flat=True)
    assert set(actions) == {"inquiry.question.claim", "inquiry.question.release"}
