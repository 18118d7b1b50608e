"""Departments, offices and topics in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets.button import HeaderButton

from portal.foundation.codes import CodeForm
from portal.foundation.conflicts import RevisionCheckedMixin
from portal.foundation.panels import EnglishPanel
from portal.foundation.viewsets import ProtectedDeleteView, SaveByServiceMixin
from portal.org import services
from portal.org.models import Department, Office, Topic
from portal.org.views import topics
from portal.org.viewsets.working_days import CalendarYearViewSet
from portal.org.widgets import TopicWidget


class DepartmentCreateView(SaveByServiceMixin, generic.CreateView):
    def save_instance(self) -> Department:
        return services.create_department(department=self.form.save(commit=False), actor=self.request.user)


class DepartmentEditView(RevisionCheckedMixin, SaveByServiceMixin, generic.EditView):
    def save_instance(self) -> Department:
        self.has_content_changes = self.form.has_changed()
        return services.update_department(department=self.form.save(commit=False), actor=self.request.user)


def _department_note(department: Department) -> str:
    return "" if department.is_active else str(_("takes part no longer"))


class DepartmentViewSet(ModelViewSet):
    """Pages of departments. More may join: their seal and hues are data."""

    model = Department
    name = "departments"
    icon = "site"
    menu_label = _("Departments")
    ordering = ["sort_order", "pk"]
    sort_order_field = "sort_order"
    add_view_class = DepartmentCreateView
    edit_view_class = DepartmentEditView
    copy_view_enabled = False
    delete_view_class = ProtectedDeleteView
    list_display = [
        "name",
        "short_name",
        "seal",
        Column("is_active", label=capfirst(_("note")), accessor=_department_note),
    ]
    search_fields = ["name", "name_en", "short_name", "code"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("name"), FieldPanel("short_name")]),
                    FieldPanel("code"),
                    EnglishPanel([FieldPanel("name_en"), FieldPanel("short_name_en")]),
                ],
                heading=_("name"),
            ),
            MultiFieldPanel(
                [FieldPanel("seal"), FieldRowPanel([FieldPanel("hue_light"), FieldPanel("hue_dark")])],
                heading=_("Seal"),
            ),
            FieldPanel("is_active"),
        ],
        base_form_class=CodeForm,
    )


class OfficeEditView(RevisionCheckedMixin, generic.EditView):
    pass


class OfficeViewSet(ModelViewSet):
    """Pages of offices with the other names under which they are written."""

    model = Office
    name = "offices"
    icon = "home"
    menu_label = _("Offices")
    ordering = ["department__sort_order", "region", "name"]
    edit_view_class = OfficeEditView
    copy_view_enabled = False
    delete_view_class = ProtectedDeleteView
    list_display = ["name", "department", Column("get_level_display", label=capfirst(_("level"))), "region"]
    list_filter = ["department", "level", "is_active"]
    search_fields = ["name", "name_en", "region"]
    search_backend_name = None
    panels = [
        MultiFieldPanel(
            [
                FieldPanel("name"),
                FieldRowPanel([FieldPanel("department"), FieldPanel("level")]),
                FieldRowPanel([FieldPanel("parent"), FieldPanel("region")]),
                EnglishPanel([FieldPanel("name_en")]),
            ],
            heading=_("office"),
        ),
        InlinePanel("aliases", heading=_("Other names"), label=_("name")),
        FieldPanel("is_active"),
    ]


class TopicIndexView(generic.IndexView):
    def get_base_queryset(self) -> QuerySet[Topic]:
        return super().get_base_queryset().select_related("parent", "merged_into")


class TopicEditView(RevisionCheckedMixin, generic.EditView):
    @property
    def header_buttons(self) -> list[Any]:
        if self.object.merged_into_id:
            return super().header_buttons
        url = topics.merge_url(self.object)
        return [*super().header_buttons, HeaderButton(_("Merge into another"), url=url, icon_name="resubmit")]


class TopicViewSet(ModelViewSet):
    """Pages of the controlled vocabulary."""

    model = Topic
    name = "topics"
    icon = "tag"
    menu_label = _("Topics")
    ordering = ["name"]
    copy_view_enabled = False
    delete_view_class = ProtectedDeleteView
    index_view_class = TopicIndexView
    edit_view_class = TopicEditView
    list_display = ["name", "name_en", "parent", "merged_into"]
    search_fields = ["name", "name_en", "slug"]
    search_backend_name = None
    panels = [
        MultiFieldPanel(
            [
                FieldPanel("name"),
                FieldPanel("slug"),
                FieldPanel("parent", widget=TopicWidget),
                EnglishPanel([FieldPanel("name_en")]),
            ],
            heading=_("Topic"),
        ),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("merge/<int:pk>/", topics.merge, name="merge")]


class OrganisationGroup(ModelViewSetGroup):
    menu_label = _("Organisation")
    menu_icon = "group"
    menu_order = 700
    items = (DepartmentViewSet, OfficeViewSet, TopicViewSet, CalendarYearViewSet)
