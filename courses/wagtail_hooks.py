"""Registration of sessions in Wagtail's admin: the viewset and the entries of the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

from courses.viewsets import SessionViewSet

ACTIONS = {
    "courses.create_session": (_("Plan session"), _("Planned the session")),
    "courses.change_session": (_("Change session"), _("Changed the session")),
    "courses.move_session": (_("Move session"), _("Moved the session to another state")),
}


@hooks.register("register_admin_viewset")
def register_sessions() -> SessionViewSet:
    return SessionViewSet()


@hooks.register("register_log_actions")
def register_actions(registry: LogActionRegistry) -> None:
    for action, (label, message) in ACTIONS.items():
        registry.register_action(action, label, message)
