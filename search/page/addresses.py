"""The bound of a search's address: its links repeat it, so that a long one would make a page of many megabytes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.http import urlencode

from search.facets import FACET_NAMES
from search.page.parameters import MAX_VALUE_LENGTH, clean
from search.query.parsing import MAX_CHARACTERS

# The text counts as it was typed, all else as it is sent, percent-encoded: 500 Han characters would be 4,500 of these.
MAX_ADDRESS_CHARACTERS = 2_000


def bounded(address: QueryDict) -> tuple[QueryDict, bool]:
    """Return the address with what fits, and whether anything was left out.

    The text comes first and is cut at `MAX_CHARACTERS`. A value of a filter is cut as it is when it is read; any other
    parameter is kept whole or left out.
    """
    text = clean(address.get("q", ""))
    parameters = _parameters(address)
    length = len(text) + sum(_length(name, value) for name, value in parameters)
    if len(text) <= MAX_CHARACTERS and length <= MAX_ADDRESS_CHARACTERS:
        return address, False
    fitting = QueryDict(mutable=True)
    if text:
        fitting["q"] = text[:MAX_CHARACTERS]
    is_cut = len(text) > MAX_CHARACTERS
    room = MAX_ADDRESS_CHARACTERS - len(fitting.get("q", ""))
    for name, value in parameters:
        length = _length(name, value)
        if length > room:
            is_cut = True
            continue
        fitting.appendlist(name, value)
        room -= length
    return fitting, is_cut


def _parameters(address: QueryDict) -> list[tuple[str, str]]:
    """Return (name, value) of all parameters but the text."""
    return [
        (name, value[:MAX_VALUE_LENGTH] if name in FACET_NAMES else value)
        for name, values in address.lists()
        if name != "q"
        for value in values
    ]


def _length(name: str, value: str) -> int:
    return len(urlencode({name: value})) + len("&")


def with_bounded_address(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view, and every link that it writes, see the bounded address; `is_address_cut` says whether it is shorter."""

    @wraps(view)
    def bounded_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address, is_cut = bounded(request.GET)
        if address is not request.GET:
            request.GET = address  # type: ignore[misc, assignment]
            # Links back to this page are made from here (`get_full_path`).
            request.META["QUERY_STRING"] = address.urlencode()
        request.is_address_cut = is_cut  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return bounded_view
