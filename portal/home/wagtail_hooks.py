"""What `home` adds to Wagtail: the front page's two faces, and the portal's look in the admin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.models import Page

from portal.home.models import HomePage
from portal.home.views.front import front


@hooks.register("before_serve_page")
def serve_front(page: Page, request: HttpRequest, args: list, kwargs: dict) -> HttpResponse | None:
    """The home page: a dashboard for a signed-in person, a welcome for visitors."""
    return front(request, page) if isinstance(page, HomePage) else None


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))
