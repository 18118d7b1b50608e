"""Registration of synonyms and the index queue in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.log_actions import LogActionRegistry, LogFormatter

from search.rules import can_retry_indexing
from search.views.queue import QueuePanel
from search.viewsets import SearchGroup


@hooks.register("register_admin_viewset")
def register_search() -> SearchGroup:
    return SearchGroup()


class SynonymChanged(LogFormatter):
    label = gettext_lazy("Change synonym")

    def format_message(self, log_entry: Any) -> str:
        data = log_entry.data
        if data["row"] != data["before"]:
            return _("Changed to “%(row)s”, before “%(before)s”") % data
        if data["is_active"] != data["was_active"]:
            return _("Put to use") if data["is_active"] else _("Taken out of use")
        return _("Saved; no word changed")


class SynonymCreated(LogFormatter):
    label = gettext_lazy("Make synonym")

    def format_message(self, log_entry: Any) -> str:
        return _("Made “%(row)s”") % log_entry.data


class SynonymDeleted(LogFormatter):
    label = gettext_lazy("Delete synonym")

    def format_message(self, log_entry: Any) -> str:
        return _("Deleted “%(row)s”") % log_entry.data


@hooks.register("register_log_actions")
def register_actions(registry: LogActionRegistry) -> None:
    registry.register_action("search.create_synonym")(SynonymCreated)
    registry.register_action("search.change_synonym")(SynonymChanged)
    registry.register_action("search.delete_synonym")(SynonymDeleted)
    registry.register_action(
        "search.retry",
        gettext_lazy("Try to index again"),
        gettext_lazy("Parked records are tried again"),
    )


@hooks.register("construct_homepage_panels")
def add_queue(request: HttpRequest, panels: list[Component]) -> None:
    if can_retry_indexing(request.user):
        panels.append(QueuePanel())
