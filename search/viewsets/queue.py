"""The index queue in the menu of search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from search.rules import can_see_queue
from search.views.queue import QueueView, retry


class QueueMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_see_queue(request.user)


class QueueViewSet(ViewSet):
    """A listing without forms: rows come with changes and go when they are indexed."""

    name = "search-queue"
    icon = "time"
    menu_label = _("Index queue")
    menu_item_class = QueueMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", QueueView.as_view(), name="index"),
            path("results/", QueueView.as_view(results_only=True), name="results"),
            path("retry/", retry, name="retry"),
        ]
