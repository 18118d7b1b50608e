"""Cases and their kinds in Wagtail's admin."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, LiveStatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.snippets.views.snippets import (
    CreateView,
    EditView,
    IndexView,
    SnippetViewSet,
    SnippetViewSetGroup,
)

from casebank import services
from casebank.forms import CaseForm
from casebank.models import CaseKind, TypicalCase
from portal.foundation.codes import CodeForm
from portal.foundation.conflicts import DraftCheckedMixin, RevisionCheckedMixin
from portal.foundation.panels import EnglishPanel
from portal.foundation.viewsets import ProtectedDeleteView, SaveByServiceMixin, no_such_page
from portal.org.widgets import TopicsWidget


class CaseCreateView(CreateView):
    """Gives the permanent number when a case is first saved, draft or not."""

    def save_instance(self) -> TypicalCase:
        with transaction.atomic():
            services.give_number(case=self.form.instance)
            return super().save_instance()


class CaseEditView(DraftCheckedMixin, EditView):
    """Refuses to save over a draft that the form was not opened with, and says what became of a decision."""

    def get_success_message(self, instance: TypicalCase | None = None) -> str:
        decided = {"approve": _("%(case)s was approved."), "reject": _("%(case)s was sent back for changes.")}
        message = decided.get(self.workflow_action) if self.action == "workflow-action" else None
        return (
            message % {"case": instance or self.object} if message else super().get_success_message(instance)
        )


class CaseIndexView(IndexView):
    def get_base_queryset(self) -> QuerySet[TypicalCase]:
        return super().get_base_queryset().select_related("kind", "department", "latest_revision")


class CaseViewSet(SnippetViewSet):
    """Pages of cases with drafts, preview, locking and approval; published ones are withdrawn, not deleted."""

    model = TypicalCase
    icon = "folder-open-inverse"
    menu_label = _("Typical cases")
    menu_name = "typical-cases"
    ordering = ["-number"]
    copy_view_enabled = False
    add_view_class = CaseCreateView
    edit_view_class = CaseEditView
    index_view_class = CaseIndexView
    list_display = [
        "title",
        Column("number", label=capfirst(_("number")), classname="portal-number", sort_key="number"),
        Column("kind", label=capfirst(_("kind"))),
        Column("department", label=capfirst(_("department that handed it in"))),
        LiveStatusTagColumn(label=capfirst(_("status"))),
        DateColumn("last_published_at", label=_("Published"), sort_key="last_published_at"),
    ]
    list_filter = ["kind", "department", "live"]
    list_export = ["number", "title", "kind", "department", "decided_on", "live"]
    search_fields = ["number", "title", "title_en"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("title"),
                    FieldRowPanel([FieldPanel("kind"), FieldPanel("department")]),
                    FieldRowPanel([FieldPanel("decided_on"), FieldPanel("lang")]),
                    FieldPanel(
                        "topics",
                        widget=TopicsWidget,
                        help_text=_("Type part of a topic and choose it from the list."),
                    ),
                    EnglishPanel([FieldPanel("title_en")]),
                ],
                heading=_("Case"),
            ),
            InlinePanel(
                "sections",
                panels=[FieldPanel("heading"), FieldPanel("body", widget=AdminAutoHeightTextInput)],
                heading=_("Sections"),
                label=_("Section"),
            ),
            FieldPanel("secrecy_checked", heading=_("Checked for secrets")),
        ],
        base_form_class=CaseForm,
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        # Wagtail has no switch for the page that deletes, so its pattern is taken out.
        patterns = [pattern for pattern in super().get_urlpatterns() if pattern.name != "delete"]
        return [*patterns, path("delete/<str:pk>/", no_such_page, name="delete")]


class CaseKindEditView(RevisionCheckedMixin, SaveByServiceMixin, generic.EditView):
    def save_instance(self) -> CaseKind:
        self.has_content_changes = self.form.has_changed()
        return services.update_case_kind(kind=self.form.save(commit=False), actor=self.request.user)


class CaseKindViewSet(ModelViewSet):
    """Kinds of cases with the headings under which each is written."""

    model = CaseKind
    name = "case-kinds"
    icon = "list-ul"
    menu_label = _("Kinds of case")
    sort_order_field = "sort_order"
    copy_view_enabled = False
    edit_view_class = CaseKindEditView
    delete_view_class = ProtectedDeleteView
    ordering = ["sort_order", "pk"]
    list_display = ["name", "name_en", "code"]
    search_fields = ["name", "name_en", "code"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("name"), FieldPanel("code"), EnglishPanel([FieldPanel("name_en")])],
                heading=_("name"),
            ),
            InlinePanel(
                "headings",
                panels=[
                    FieldPanel("name"),
                    FieldPanel("is_required"),
                    EnglishPanel([FieldPanel("name_en")]),
                ],
                heading=_("Headings"),
                label=_("Heading"),
            ),
        ],
        base_form_class=CodeForm,
    )


class CasebankGroup(SnippetViewSetGroup):
    menu_label = _("Case bank")
    menu_icon = "folder-open-inverse"
    menu_order = 210
    items = (CaseViewSet, CaseKindViewSet)
