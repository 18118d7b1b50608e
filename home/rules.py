"""Predicates about the pages of the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.org.rules import can_use_admin

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from wagtail.models import Page

    from portal.org.models import User


def can_edit_page(user: User | AnonymousUser, page: Page) -> bool:
    """Return whether somebody may open a page in the editor: by permission, or as one who approves it now."""
    if not can_use_admin(user):
        return False
    if page.permissions_for_user(user).can_edit():
        return True
    # A step that has just begun is not yet the current one of its workflow.
    under_way = page.workflow_states.active().prefetch_related("task_states__task")
    return any(
        state.task.specific.user_can_access_editor(page, user)
        for workflow_state in under_way
        for state in workflow_state.task_states.all()
        if state.status == state.STATUS_IN_PROGRESS
    )
