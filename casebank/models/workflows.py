"""The approval of cases by a second person."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.forms import TaskStateCommentForm
from wagtail.models import AbstractGroupApprovalTask, TaskState

from portal.foundation.secrecy import marks_in
from portal.org.forms.secrecy import SECRECY_CHECKED, ApprovalForm, CommentForm
from portal.org.rules import is_reviewer


def _may_publish(obj: models.Model, user: Any) -> bool:
    """Return whether somebody may approve a text: one with a mark of classification takes a secrecy reviewer."""
    draft = obj.get_latest_revision_as_object() if hasattr(obj, "get_latest_revision_as_object") else obj
    return not getattr(draft, "classification_mark", "") or is_reviewer(user)


def _take_own_draft(task_state: TaskState, user: Any) -> None:
    """Let a step be about the latest draft where the approver wrote it: the editor saves the form, then approves it."""
    latest = task_state.workflow_state.content_object.get_latest_revision()
    if latest and latest.user_id == getattr(user, "pk", None):
        task_state.revision = latest


class PeerApprovalTask(AbstractGroupApprovalTask):
    """Approval by somebody of the groups who did not submit the text."""

    is_checked_for_secrets = True

    class Meta:
        verbose_name = _("approval by another person")
        verbose_name_plural = _("approvals by another person")

    @classmethod
    def get_description(cls) -> str:
        return str(_("A member of the chosen groups approves; nobody approves the own submission."))

    def get_actions(self, obj: models.Model, user: Any) -> list[tuple[str, str, bool]]:
        state = getattr(obj, "current_workflow_state", None)
        if state and state.requested_by_id == user.pk:
            return []
        actions = super().get_actions(obj, user)
        if not _may_publish(obj, user):
            return [action for action in actions if action[0] != "approve"]
        # Approving publishes: always by the form, which has the box.
        return [action for action in actions if action[0] != "approve" or action[2]]

    def get_form_for_action(self, action: str) -> type[TaskStateCommentForm]:
        return ApprovalForm if action == "approve" else CommentForm

    # The buttons are left out by `get_actions`; a POST that was made by hand is refused here.
    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        if task_state.workflow_state.requested_by_id == getattr(user, "pk", None):
            raise PermissionDenied
        if marks_in([str(kwargs.get("comment") or "")]):
            raise PermissionDenied
        is_checked = kwargs.pop(SECRECY_CHECKED, False)
        if action_name == "approve":
            _take_own_draft(task_state, user)
        if action_name == "approve" and not (
            is_checked and _may_publish(task_state.revision.as_object(), user)
        ):
            raise PermissionDenied
        super().on_action(task_state, user, action_name, **kwargs)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> models.QuerySet:
        task_states = super().get_task_states_user_can_moderate(user, **kwargs)
        return task_states.exclude(workflow_state__requested_by=user)
