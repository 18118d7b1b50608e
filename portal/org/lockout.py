"""What a locked-out person is told."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: dict | None = None):
    context = {"minutes": settings.AXES_COOLOFF_MINUTES}
    return render(request, "account/locked_out.html", context, status=429)
