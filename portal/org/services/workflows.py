"""What is in one of Wagtail's workflows waits for those who may approve it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from wagtail.models import TaskState, WorkflowState

from portal.foundation.joining import labelled
from portal.org.enums import AssignmentKind, NotificationKind, Role
from portal.org.models import Assignment, User
from portal.org.services.assignments import assign, complete_assignments, end_assignments
from portal.org.services.notifications import notify
from portal.org.subjects import approval_of, subject_of

# How long an approval may take before those who may give it are reminded.
APPROVAL_DAYS = 7
SUBMITTERS_NOTICES = {
    WorkflowState.STATUS_APPROVED: NotificationKind.SUBMISSION_APPROVED,
    WorkflowState.STATUS_NEEDS_CHANGES: NotificationKind.SUBMISSION_RETURNED,
}


@transaction.atomic
def begin_step(*, task_state: TaskState) -> None:
    """Let a text wait for those who may approve it in the step that begins."""
    record, what = _record(task_state)
    if record and what:
        _assign_approvers(record, what, task_state)


@transaction.atomic
def finish_step(*, task_state: TaskState, actor: User | None, is_decided: bool) -> None:
    """Let a text wait no longer for those of a step that is over: `actor` has decided, or it was cancelled.

    Who submitted it is told of the decision, with the comment.

    Wagtail says so only after the next step has begun; what waits for that one stays.
    """
    record, what = _record(task_state)
    if not (record and what):
        return
    current = _assign_approvers(record, what, task_state)
    if is_decided:
        complete_assignments(subject=record, what=what, actor=actor, except_for=current)
        _notify_submitter(record, task_state)
    else:
        end_assignments(subject=record, what=what, actor=actor, except_for=current)


def _notify_submitter(record: models.Model, task_state: TaskState) -> None:
    """Tell who submitted a text that it is published, or that changes are asked for; a step before the last says nothing."""
    workflow_state = WorkflowState.objects.get(pk=task_state.workflow_state_id)
    kind = SUBMITTERS_NOTICES.get(workflow_state.status)
    submitter = workflow_state.requested_by
    if kind is None or submitter is None:
        return
    described = subject_of(record)
    title = described.title(record)
    notify(
        recipient=submitter,
        kind=kind,
        subject=lambda: labelled(title, task_state.comment) if task_state.comment else title,
        url=described.url(record),
    )


def _record(task_state: TaskState) -> tuple[models.Model | None, AssignmentKind | None]:
    """Return the text in the workflow, and what is to be done about it if anybody is told."""
    record = task_state.workflow_state.content_object
    record = getattr(record, "specific", record)
    return record, approval_of(record) if record else None


def _assign_approvers(record: models.Model, what: AssignmentKind, task_state: TaskState) -> list[Assignment]:
    due_on = timezone.localdate() + dt.timedelta(days=APPROVAL_DAYS)
    return [
        assign(subject=record, what=what, due_on=due_on, **recipient)
        for recipient in _approvers(record, task_state)
    ]


def _approvers(record: models.Model, task_state: TaskState) -> list[dict[str, Any]]:
    """Return for whom the steps under way wait, as arguments of `assign`: roles, and members of other groups."""
    content = task_state.workflow_state
    under_way = TaskState.objects.filter(
        workflow_state__base_content_type=content.base_content_type_id,
        workflow_state__object_id=content.object_id,
        status=TaskState.STATUS_IN_PROGRESS,
    )
    groups = [group for state in under_way for group in _groups_of(state)]
    roles = {group.name for group in groups if group.name in Role.values}
    people = User.objects.active().filter(groups__in=[group for group in groups if group.name not in roles])
    readable = subject_of(record).readable
    return [
        *({"role": role} for role in sorted(roles)),
        *({"person": person} for person in people.distinct() if readable(person, record)),
    ]


def _groups_of(state: TaskState) -> list[Any]:
    """Return the groups whose members may approve; none for a task that is not given to groups."""
    groups = getattr(state.task.specific, "groups", None)
    return list(groups.all()) if groups else []
