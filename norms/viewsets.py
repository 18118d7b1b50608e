"""Normative documents in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet

from norms.forms import DocumentForm
from norms.importing.warnings import warning_texts
from norms.models import DocumentVersion, NormativeDocument
from norms.rules import can_import_norms
from norms.services.documents import apply_document_edit, delete_document
from norms.views import admin_import
from norms.views.unresolved import UnresolvedViewSet
from portal.foundation import dates
from portal.foundation.conflicts import RevisionCheckedMixin
from portal.foundation.panels import EnglishPanel


class VersionsPanel(Panel):
    """The versions of a document, read only: an import stores them."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "norms/admin/versions_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            versions = self.instance.versions.chronological().reverse() if self.instance.pk else []
            rows = [(version, warning_texts(version.warnings)) for version in versions]
            return {**context, "versions": rows}


def _text_of(document: NormativeDocument) -> str:
    """Return how much text a document has: articles and versions."""
    if not document.versions_count:
        return str(_("no text yet"))
    articles = ngettext("%(count)d article", "%(count)d articles", document.articles)
    versions = ngettext("%(count)d version", "%(count)d versions", document.versions_count)
    parts = [articles % {"count": document.articles}, versions % {"count": document.versions_count}]
    return " · ".join(parts)


def _newest_version(document: NormativeDocument) -> str:
    return dates.day(document.latest) if document.latest else ""


def _sample_note(document: NormativeDocument) -> str:
    return str(_("sample")) if document.is_sample else ""


class DocumentIndexView(generic.IndexView):
    def get_base_queryset(self) -> Any:
        current = DocumentVersion.objects.filter(document=OuterRef("pk")).order_by(
            "-is_current", "-promulgated_on"
        )
        return (
            super()
            .get_base_queryset()
            .annotate(
                versions_count=Count("versions", distinct=True),
                articles=Coalesce(Subquery(current.values("articles_count")[:1]), 0),
                latest=Max("versions__promulgated_on"),
            )
        )

    def search_queryset(self, queryset: Any) -> Any:
        """Return a document with several matching names as one row."""
        return super().search_queryset(queryset).distinct()


class _ResolvesByNames:
    """Saves a document and resolves the citations of its names."""

    def save_instance(self) -> NormativeDocument:
        document = super().save_instance()  # type: ignore[misc]  # The view that this is mixed into saves.
        apply_document_edit(document=document)
        return document


class DocumentCreateView(_ResolvesByNames, generic.CreateView):
    pass


class DocumentEditView(_ResolvesByNames, RevisionCheckedMixin, generic.EditView):
    pass


class DocumentDeleteView(generic.DeleteView):
    def delete_action(self) -> None:
        delete_document(document=self.object)


class DocumentViewSet(ModelViewSet):
    """The data of a document besides its text, and the names it goes by."""

    model = NormativeDocument
    name = "norm_documents"
    url_prefix = "norms"
    icon = "doc-full"
    menu_label = _("Documents")
    ordering = ["title"]
    copy_view_enabled = False
    index_view_class = DocumentIndexView
    add_view_class = DocumentCreateView
    edit_view_class = DocumentEditView
    delete_view_class = DocumentDeleteView
    list_display = [
        "title",
        Column("get_kind_display", label=capfirst(_("kind"))),
        Column("get_status_display", label=capfirst(_("status"))),
        Column("text", label=capfirst(_("text")), accessor=_text_of, sort_key="articles"),
        Column("latest", label=capfirst(_("newest version")), accessor=_newest_version, sort_key="latest"),
        Column("is_sample", label=capfirst(_("note")), accessor=_sample_note),
    ]
    list_filter = ["kind", "status", "is_sample"]
    search_fields = ["title", "title_en", "document_number", "aliases__name"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("title"), FieldPanel("slug"), EnglishPanel([FieldPanel("title_en")])],
                heading=_("Title"),
            ),
            InlinePanel("aliases", heading=_("Other names"), label=_("Other name")),
            FieldRowPanel([FieldPanel("kind"), FieldPanel("status")]),
            FieldPanel("issuing_bodies"),
            FieldPanel("document_number"),
            FieldRowPanel([FieldPanel("promulgated_on"), FieldPanel("effective_on")]),
            FieldRowPanel([FieldPanel("lang"), FieldPanel("is_sample")]),
            VersionsPanel(heading=_("Versions")),
        ],
        base_form_class=DocumentForm,
    )


class ImportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_import_norms(request.user)


class ImportViewSet(ViewSet):
    """The import page as an entry of the menu."""

    name = "norms_import"
    url_prefix = "norms-import"
    icon = "upload"
    menu_label = _("Import norms")
    menu_item_class = ImportMenuItem

    def get_urlpatterns(self) -> list:
        return [
            path("", admin_import.import_norms, name="index"),
            path("run/", admin_import.run_import, name="run"),
        ]


class LawGroup(ViewSetGroup):
    menu_label = _("Law")
    menu_icon = "doc-full"
    menu_order = 300
    items = (DocumentViewSet, ImportViewSet, UnresolvedViewSet)
