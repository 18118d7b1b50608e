"""Sessions in Wagtail's admin: its forms, with the services of this app behind them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.admin.widgets.button import HeaderButton

from courses import services, views
from courses.models import TrainingSession
from portal.foundation import dates
from portal.foundation.conflicts import RevisionCheckedMixin
from portal.foundation.panels import EnglishPanel
from portal.foundation.viewsets import SaveByServiceMixin, no_such_page
from portal.org.widgets import PeopleWidget, TopicsWidget

# A session of two weeks with four slots a day; what is longer is two sessions.
MAX_ACTIVITIES = 60
ACTIVITY_PANELS = [
    FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
    FieldPanel("title"),
    FieldRowPanel([FieldPanel("form"), FieldPanel("place")]),
    FieldPanel("moderators", widget=PeopleWidget),
    EnglishPanel([FieldPanel("title_en")]),
]


def activities_label(count: int) -> str:
    return ngettext("%(counter)s activity", "%(counter)s activities", count) % {"counter": count}


class SessionIndexView(generic.IndexView):
    def get_base_queryset(self) -> QuerySet[TrainingSession]:
        sessions = super().get_base_queryset().select_related("host_department")
        return sessions.annotate(activities_count=Count("activities"))


class SessionCreateView(SaveByServiceMixin, generic.CreateView):
    page_title = _("Plan a session")
    success_message = _("%(object)s was planned. Move its state when the departments have agreed.")

    def save_instance(self) -> TrainingSession:
        session = self.form.save(commit=False)
        return services.create_session(session=session, actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("sessions:move", args=[self.object.pk])


class SessionEditView(RevisionCheckedMixin, SaveByServiceMixin, generic.EditView):
    success_message = _("%(object)s was changed.")

    def save_instance(self) -> TrainingSession:
        session = self.form.save(commit=False)
        self.has_content_changes = self.form.has_changed()
        return services.update_session(session=session, actor=self.request.user)

    @property
    def header_buttons(self) -> list[Any]:
        state = _("State: %(status)s") % {"status": self.object.get_status_display()}
        return [
            *super().header_buttons,
            HeaderButton(
                state, url=reverse("sessions:move", args=[self.object.pk]), icon_name="resubmit", priority=5
            ),
            HeaderButton(_("Page"), url=self.object.get_absolute_url(), icon_name="view", priority=10),
        ]


class SessionViewSet(ModelViewSet):
    """Pages of sessions. Their number is permanent: they are cancelled, not deleted, and not copied."""

    model = TrainingSession
    name = "sessions"
    icon = "date"
    menu_label = _("Training sessions")
    menu_order = 200
    add_to_admin_menu = True
    copy_view_enabled = False
    ordering = ["-starts_on", "-number"]
    list_display = [
        "theme",
        Column("number", label=capfirst(_("number")), classname="portal-number", sort_key="number"),
        Column("host_department", label=capfirst(_("host department"))),
        Column(
            "starts_on",
            label=capfirst(_("days")),
            accessor=lambda session: dates.day_range(session.starts_on, session.ends_on),
            sort_key="starts_on",
        ),
        Column(
            "activities_count",
            label=capfirst(_("activities")),
            accessor=lambda session: activities_label(session.activities_count),
            sort_key="activities_count",
        ),
        Column("get_status_display", label=capfirst(_("status")), sort_key="status"),
    ]
    list_filter = ["status", "host_department", "mode"]
    list_export = ["number", "theme", "host_department", "place", "starts_on", "ends_on", "mode", "status"]
    search_fields = ["number", "theme", "theme_en", "place"]
    search_backend_name = None
    index_view_class = SessionIndexView
    add_view_class = SessionCreateView
    edit_view_class = SessionEditView
    panels = [
        MultiFieldPanel(
            [
                FieldPanel("theme"),
                FieldPanel("summary", widget=AdminAutoHeightTextInput),
                FieldPanel(
                    "topics",
                    widget=TopicsWidget,
                    help_text=_("Type part of a topic and choose it from the list."),
                ),
                FieldPanel("lang"),
                EnglishPanel(
                    [FieldPanel("theme_en"), FieldPanel("summary_en", widget=AdminAutoHeightTextInput)]
                ),
            ],
            heading=_("Theme"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("host_department"), FieldPanel("office")]),
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
                FieldRowPanel([FieldPanel("place"), FieldPanel("mode")]),
            ],
            heading=_("Host, dates and place"),
        ),
        InlinePanel(
            "activities",
            panels=ACTIVITY_PANELS,
            heading=_("Agenda"),
            label=_("Activity"),
            max_num=MAX_ACTIVITIES,
        ),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        # Wagtail has no switch for the page that deletes, so its pattern is taken out.
        patterns = [pattern for pattern in super().get_urlpatterns() if pattern.name != "delete"]
        return [
            *patterns,
            path("delete/<int:pk>/", no_such_page, name="delete"),
            path("move/<int:pk>/", views.move, name="move"),
        ]
