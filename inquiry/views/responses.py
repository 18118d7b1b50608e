"""Shared responses of views: redirects to the page of a form, and messages for the errors of a service."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from portal.foundation.templatetags.tt import UNDO_TAG


def safe_next_url(request: HttpRequest, default: str) -> str:
    """Return the address in the form's `next` field if it is one of ours, else `default`."""
    url = request.POST.get("next", "")
    # Another host or scheme would make the portal a means to lead people astray (an open redirect).
    is_safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if is_safe else default


def add_undo_message(request: HttpRequest, text: str, undo_url: str) -> None:
    """Say what was done, with a button that takes it back (`components/messages.html`)."""
    messages.success(request, text, extra_tags=f"{UNDO_TAG}{undo_url}" if undo_url else "")


def redirect_back(request: HttpRequest, default: str) -> HttpResponse:
    """Redirect to the page that a form was sent from, or to `default`."""
    return HttpResponseRedirect(safe_next_url(request, default))


def held_message() -> str:
    """Return what is said to people whose text is held back."""
    return _(
        "Your text bears a mark of classification. It is kept and waits for a secrecy reviewer; you are told what becomes "
        "of it."
    )


def add_error_messages(request: HttpRequest, error: ValidationError) -> None:
    """Show the errors of a service above the next page."""
    for message in error.messages:
        messages.error(request, message)
