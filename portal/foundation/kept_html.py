"""Components that are rendered once for what they show, and kept.

A row of a list, or a seal, is the same for everybody who sees the same words in it: what is kept is found by those words
and by nothing else, so that no permission and no version has to be looked at.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# Fragments that are kept, of a kilobyte or two each.
MAX_KEPT = 4_096


class _Fragment:
    """A template with its variables; two are equal where they show the same."""

    __slots__ = ("key", "parts", "template")

    def __init__(self, template: str, parts: Mapping[str, Any]) -> None:
        self.template, self.parts = template, parts
        self.key = (template, get_language(), _frozen(parts))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Fragment) and self.key == other.key


def render_kept(template: str, parts: Mapping[str, Any]) -> SafeString:
    """Return a template rendered with texts, numbers, and mappings or sequences of them.

    Raises TypeError for anything else: what a template would read of another object could change.
    """
    fragment = _Fragment(template, parts)
    return render_to_string(template, dict(parts)) if settings.DEBUG else rendered_fragment(fragment)


@lru_cache(maxsize=MAX_KEPT)
def rendered_fragment(fragment: _Fragment) -> SafeString:
    """Return the HTML of a fragment; `cache_info` and `cache_clear` are those of `lru_cache`."""
    html = render_to_string(fragment.template, dict(fragment.parts))
    fragment.parts = {}
    return html


def _frozen(value: Any) -> Hashable:
    """Return what stands for a value: different for a text and for the same as HTML, for 1 and for True."""
    if isinstance(value, SafeString):
        return ("html", str(value))
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, int | float):
        return (type(value).__name__, value)
    if isinstance(value, Mapping):
        return tuple((name, _frozen(part)) for name, part in value.items())
    if isinstance(value, list | tuple):
        return ("list", *map(_frozen, value))
    raise TypeError(f"{type(value).__name__} is neither text nor number")
