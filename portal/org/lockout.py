"""Who is locked out, and what that person is told."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def client_address(request: HttpRequest) -> str | None:
    """Of whoever is before the proxies that TONGTANG_PROXY_COUNT counts; None where nobody came over a network."""
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        return None


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: dict | None = None):
    context = {"minutes": settings.AXES_COOLOFF_MINUTES}
    return render(request, "account/locked_out.html", context, status=429)
