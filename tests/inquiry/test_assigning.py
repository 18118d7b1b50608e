"""What a colleague may learn or break by assignments of questions, clusters and dossiers."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from home.selectors import tasks_of
from inquiry.enums import ClusterStatus, DossierStatus, QuestionStatus
from inquiry.models import Dossier, Question
from inquiry.services.dossiers import create_dossier
from inquiry.services.questions import withdraw_question
from inquiry.services.refinements import refine_question
from portal.org import services
from portal.org.enums import AssignmentKind, NotificationKind
from portal.org.models import Assignment, Notification
from tests.factories.inquiry import ClusterFactory, QuestionFactory
from tests.factories.org import UserFactory
from tests.waiting import at_once

pytestmark = pytest.mark.django_db


def test_what_may_not_be_read_is_neither_counted_nor_a_page_of_its_own(client, analyst):
    dossier = create_dossier(title="不公开的题目", actor=analyst)
    services.assign(subject=dossier, what=AssignmentKind.WRITE, person=analyst, actor=analyst)
    assert [task.count for task in tasks_of(analyst) if task.url == reverse("org:assignments")] == [1]
    analyst.groups.clear()
    reader = type(analyst).objects.get(pk=analyst.pk)
    assert [task.count for task in tasks_of(reader) if task.url == reverse("org:assignments")] == []
    assert client.get(reverse("org:assignments")).context["page_obj"].paginator.count == 0


def test_what_may_not_be_read_is_not_worked_on(client, analyst):
    dossier = create_dossier(title="不公开的题目", actor=analyst)
    assignment = services.assign(subject=dossier, what=AssignmentKind.WRITE, person=analyst, actor=analyst)
    analyst.groups.clear()
    page = client.post(reverse("org:assignment", args=[assignment.pk]), {"act": "complete"})
    assert page.status_code == 403
    assert Assignment.objects.open().get() == assignment


def test_a_reason_that_is_too_long_is_told(client, analyst):
    assignment = services.assign(
        subject=QuestionFactory(), what=AssignmentKind.REFINE, person=analyst, actor=analyst
    )
    page = client.post(
        reverse("org:assignment", args=[assignment.pk]), {"act": "pause", "reason": "久" * 301}, follow=True
    )
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert Assignment.objects.get().paused_at is None


def _withdrawn():
    question = QuestionFactory()
    Question.objects.filter(pk=question.pk).update(
        status=QuestionStatus.WITHDRAWN, withdrawn_on=timezone.localdate()
    )
    return question


def _absorbed():
    return ClusterFactory(status=ClusterStatus.ABSORBED, merged_into=ClusterFactory())


def _finished():
    dossier = create_dossier(title="外出管理素材", actor=UserFactory(roles=["analyst"]))
    Dossier.objects.filter(pk=dossier.pk).update(
        status=DossierStatus.FINISHED, finished_on=timezone.localdate()
    )
    return dossier


@pytest.mark.parametrize("make", [_withdrawn, _absorbed, _finished])
def test_what_has_ended_is_given_to_nobody(analyst, make):
    """A page that was opened before shows the button still."""
    with pytest.raises(ValidationError):
        services.assign(subject=make(), what=AssignmentKind.STUDY, person=analyst, actor=analyst)
    assert not Assignment.objects.exists()


def test_another_day_for_what_waits_already_is_not_dropped_silently(client, analyst):
    question = QuestionFactory()
    services.assign(subject=question, what=AssignmentKind.REFINE, person=analyst, actor=analyst)
    later = timezone.localdate() + dt.timedelta(days=3)
    page = client.post(
        reverse("inquiry:assign_question", args=[question.number]),
        {"person": analyst.pk, "due_on": later.isoformat()},
    )
    assert page.context["form"].errors.keys() == {"person"}


def test_notice_of_work_loses_the_title_of_a_question_that_names_people(analyst):
    question = QuestionFactory(title="张三逾期未归怎么处理")
    taker = UserFactory(roles=["analyst"])
    services.assign(subject=question, what=AssignmentKind.REFINE, person=taker, actor=analyst)
    notice = Notification.objects.get(recipient=taker, kind=NotificationKind.ASSIGNED)
    assert "张三" in notice.subject
    refine_question(
        question=question, title="逾期未归", text="逾期未归如何处理？", names_real=True, actor=analyst
    )
    notice.refresh_from_db()
    assert notice.subject == f"{question.number} 逾期未归"


@pytest.mark.parametrize("make", [QuestionFactory, ClusterFactory])
def test_the_page_needs_as_many_queries_for_one_as_for_three(client, analyst, make):
    page = reverse("org:assignments")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        return len(captured)

    def give():
        services.assign(subject=make(), what=AssignmentKind.STUDY, person=analyst, actor=analyst)

    give()
    client.get(page)
    of_one = queries()
    give()
    give()
    assert queries() == of_one


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_is_given_while_the_question_is_withdrawn_stays_open_for_nobody():
    asker, analyst = UserFactory(), UserFactory(roles=["analyst"])
    question = QuestionFactory(asker=asker)

    def give():
        with contextlib.suppress(ValidationError):
            services.assign(subject=question, what=AssignmentKind.REFINE, person=analyst)

    at_once(give, lambda: withdraw_question(question=question, actor=asker))
    assert not Assignment.objects.open().exists()
