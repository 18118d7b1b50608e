"""The page that lists sessions and serves them at stable addresses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.routable_page.models import RoutablePageMixin, path

from portal.org.forms.pages import SECRECY_PANEL, CheckedPageForm
from portal.org.models.pages import CheckedPage


class SessionIndexPage(RoutablePageMixin, CheckedPage):
    """The page at `/sessions/`, which also serves `/sessions/<number>/`."""

    # Views stand above models, so the routes look them up by name when they are served.

    max_count = 1
    subpage_types: list[str] = []
    content_panels = [*CheckedPage.content_panels, SECRECY_PANEL]
    base_form_class = CheckedPageForm

    class Meta:
        verbose_name = _("list of sessions")
        verbose_name_plural = _("lists of sessions")

    @path("")
    def index(self, request: HttpRequest) -> HttpResponse:
        return import_string("courses.views.session_list")(request, page=self)

    @path("<str:number>/")
    def session(self, request: HttpRequest, number: str) -> HttpResponse:
        return import_string("courses.views.session_detail")(request, page=self, number=number)
