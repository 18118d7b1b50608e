"""Template variables of every page."""

from __future__ import annotations

from django.http import HttpRequest

from home.navigation import Shell


def navigation(request: HttpRequest) -> dict:
    return {"shell": Shell(request)} if hasattr(request, "user") else {}
