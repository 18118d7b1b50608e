"""Comparing two answers line by line, without what differs in every answer."""

from __future__ import annotations

import difflib
import re

TOKENS = re.compile(
    r"""name=\\?"csrfmiddlewaretoken\\?"\s+value=\\?"\w+\\?"|X-CSRFToken":\s"\w+"|"CSRF_TOKEN":\s"\w+"|nonce="[^"]+"|datetime="[^"]+"|"[^"]*/clicked/"|data-trace="[^"]+"|\d+\.\d+\s秒
    |\d+\s分钟前|至\s\d\d:\d\d|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}""",
    re.VERBOSE,
)


def without_tokens(body: str) -> str:
    """Return a page without tokens, nonces, moments, durations and random keys."""
    return TOKENS.sub("", body)


def differing_lines(first: str, second: str) -> list[str]:
    """Return the lines in which two texts differ, each after `-` or `+`."""
    return [line for line in difflib.ndiff(first.splitlines(), second.splitlines()) if line[0] in "+-"]
