"""The lockout after failed attempts to sign in: the address that counts, and the page shown."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def client_address(request: HttpRequest) -> str | None:
    """Return the address of a visitor before TONGTANG_PROXY_COUNT proxies; None without a network."""
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        return None


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, str] | None = None
) -> HttpResponse:
    """Answer 429 with a page that says for how many minutes; axes calls it (AXES_LOCKOUT_CALLABLE)."""
    context = {"minutes": settings.AXES_COOLOFF_MINUTES}
    return render(request, "account/locked_out.html", context, status=429)
