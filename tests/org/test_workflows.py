"""What is in one of Wagtail's workflows waits for those who may approve it."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Site, Workflow, WorkflowState, WorkflowTask
from wagtail.workflows import get_task_types

from casebank.models import TypicalCase
from casebank.models.workflows import PeerApprovalTask
from portal.org.enums import AssignmentKind, NotificationKind, Role
from portal.org.models import Assignment, Notification
from portal.org.selectors import open_assignments
from portal.org.services.reminders import end_orphaned_assignments, remind_of_assignments
from tests.factories.casebank import TypicalCaseFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db
# A Thursday.
MORNING = "2026-11-26 09:00+08:00"


@pytest.fixture
def author():
    return UserFactory(roles=["coordinator"])


@pytest.fixture
def editor():
    return UserFactory(roles=["editor"])


def submitted(author) -> TypicalCase:
    case = TypicalCaseFactory()
    case.save_revision(user=author)
    Workflow.objects.get(name="案例审核").start(case, author)
    return case


def titles(user) -> list[str]:
    return [row.title for row in open_assignments(user)]


def act(case, user, action: str, comment: str = "") -> None:
    state = case.current_workflow_task_state
    task = state.task.specific
    box = {"secrecy_checked": True} if isinstance(task, PeerApprovalTask) else {}
    task.on_action(state, user, action, comment=comment, **box)


def test_submitted_case_waits_for_editors_until_a_day(author, editor):
    case = submitted(author)
    row = Assignment.objects.open().get()
    assert (row.subject, row.what, row.role) == (case, AssignmentKind.APPROVE_CASE, Role.EDITOR)
    assert row.due_on == timezone.localdate() + dt.timedelta(days=7)
    [shown] = open_assignments(editor)
    assert shown.title == str(case)
    assert shown.url == f"/admin/snippets/casebank/typicalcase/edit/{case.pk}/"
    assert not shown.can_complete


def test_it_waits_neither_for_its_author_nor_for_people_without_the_role(author):
    writing_editor = UserFactory(roles=["editor"])
    submitted(writing_editor)
    assert [titles(user) for user in (writing_editor, author, UserFactory(roles=["analyst"]))] == [[], [], []]


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_the_decision_is_what_the_editor_did(author, editor, action):
    case = submitted(author)
    act(case, editor, action)
    row = Assignment.objects.get()
    assert (row.done_by, row.ended_at, titles(editor)) == (editor, None, [])


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("approve", NotificationKind.SUBMISSION_APPROVED),
        ("reject", NotificationKind.SUBMISSION_RETURNED),
    ],
)
def test_who_submitted_is_told_of_the_decision_with_its_comment(author, editor, action, kind):
    case = submitted(author)
    act(case, editor, action, comment="请补充依据。")
    told = Notification.objects.get(recipient=author)
    assert (told.kind, told.subject) == (kind, f"{case}：请补充依据。")
    assert told.url == f"/admin/snippets/casebank/typicalcase/edit/{case.pk}/"


def test_what_is_cancelled_ends(author, editor):
    case = submitted(author)
    case.current_workflow_state.cancel(user=author)
    row = Assignment.objects.get()
    assert (row.done_at, row.ended_at is None) == (None, False)


def test_what_an_editor_publishes_at_once_waits_no_longer(author, editor):
    case = submitted(author)
    case.get_latest_revision().publish(user=editor)
    assert not Assignment.objects.open().exists()


def test_the_clock_ends_what_a_closed_subject_left(author):
    case = submitted(author)
    case.workflow_states.update(status=WorkflowState.STATUS_CANCELLED)
    assert end_orphaned_assignments() == 1
    assert not Assignment.objects.open().exists()


def test_what_is_rejected_and_sent_in_again_waits_again(author, editor):
    case = submitted(author)
    act(case, editor, "reject")
    case.current_workflow_state.resume(user=author)
    assert titles(editor) == [str(case)]
    assert Assignment.objects.count() == 2


def test_what_is_deleted_waits_for_nobody(author, editor):
    submitted(author).delete()
    assert not Assignment.objects.open().exists()


def test_editors_are_reminded_as_of_all_that_waits(author, editor):
    with time_machine.travel(MORNING, tick=False) as now:
        submitted(author)
        assert remind_of_assignments() == 0
        now.shift(dt.timedelta(days=5))
        assert remind_of_assignments() == 1
    assert Notification.objects.get(recipient=editor).kind == NotificationKind.ASSIGNMENT_DUE
    assert not Notification.objects.filter(recipient=author).exists()


def with_two_steps(*groups: str) -> Workflow:
    workflow = Workflow.objects.create(name="两步审核")
    for position, name in enumerate(groups):
        task = PeerApprovalTask.objects.create(name=name)
        task.groups.add(Group.objects.get_or_create(name=name)[0])
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=position)
    return workflow


def test_a_second_step_waits_for_its_own_people(author, editor):
    administrator = UserFactory(roles=["administrator"])
    case = TypicalCaseFactory()
    case.save_revision(user=author)
    with_two_steps("editor", "coordinator").start(case, author)
    act(case, editor, "approve")
    second = UserFactory(roles=["coordinator"])
    assert [titles(user) for user in (editor, second, author, administrator)] == [[], [str(case)], [], []]
    assert Assignment.objects.get(role=Role.EDITOR).done_by == editor


def test_step_that_asks_for_no_check_publishes_nothing(author, editor):
    task = GroupApprovalTask.objects.create(name="未核对的一步")
    task.groups.add(Group.objects.get(name="editor"))
    workflow = Workflow.objects.create(name="一步审核")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    case = TypicalCaseFactory(live=False)
    case.save_revision(user=author)
    workflow.start(case, author)
    with pytest.raises(PermissionDenied):
        act(case, editor, "approve")
    case.refresh_from_db()
    assert not case.live
    assert GroupApprovalTask not in get_task_types()


def test_step_that_is_switched_off_publishes_nothing(author):
    case = TypicalCaseFactory(live=False)
    case.save_revision(user=author)
    workflow = Workflow.objects.get(name="案例审核")
    workflow.start(case, author)
    workflow.tasks.get().specific.deactivate(user=UserFactory(is_superuser=True))
    case.refresh_from_db()
    assert (case.live, case.workflow_in_progress) == (False, False)
    assert not Assignment.objects.open().exists()


def test_workflow_without_a_step_publishes_nothing(author):
    case = TypicalCaseFactory(live=False)
    case.save_revision(user=author)
    Workflow.objects.create(name="无步骤").start(case, author)
    case.refresh_from_db()
    assert (case.live, case.workflow_in_progress) == (False, False)


def test_pages_in_a_workflow_wait_for_the_members_of_any_group(editor):
    page = Site.objects.get(is_default_site=True).root_page.specific
    page.save_revision(user=editor)
    member = UserFactory(roles=["administrator"])
    member.groups.add(Group.objects.create(name="栏目审核组"))
    with_two_steps("栏目审核组").start(page, editor)
    row = Assignment.objects.open().get()
    assert (row.subject, row.what, row.person) == (page, AssignmentKind.APPROVE_PAGE, member)
    act(page, member, "approve")
    assert Assignment.objects.get().done_by == member
