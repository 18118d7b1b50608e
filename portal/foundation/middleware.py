"""Middleware without knowledge of the domain."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.models import Page

from portal.foundation.numerals import parse_primary_key


class AdminContentSecurityPolicyMiddleware:
    """Allows `/admin/` the inline scripts and styles that Wagtail needs and the portal does without."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/admin/"):
            # django-csp reads the attribute, which no stub declares.
            setattr(response, "_csp_replace", settings.ADMIN_CONTENT_SECURITY_POLICY)  # noqa: B010
        return response


class NullCharacterMiddleware:
    """Takes null characters out of an address before anything reads it: PostgreSQL raises ValueError for them.

    A path with one is no address of the portal and stays none. What is sent with one is refused, with a page that says
    why: taken out silently, something else would be saved than was sent.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or "\x00" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "").replace("\x00", "")
        if "\x00" in request.path_info:
            request.path_info = request.path_info.replace("\x00", "\ufffd")
            request.path = request.path.replace("\x00", "\ufffd")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if request.method != "POST" or not any(map(_has_null, _sent_texts(request))):
            return None
        return render(request, "null_character.html", status=400)


def _sent_texts(request: HttpRequest) -> Iterator[str]:
    """Yield the names and values of the fields of a form, and the names of its files."""
    for name, values in request.POST.lists():
        yield name
        yield from values
    for files in request.FILES.lists():
        yield from (file.name or "" for file in files[1])


def _has_null(text: str) -> bool:
    # Values of some fields of the administration are JSON, which writes the character as an escape.
    return "\x00" in text or (text.startswith(("{", "[")) and "\\u0000" in text)


class AdminKeyMiddleware:
    """Answers 404 where an address of `/admin/` carries what is no key: Wagtail's choosers raise ValueError for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        if request.path.startswith("/admin/"):
            keys = [kwargs["pk"]] if isinstance(kwargs.get("pk"), str) else []
            is_by_key = request.path.endswith(("/chosen-multiple/", "/find/"))
            if is_by_key or request.path.startswith("/admin/bulk/"):
                keys += request.GET.getlist("id")
            # The root of the tree has no parent among whose children Wagtail could move it.
            is_root = "page_to_move_id" in kwargs and not _has_parent(kwargs["page_to_move_id"])
            # Wagtail takes a revision 0 for one that was not asked for.
            is_no_revision = kwargs.get("revision_id") == 0
            if is_root or is_no_revision or not all(map(_is_key, keys)):
                raise Http404


def _has_parent(page_id: int) -> bool:
    return Page.objects.filter(pk=page_id, depth__gt=1).exists()


def _is_key(written: str) -> bool:
    """Say whether a text is a number, as the keys of all rows in the admin are, or `all`, which bulk actions take."""
    return written == "all" or parse_primary_key(written) is not None
