"""Requests as views know them once the middleware has run; these classes serve annotations and are never made."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from portal.org.models import User


class HtmxRequest(HttpRequest):
    """A request of anybody; `htmx` is true where htmx sent it for a fragment."""

    htmx: HtmxDetails


class SignedInRequest(HtmxRequest):
    """A request behind `login_required`."""

    user: User
