"""Links on the citations in a text: plain text or HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from norms.selectors.spans import Span

_TAG = re.compile(r"(<[^>]*>)")
# Elements whose text takes no link.
_CLOSED = re.compile(r"<(/?)(a|code|pre)\b")


def citation_link(span: Span, html: str | None = None) -> SafeString:
    """Return the link of a citation around its text, or around `html`, which is safe already."""
    text = span.text if html is None else mark_safe(html)
    css_class = "citation" if span.is_resolved else "citation citation--open"
    if span.url:
        return format_html('<a class="{}" href="{}" title="{}">{}</a>', css_class, span.url, span.title, text)
    return format_html('<span class="{}" title="{}">{}</span>', css_class, span.title, text)


def cite_text(text: str, spans: Sequence[Span]) -> SafeString:
    """Return plain text, escaped, with its citations linked; spans that do not fit the text are left out."""
    if not spans:
        return escape(text)
    parts: list[str] = []
    position = 0
    for span in spans:
        if span.start < position or text[span.start : span.end] != span.text:
            continue
        parts += [escape(text[position : span.start]), citation_link(span)]
        position = span.end
    return mark_safe("".join([*parts, escape(text[position:])]))


def cite_html(html: str, source: str, spans: Sequence[Span]) -> SafeString:
    """Return HTML made from `source` (clean already), with the citations of `source` linked.

    A citation that markup divides, or that stands in a link or in code, stays as it is.
    """
    # Spans by their escaped text and how often that text stands before them in the source.
    occurrences: dict[str, dict[int, Span]] = {}
    for span in spans:
        nth = source.count(span.text, 0, span.start)
        occurrences.setdefault(escape(span.text), {})[nth] = span
    counts: dict[str, int] = {}
    pieces: list[str] = []
    open_tags = 0
    for piece in _TAG.split(html):
        if piece.startswith("<"):
            if tag := _CLOSED.match(piece):
                open_tags += -1 if tag[1] else 1
            pieces.append(piece)
        else:
            pieces.append(_linked(piece, occurrences, counts, allowed=open_tags == 0))
    return mark_safe("".join(pieces))


def _linked(
    piece: str, occurrences: dict[str, dict[int, Span]], counts: dict[str, int], *, allowed: bool
) -> str:
    """Return a piece without markup, with links; `counts` is how often each text stood in earlier pieces."""
    matches: list[tuple[int, int, Span]] = []
    for text, spans in occurrences.items():
        index = piece.find(text)
        while index >= 0:
            if span := spans.get(counts.get(text, 0)):
                matches.append((index, index + len(text), span))
            counts[text] = counts.get(text, 0) + 1
            index = piece.find(text, index + len(text))
    if not allowed or not matches:
        return piece
    parts: list[str] = []
    end = 0
    for start, stop, span in sorted(matches, key=lambda match: match[:2]):
        if start >= end:
            parts += [piece[end:start], citation_link(span, piece[start:stop])]
            end = stop
    return "".join([*parts, piece[end:]])
