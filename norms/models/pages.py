"""The page that lists normative documents and serves their texts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.routable_page.models import RoutablePageMixin, path

from portal.org.forms.pages import SECRECY_PANEL, CheckedPageForm
from portal.org.models.pages import CheckedPage


class LawIndexPage(RoutablePageMixin, CheckedPage):
    """`/law/`, `/law/<slug>/`, `/law/<slug>/<date>/`. Views stand above models, so they are looked up by name."""

    max_count = 1
    subpage_types: list[str] = []
    content_panels = [*CheckedPage.content_panels, SECRECY_PANEL]
    base_form_class = CheckedPageForm

    class Meta:
        verbose_name = _("list of normative documents")
        verbose_name_plural = _("lists of normative documents")

    @path("")
    def index(self, request: HttpRequest) -> HttpResponse:
        return import_string("norms.views.reading.law_list")(request, page=self)

    @path("<str:slug>/")
    def document(self, request: HttpRequest, slug: str) -> HttpResponse:
        return import_string("norms.views.reading.law_text")(request, page=self, slug=slug)

    @path("<str:slug>/compare/<str:older>/<str:newer>/")
    def compare(self, request: HttpRequest, slug: str, older: str, newer: str) -> HttpResponse:
        view = import_string("norms.views.reading.law_comparison")
        return view(request, page=self, slug=slug, older=older, newer=newer)

    @path("<str:slug>/<str:address>/")
    def version(self, request: HttpRequest, slug: str, address: str) -> HttpResponse:
        view = import_string("norms.views.reading.law_text")
        return view(request, page=self, slug=slug, address=address)
