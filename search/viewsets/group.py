"""The menu of search in the admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from search.viewsets.queue import QueueViewSet
from search.viewsets.synonyms import SynonymViewSet


class SearchGroup(ViewSetGroup):
    menu_label = _("Search")
    menu_icon = "search"
    menu_name = "search-group"
    menu_order = 660
    items = (SynonymViewSet, QueueViewSet)
