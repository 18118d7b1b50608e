"""The action that ends Wagtail's workflows (WAGTAIL_FINISH_WORKFLOW_ACTION)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from wagtail.models import WorkflowState


def publish_workflow_state(workflow_state: WorkflowState, user: AbstractBaseUser | None = None) -> None:
    """Publish the approved revision on the workflow's authority, whether or not the approver may publish.

    Where the last step was switched off, nobody has approved: the workflow is cancelled, and the text stays a draft.
    Raises PermissionDenied where the last step did not ask for a check for secrets (`is_checked_for_secrets`).
    """
    step = workflow_state.task_states.filter(pk=workflow_state.current_task_state_id).first()
    if step is None or step.status != step.STATUS_APPROVED:
        workflow_state.status = workflow_state.STATUS_CANCELLED
        workflow_state.save(update_fields=["status"])
        return
    if not getattr(step.task.specific, "is_checked_for_secrets", False):
        raise PermissionDenied
    step.revision.publish(user=user, skip_permission_checks=True)
