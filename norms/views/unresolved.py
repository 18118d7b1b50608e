"""Citations that lead nowhere yet, in Wagtail's admin."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from norms.models import NormativeDocument
from norms.rules import can_name_norms
from norms.selectors import find_documents_by_name
from norms.selectors.unresolved import documents_without_text, missing_provisions, unknown_names
from norms.services.names import add_name
from portal.org.models import User

# Titles that the field offers while one types; it takes any title or other name.
MAX_OFFERED_TITLES = 500


@require_http_methods(["GET", "HEAD", "POST"])
def unresolved(request: HttpRequest) -> HttpResponse:
    """Show the list; a POST gives one of the names to a document."""
    if not can_name_norms(request.user):
        raise PermissionDenied
    if request.method == "POST":
        _give_name(request)
        return redirect("norms_unresolved:index")
    title = _("Unresolved citations")
    context = {
        "names": unknown_names(),
        "without_text": documents_without_text(),
        "provisions": missing_provisions(),
        "titles": NormativeDocument.objects.values_list("title", flat=True)[:MAX_OFFERED_TITLES],
        "header_title": title,
        "page_title": title,
        "header_icon": "warning",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": title},
        ],
    }
    return render(request, "norms/admin/unresolved.html", context)


def _give_name(request: HttpRequest) -> None:
    name, title = request.POST.get("name", ""), request.POST.get("document", "")
    documents = find_documents_by_name(title)
    if len(documents) != 1:
        messages.error(request, _("There is no document named “%(title)s”.") % {"title": title})
        return
    try:
        count = add_name(document=documents[0], name=name, actor=cast(User, request.user))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return
    text = ngettext(
        "“%(name)s” now stands for %(title)s; %(count)s citation was linked.",
        "“%(name)s” now stands for %(title)s; %(count)s citations were linked.",
        count,
    )
    messages.success(request, text % {"name": name, "title": documents[0].title, "count": count})


class UnresolvedMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_name_norms(request.user)


class UnresolvedViewSet(ViewSet):
    name = "norms_unresolved"
    url_prefix = "norms-unresolved"
    icon = "warning"
    menu_label = gettext_lazy("Unresolved citations")
    menu_item_class = UnresolvedMenuItem

    def get_urlpatterns(self) -> list:
        return [path("", unresolved, name="index")]
