"""Forms that send along the revision they were opened with."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client


def read_revision(client: Client, url: str) -> str:
    """Open a form and return the revision that its page carries."""
    return client.get(url).context["form"]["expected_revision"].value()


def post_edit(client: Client, url: str, data: dict[str, Any]) -> HttpResponse:
    """Open a form and send it with other values."""
    return client.post(url, {**data, "expected_revision": read_revision(client, url)})
