"""The action that ends Wagtail's workflows (WAGTAIL_FINISH_WORKFLOW_ACTION)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from wagtail.models import WorkflowState


def publish_workflow_state(workflow_state: WorkflowState, user: AbstractBaseUser | None = None) -> None:
    """Publish the approved revision on the workflow's authority, whether or not the approver may publish."""
    workflow_state.current_task_state.revision.publish(user=user, skip_permission_checks=True)
