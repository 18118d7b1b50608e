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
    "courses.rotation.start": (_("Start rotation"), _("Started the rotation")),
    "courses.rotation.join": (_("Join rotation"), _("An office joined the rotation")),
    "courses.rotation.leave": (_("Leave rotation"), _("An office left the rotation")),
    "courses.rotation.skip": (_("Skip turn"), _("Skipped a turn")),
    "courses.rotation.propose": (_("Propose swap"), _("Proposed to swap turns")),
    "courses.rotation.answer": (_("Answer swap"), _("A proposed swap of turns was decided")),
    "courses.rotation.swap": (_("Swap turns"), _("Two turns were swapped")),
    "courses.rotation.confirm": (_("Confirm turn"), _("Confirmed a turn")),
    "courses.rotation.make_feed": (_("Make calendar address"), _("Made an address of the calendar of turns")),
    "courses.rotation.revoke_feed": (_("Revoke calendar address"), _("Revoked the address of the calendar")),
}


@hooks.register("register_admin_viewset")
def register_sessions() -> SessionViewSet:
    return SessionViewSet()


@hooks.register("register_log_actions")
def register_actions(registry: LogActionRegistry) -> None:
    for action, (label, message) in ACTIONS.items():
        registry.register_action(action, label, message)
