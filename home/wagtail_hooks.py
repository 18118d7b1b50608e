"""Hooks of Wagtail: the two forms of the front page, and the portal's styles and panels in the admin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from home.models import HomePage
from home.selectors import tasks_of, workplaces_of
from home.views.front import front


@hooks.register("before_serve_page")
def serve_front(page: Page, request: HttpRequest, args: list, kwargs: dict) -> HttpResponse | None:
    """Serve the home page: a dashboard for a signed-in person, a welcome for visitors."""
    return front(request, page) if isinstance(page, HomePage) else None


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    sheets = ("css/admin/chromium-86.css", "css/admin.css")
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(sheet),) for sheet in sheets))


class WorkPanel(Component):
    """The admin's front page: how to begin, what waits, and records to go on with, by the person's roles."""

    name = "work"
    template_name = "home/admin_work.html"
    order = 50

    def get_context_data(self, parent_context: dict) -> dict:
        user = parent_context["request"].user
        workplaces = workplaces_of(user)
        here = reverse("wagtailadmin_home")
        return {
            "acts": [act for workplace in workplaces for act in workplace.acts if act.url != here],
            "tasks": tasks_of(user),
            "workplaces": [workplace for workplace in workplaces if workplace.rows],
        }


@hooks.register("construct_homepage_panels")
def add_work(request: HttpRequest, panels: list[Component]) -> None:
    panels.insert(0, WorkPanel())


@hooks.register("register_admin_menu_item")
def back_to_portal() -> MenuItem:
    return MenuItem(_("Back to the portal"), "/#content", name="portal", icon_name="home", order=1)


@hooks.register("construct_help_menu")
def leave_out_links_elsewhere(request: HttpRequest, items: list[MenuItem]) -> None:
    """Remove help entries that lead to another host: the portal may stand in a closed network."""
    items[:] = [item for item in items if not item.url.startswith(("http:", "https:"))]
