"""Registration of normative documents in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from norms.viewsets import LawGroup


@hooks.register("register_admin_viewset")
def register_law() -> LawGroup:
    return LawGroup()


@hooks.register("register_log_actions")
def register_actions(registry: Any) -> None:
    registry.register_action("norms.import", _("Import text"), _("Imported a text"))
    registry.register_action("norms.correct", _("Correct text"), _("Corrected a text"))
    registry.register_action("norms.keep", _("Keep text"), _("Kept a text that a file differs from"))
    registry.register_action("norms.name", _("Add name"), _("Gave a name to a document"))
