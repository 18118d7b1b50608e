"""The page that lists cases and serves them at stable addresses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.routable_page.models import RoutablePageMixin, path

from portal.org.forms.pages import SECRECY_PANEL, CheckedPageForm
from portal.org.models.pages import CheckedPage


class CaseIndexPage(RoutablePageMixin, CheckedPage):
    """The page at `/cases/`, which also serves `/cases/<number>/`."""

    # Views stand above models, so the routes look them up by name when they are served.

    max_count = 1
    subpage_types: list[str] = []
    content_panels = [*CheckedPage.content_panels, SECRECY_PANEL]
    base_form_class = CheckedPageForm

    class Meta:
        verbose_name = _("list of cases")
        verbose_name_plural = _("lists of cases")

    @path("")
    def index(self, request: HttpRequest) -> HttpResponse:
        return import_string("casebank.views.case_list")(request, page=self)

    @path("<str:number>/")
    def case(self, request: HttpRequest, number: str) -> HttpResponse:
        return import_string("casebank.views.case_detail")(request, page=self, number=number)
