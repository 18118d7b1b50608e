"""Putting links on the citations in a text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from norms.selectors.spans import Span

_TAG = re.compile(r"(<[^>]*>)")
_CLOSED = re.compile(r"<(/?)(a|code|pre)\b")


def link(span: Span, shown: str | None = None) -> SafeString:
    text = span.text if shown is None else mark_safe(shown)
    look = "citation" if span.is_resolved else "citation citation--open"
    if span.url:
        return format_html('<a class="{}" href="{}" title="{}">{}</a>', look, span.url, span.title, text)
    return format_html('<span class="{}" title="{}">{}</span>', look, span.title, text)


def cite_text(text: str, spans: Sequence[Span]) -> SafeString:
    """Plain text, escaped, its citations linked; spans that do not fit the text are left alone."""
    if not spans:
        return escape(text)
    parts: list[str] = []
    at = 0
    for span in spans:
        if span.start < at or text[span.start : span.end] != span.text:
            continue
        parts += [escape(text[at : span.start]), link(span)]
        at = span.end
    return mark_safe("".join([*parts, escape(text[at:])]))


def cite_html(html: str, source: str, spans: Sequence[Span]) -> SafeString:
    """HTML made from `source` (clean already), with the citations found in `source` linked.

    A citation that markup divides, or that stands in a link or in code, stays as it is.
    """
    wanted = [(span, escape(span.text), source.count(span.text, 0, span.start)) for span in spans]
    seen: dict[str, int] = {}
    pieces: list[str] = []
    shut = 0
    for piece in _TAG.split(html):
        if piece.startswith("<"):
            if tag := _CLOSED.match(piece):
                shut += -1 if tag[1] else 1
            pieces.append(piece)
        else:
            pieces.append(_linked(piece, wanted, seen, allowed=shut == 0))
    return mark_safe("".join(pieces))


def _linked(
    piece: str, wanted: Sequence[tuple[Span, str, int]], seen: dict[str, int], *, allowed: bool
) -> str:
    """One piece without markup. `seen` counts how often each text has come before."""
    places: list[tuple[int, int, Span]] = []
    for text in dict.fromkeys(escaped for _span, escaped, _nth in wanted):
        spans = {nth: span for span, escaped, nth in wanted if escaped == text}
        at = piece.find(text)
        while at >= 0:
            if span := spans.get(seen.get(text, 0)):
                places.append((at, at + len(text), span))
            seen[text] = seen.get(text, 0) + 1
            at = piece.find(text, at + len(text))
    if not allowed or not places:
        return piece
    parts: list[str] = []
    end = 0
    for start, stop, span in sorted(places, key=lambda place: place[:2]):
        if start >= end:
            parts += [piece[end:start], link(span, piece[start:stop])]
            end = stop
    return "".join([*parts, piece[end:]])
