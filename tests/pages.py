"""Comparing two answers of one moment line by line, without what differs in every answer."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from contextlib import contextmanager

import time_machine
from django.utils import timezone

TOKENS = re.compile(
    r"""name=\\?"csrfmiddlewaretoken\\?"\s+value=\\?"\w+\\?"|X-CSRFToken":\s"\w+"|"CSRF_TOKEN":\s"\w+"|nonce="[^"]+"|"[^"]*/clicked/"|data-trace="[^"]+"|\d+\.\d+\s秒
    |[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}""",
    re.VERBOSE,
)


@contextmanager
def one_moment() -> Iterator[None]:
    """Stop the clock, so that nothing in two answers differs by when they were given."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


def without_tokens(body: str) -> str:
    """Return a page without tokens, nonces, durations and random keys."""
    return TOKENS.sub("", body)


def differing_lines(first: str, second: str) -> list[str]:
    """Return the lines in which two texts differ, each after `-` or `+`."""
    return [line for line in difflib.ndiff(first.splitlines(), second.splitlines()) if line[0] in "+-"]
