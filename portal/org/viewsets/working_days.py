"""The table of holidays and make-up working days in Wagtail's admin."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from portal.foundation.conflicts import RevisionCheckedMixin
from portal.foundation.viewsets import SaveByServiceMixin, no_such_page
from portal.org.models import CalendarYear
from portal.org.services.working_days import save_working_days
from portal.org.working_days import unpublished_years

DAY_PANELS = [FieldRowPanel([FieldPanel("day"), FieldPanel("name"), FieldPanel("is_working")])]
# All days of a year, more than any notice names.
MAX_DAYS = 366


class YearIndexView(generic.IndexView):
    def get_base_queryset(self) -> QuerySet[CalendarYear]:
        return (
            super()
            .get_base_queryset()
            .annotate(
                holidays_count=Count("days", filter=Q(days__is_working=False)),
                make_up_count=Count("days", filter=Q(days__is_working=True)),
            )
        )

    @cached_property
    def page_subtitle(self) -> str:
        """Say which of this year and the next is not in the table."""
        year = timezone.localdate().year
        missing = unpublished_years(year, year + 1)
        if not missing:
            return ""
        text = _("not published yet, and not guessed: %(years)s")
        return str(text) % {"years": ", ".join(map(str, missing))}


class YearCreateView(SaveByServiceMixin, generic.CreateView):
    def save_instance(self) -> CalendarYear:
        year = self.form.save(commit=False)
        return save_working_days(year=year, actor=self.request.user)


class YearEditView(RevisionCheckedMixin, SaveByServiceMixin, generic.EditView):
    def save_instance(self) -> CalendarYear:
        self.has_content_changes = self.form.has_changed()
        year = self.form.save(commit=False)
        return save_working_days(year=year, actor=self.request.user)


class CalendarYearViewSet(ModelViewSet):
    """Pages of years. Deadlines were counted by them: a year is corrected, not deleted."""

    model = CalendarYear
    name = "working-days"
    icon = "calendar"
    menu_label = _("Working days")
    ordering = ["-year"]
    index_view_class = YearIndexView
    add_view_class = YearCreateView
    edit_view_class = YearEditView
    copy_view_enabled = False
    list_display = [
        "year",
        Column("holidays_count", label=capfirst(_("holidays"))),
        Column("make_up_count", label=capfirst(_("make-up working days"))),
        "source",
    ]
    search_fields = ["source"]
    search_backend_name = None
    panels = [
        FieldPanel("year"),
        FieldPanel("source"),
        InlinePanel("days", panels=DAY_PANELS, heading=_("Days"), label=_("Day"), max_num=MAX_DAYS),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        # Wagtail has no switch for the page that deletes, so its pattern is taken out.
        patterns = [pattern for pattern in super().get_urlpatterns() if pattern.name != "delete"]
        return [*patterns, path("delete/<path:pk>/", no_such_page, name="delete")]
