"""Closing a question as asked already or as not ours, with a reply to its asker."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from inquiry.enums import ClosureReason, Naming, QuestionStatus
from inquiry.models import AskerIdentity, QuestionClosure
from inquiry.selectors import (
    chain_of,
    earlier_steps,
    presented_question,
    questions_awaiting_refinement,
)
from inquiry.services.audit import start_of_today
from inquiry.services.claims import claim_question
from inquiry.services.closures import close_question, reopen_question
from inquiry.services.clusters import add_questions
from inquiry.services.questions import add_me_too, follow, withdraw_question
from inquiry.services.refinements import refine_question
from portal.org.enums import AssignmentKind, NotificationKind
from portal.org.models import Assignment, Notification
from portal.org.services import assign, mark_read
from tests.factories.inquiry import ClusterFactory, DossierItemFactory, QuestionFactory, RefinementFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db

REPLY = "您好，感谢提问。同样的问题已有人提出，请在那里关注。"


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"])


def close(question, actor, **changes):
    values = {"reason": ClosureReason.NOT_OURS, "reply": REPLY, "actor": actor} | changes
    return close_question(question=question, **values)


def test_closed_question_leaves_the_queue_and_ends_what_waits(analyst):
    question, other = QuestionFactory(), QuestionFactory()
    claim_question(question=question, actor=analyst)
    assign(subject=question, what=AssignmentKind.REFINE, person=analyst)
    close(question, analyst, reason=ClosureReason.DUPLICATE, duplicate_of=other)
    question.refresh_from_db()
    assert question.status == QuestionStatus.CLOSED
    assert list(questions_awaiting_refinement(analyst)) == [other]
    assert not hasattr(question, "claim")
    assert not Assignment.objects.open().exists()


def test_asker_is_told_with_the_reply_and_followers_without_it(analyst):
    asker, follower = UserFactory(roles=["trainee"]), UserFactory(roles=["trainee"])
    question = QuestionFactory(asker=asker, naming=Naming.ANONYMOUS)
    follow(question=question, actor=follower)
    close(question, analyst)
    told = {row.recipient: row for row in Notification.objects.all()}
    assert set(told) == {asker, follower}
    assert told[asker].kind == NotificationKind.QUESTION_CLOSED
    assert REPLY in told[asker].subject
    assert told[asker].url == question.get_absolute_url()
    assert REPLY not in told[follower].subject


def test_closing_tells_nobody_whether_anybody_is_on_record(analyst):
    """Page, answer and log are the same whether the asker can be told or not."""
    known, unknown = (QuestionFactory(naming=Naming.ANONYMOUS, text="同一个问题怎么办？") for _ in range(2))
    AskerIdentity.objects.filter(question=unknown).update(user=None)
    for question in (known, unknown):
        close(question, analyst)
        question.refresh_from_db()
    entries = [
        (row.action, row.user, row.data) for row in ModelLogEntry.objects.filter(action__contains="close")
    ]
    assert entries[0] == entries[1]
    shown = [presented_question(question, analyst) for question in (known, unknown)]
    assert shown[0].closure == shown[1].closure
    assert [station.label for station in chain_of(known, analyst)] == [
        station.label for station in chain_of(unknown, analyst)
    ]


def test_reply_is_hidden_with_the_original_from_others(analyst):
    asker, colleague = UserFactory(roles=["trainee"]), UserFactory(roles=["trainee"])
    question = RefinementFactory(question=QuestionFactory(asker=asker)).question
    question.names_real = True
    question.save()
    close(question, analyst, reply="关于老张的案子，请向法院咨询。")
    question.refresh_from_db()
    for reader, is_shown in ((asker, True), (analyst, True), (colleague, False)):
        assert bool(presented_question(question, reader).closure.reply) is is_shown
        assert presented_question(question, reader).closure.reason == ClosureReason.NOT_OURS


def test_chain_and_earlier_steps_name_the_other(analyst):
    question, other = QuestionFactory(), QuestionFactory()
    close(question, analyst, reason=ClosureReason.DUPLICATE, duplicate_of=other)
    question.refresh_from_db()
    station = chain_of(question, analyst)[-1]
    assert (station.kind, station.number, station.state) == ("closed", other.number, "done")
    assert question.number in earlier_steps(other)[-1].title
    reopen_question(question=question, actor=analyst)
    assert [event.text for event in earlier_steps(question)] == [f"已有相同问题：{other.number}", ""]
    assert earlier_steps(other) == []


def test_duplicate_names_another_question_that_goes_on(analyst):
    question, closed = QuestionFactory(), QuestionFactory()
    close(closed, analyst)
    for other in (question, closed, None):
        with pytest.raises(ValidationError):
            close(question, analyst, reason=ClosureReason.DUPLICATE, duplicate_of=other)
    with pytest.raises(ValidationError):
        close(question, analyst, duplicate_of=QuestionFactory())
    assert not question.closures.exists()


def test_two_questions_are_not_each_others_duplicate(analyst):
    one, two = QuestionFactory(), QuestionFactory()
    close(one, analyst, reason=ClosureReason.DUPLICATE, duplicate_of=two)
    with pytest.raises(ValidationError, match=one.number):
        close(two, analyst, reason=ClosureReason.DUPLICATE, duplicate_of=one)


def test_what_is_grouped_gathered_claimed_or_ended_is_not_closed(analyst):
    grouped, gathered, claimed, ended = QuestionFactory.create_batch(4)
    ClusterFactory(questions=[grouped])
    DossierItemFactory(question=gathered)
    claim_question(question=claimed, actor=UserFactory(roles=["analyst"]))
    close(ended, analyst)
    for question in (grouped, gathered, claimed, ended):
        with pytest.raises(ValidationError):
            close(question, analyst)


@pytest.mark.parametrize("reply", ["", "　", "……"])
def test_reply_must_say_something(analyst, reply):
    with pytest.raises(ValidationError) as caught:
        close(QuestionFactory(), analyst, reply=reply)
    assert list(caught.value.message_dict) == ["reply"]


def test_only_analysts_close_and_reopen(analyst):
    question = QuestionFactory()
    close(question, analyst)
    for roles in (["trainee"], ["coordinator", "editor", "keeper", "administrator"]):
        person = UserFactory(roles=roles)
        with pytest.raises(PermissionDenied):
            close(QuestionFactory(), person)
        with pytest.raises(PermissionDenied):
            reopen_question(question=question, actor=person)


def test_closed_question_is_neither_restated_nor_grouped_nor_joined(analyst):
    question = QuestionFactory()
    close(question, analyst)
    question.refresh_from_db()
    for act in (
        lambda: refine_question(question=question, title="题", text="文字怎么写？", actor=analyst),
        lambda: add_questions(cluster=ClusterFactory(), questions=[question], actor=analyst),
        lambda: add_me_too(question=question, actor=UserFactory(roles=["trainee"])),
    ):
        with pytest.raises(ValidationError):
            act()


def test_reopening_recalls_unread_notices_and_tells_who_has_read_them(analyst):
    asker, follower = UserFactory(roles=["trainee"]), UserFactory(roles=["trainee"])
    question = QuestionFactory(asker=asker)
    follow(question=question, actor=follower)
    close(question, analyst)
    Notification.objects.filter(recipient=asker).update(read_at=timezone.now())
    reopen_question(question=question, actor=analyst)
    question.refresh_from_db()
    assert question.status == QuestionStatus.RAISED
    kinds = Notification.objects.filter(recipient=asker).values_list("kind", flat=True)
    assert set(kinds) == {NotificationKind.QUESTION_CLOSED, NotificationKind.QUESTION_REOPENED}
    assert not Notification.objects.filter(recipient=follower).exists()
    close(question, analyst)
    assert question.closures.count() == 2


def test_asker_may_withdraw_a_closed_question(analyst):
    asker = UserFactory(roles=["trainee"])
    question = QuestionFactory(asker=asker)
    close(question, analyst)
    withdraw_question(question=question, actor=asker)
    question.refresh_from_db()
    assert question.status == QuestionStatus.WITHDRAWN
    with pytest.raises(ValidationError):
        reopen_question(question=question, actor=analyst)


def test_what_was_closed_as_a_duplicate_waits_again_once_the_other_is_withdrawn(analyst):
    asker, other_asker, reader = (UserFactory(roles=["trainee"]) for _ in range(3))
    question, other = QuestionFactory(asker=asker), QuestionFactory(asker=other_asker)
    follow(question=question, actor=reader)
    close(question, analyst, reason=ClosureReason.DUPLICATE, duplicate_of=other)
    notice = Notification.objects.get(recipient=reader)
    mark_read(notification=notice, user=reader)
    withdraw_question(question=other, actor=other_asker)
    question.refresh_from_db()
    assert question.status == QuestionStatus.RAISED
    assert list(questions_awaiting_refinement(analyst)) == [question]
    # Neither a notice nor an entry nor the closing has the moment of withdrawing.
    assert list(Notification.objects.all()) == [notice]
    entry = ModelLogEntry.objects.get(action="inquiry.question.reopen")
    assert (entry.user, entry.timestamp) == (None, start_of_today())
    closure = QuestionClosure.objects.get()
    assert (closure.reopened_by, closure.reopened_at) == (None, closure.closed_at)
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        close(question, analyst)
        assert question.closures.count() == 2


def test_duplicates_of_a_closed_question_wait_again_once_it_is_withdrawn(analyst):
    asker = UserFactory(roles=["trainee"])
    first, second, third = QuestionFactory(), QuestionFactory(asker=asker), QuestionFactory()
    close(first, analyst, reason=ClosureReason.DUPLICATE, duplicate_of=second)
    close(second, analyst, reason=ClosureReason.DUPLICATE, duplicate_of=third)
    withdraw_question(question=second, actor=asker)
    assert list(questions_awaiting_refinement(analyst)) == [first, third]


def test_database_holds_one_standing_closure_that_names_the_other():
    question, analyst = QuestionFactory(), UserFactory(roles=["analyst"])
    values = {"question": question, "closed_at": timezone.now(), "closed_by": analyst, "reply": "好"}
    with pytest.raises(IntegrityError):
        QuestionClosure.objects.create(reason=ClosureReason.DUPLICATE, **values)


def test_earlier_notices_stay_when_a_question_is_opened_again(analyst):
    asker = UserFactory(roles=["trainee"])
    question = QuestionFactory(asker=asker)
    refine_question(question=question, title="题", text="文字怎么写？", actor=analyst)
    Notification.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    close(question, analyst)
    reopen_question(question=question, actor=analyst)
    assert Notification.objects.get().kind == NotificationKind.QUESTION_REFINED
