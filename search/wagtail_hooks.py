"""What `search` adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.log_actions import LogActionRegistry

from search.labels import engine_label
from search.rules import can_retry_indexing, can_see_queue
from search.services.watching import queue_states
from search.views.queue import queue_urls


@hooks.register("register_admin_urls")
def register_queue_pages() -> list:
    return queue_urls()


class QueueMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_see_queue(request.user)


@hooks.register("register_reports_menu_item")
def queue_in_menu() -> MenuItem:
    return QueueMenuItem(
        _("Index queue"), reverse("search_queue"), name="search-queue", icon_name="time", order=500
    )


@hooks.register("register_log_actions")
def register_log_actions(registry: LogActionRegistry) -> None:
    registry.register_action(
        "search.retry", _("Try to index again"), _("Records that were set aside are tried again")
    )


class QueuePanel(Component):
    """On the admin's front page, and only while something is wrong."""

    name = "search-queue"
    template_name = "search/admin/queue_panel.html"
    order = 60

    def get_context_data(self, parent_context: dict) -> dict[str, Any]:
        red = [
            {"label": engine_label(state.engine), "state": state} for state in queue_states() if state.is_red
        ]
        return {"engines": red, "url": reverse("search_queue")}


@hooks.register("construct_homepage_panels")
def add_queue(request: HttpRequest, panels: list[Component]) -> None:
    if can_retry_indexing(request.user):
        panels.append(QueuePanel())
