"""Synonyms in Wagtail's admin: its listing and forms, our services behind them."""

from __future__ import annotations

from typing import Any

from django.forms import RadioSelect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.admin.widgets.button import HeaderButton

from portal.foundation.conflicts import RevisionCheckedMixin
from portal.foundation.viewsets import SaveByServiceMixin
from search.forms import SynonymForm
from search.models import Synonym
from search.query.synonyms import delete_synonym, save_synonym
from search.views.synonyms import preview


def preview_url(**parameters: Any) -> str:
    url = reverse("synonyms:preview")
    return f"{url}?{urlencode(parameters)}" if parameters else url


def _use_note(synonym: Synonym) -> str:
    return "" if synonym.is_active else str(_("not in use"))


class SynonymIndexView(generic.IndexView):
    add_item_label = _("Add a synonym")
    export_headings = {"get_direction_display": _("direction")}

    @property
    def header_buttons(self) -> list[Any]:
        button = HeaderButton(_("Preview of a query"), url=preview_url(), icon_name="view")
        return [*super().header_buttons, button]

    def get_list_more_buttons(self, instance: Synonym) -> list[Any]:
        item = MenuItem(_("Preview"), url=preview_url(q=instance.term), icon_name="view", priority=15)
        return [*super().get_list_more_buttons(instance), item]


class _SavedByService(SaveByServiceMixin):
    """Views that save by our service and link to the preview of the unsaved form."""

    def save_instance(self) -> Synonym:
        self.has_content_changes = self.form.has_changed()
        return save_synonym(synonym=self.form.save(commit=False), actor=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = {"row": self.object.pk} if getattr(self, "object", None) and self.object.pk else {}
        return {**super().get_context_data(**kwargs), "preview_url": preview_url(**row)}


class SynonymCreateView(_SavedByService, generic.CreateView):
    template_name = "search/admin/synonym_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "initial": SynonymForm.initial_of(self.request.GET)}


class SynonymEditView(_SavedByService, RevisionCheckedMixin, generic.EditView):
    template_name = "search/admin/synonym_form.html"


class SynonymDeleteView(generic.DeleteView):
    def delete_action(self) -> None:
        delete_synonym(synonym=self.object, actor=self.request.user)


class SynonymViewSet(ModelViewSet):
    """The listing and forms of synonyms; one permission covers all rows and all pages."""

    model = Synonym
    name = "synonyms"
    icon = "openquote"
    menu_label = _("Synonyms")
    ordering = ["term"]
    # A copy would have the same word, which has one row only.
    copy_view_enabled = False
    index_view_class = SynonymIndexView
    add_view_class = SynonymCreateView
    edit_view_class = SynonymEditView
    delete_view_class = SynonymDeleteView
    list_display = [
        "term",
        Column("sign", label=capfirst(pgettext_lazy("between two words", "sign"))),
        Column("others", label=capfirst(_("other words"))),
        DateColumn("updated_at", label=capfirst(_("updated at")), sort_key="updated_at"),
        Column("is_active", label=capfirst(_("note")), accessor=_use_note, sort_key="is_active"),
    ]
    list_filter = ["direction", "is_active"]
    list_export = ["term", "get_direction_display", "others", "note", "is_active", "updated_at"]
    search_fields = ["term", "others", "note"]
    # Plain database lookups: synonyms are in no index of Wagtail's.
    search_backend_name = None
    edit_handler = ObjectList(
        [
            FieldPanel("term"),
            FieldPanel("direction", widget=RadioSelect),
            FieldPanel("others", widget=AdminAutoHeightTextInput),
            FieldPanel("note"),
            FieldPanel("is_active"),
        ],
        base_form_class=SynonymForm,
    )

    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), path("preview/", preview, name="preview")]
