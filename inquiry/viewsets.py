"""Category mappings in Wagtail's admin, where nothing reveals who asked, joined or follows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from inquiry.models import CategoryMapping
from inquiry.services.categories import apply_mapping
from portal.foundation.conflicts import RevisionCheckedMixin
from portal.org.widgets import TopicWidget


class MappingEditView(RevisionCheckedMixin, generic.EditView):
    """Applies a mapping that was filled in to the questions that came before it."""

    def save_instance(self) -> Any:
        mapping = super().save_instance()
        apply_mapping(mapping=mapping)
        return mapping


class MappingCreateView(generic.CreateView):
    """Applies a new mapping to the questions that came before it."""

    def save_instance(self) -> Any:
        mapping = super().save_instance()
        apply_mapping(mapping=mapping)
        return mapping


class CategoryMappingViewSet(ModelViewSet):
    """Pages on which staff choose the topic of a received category."""

    model = CategoryMapping
    name = "category-mappings"
    icon = "tag"
    menu_label = _("Received categories")
    menu_order = 650
    add_to_admin_menu = True
    ordering = ["received"]
    copy_view_enabled = False
    inspect_view_enabled = False
    add_view_class = MappingCreateView
    edit_view_class = MappingEditView
    list_display = ["received", "topic"]
    search_fields = ["received", "topic__name"]
    # Wagtail's own search index is not used; the portal has one of its own.
    search_backend_name = None
    panels = [FieldPanel("received"), FieldPanel("topic", widget=TopicWidget)]
