"""Showing text with its citations linked."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.db.models import Model
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from norms.links import cite_html, cite_text
from norms.models.citations import MAX_CITATIONS_OF_TEXT
from norms.selectors.reading import Line, ReadingBlock
from norms.selectors.spans import Span, are_limited, spans_of
from portal.foundation.markdown import render_markdown

register = template.Library()


@register.filter
def cite_links(text: str, spans: Sequence[Span]) -> SafeString:
    """Return plain text with links: `{{ text|cite_links:spans }}`; spans come from `norms.selectors.spans_of`."""
    return cite_text(text, spans)


@register.simple_tag
def cited_text(source: Model | None, field: str, text: str) -> SafeString:
    """Return plain text of a record's field with its recorded citations linked."""
    return cite_text(text, spans_of(source, field) if source else [])


@register.simple_tag
def cited_markdown(source: Model | None, field: str, text: str) -> SafeString:
    """Return Markdown of a record's field as HTML with its recorded citations linked."""
    return linked_markdown(text, spans_of(source, field) if source else [])


@register.filter
def linked_markdown(text: str, spans: Sequence[Span]) -> SafeString:
    """Return Markdown as HTML with links: `{{ text|linked_markdown:spans }}`, where spans have been read."""
    html = render_markdown(text)
    return cite_html(html, text, spans) + _limit_note(spans) if spans else html


def _limit_note(spans: Sequence[Span]) -> SafeString:
    """Return the note below a text whose citations are not all linked."""
    if not are_limited(spans):
        return SafeString("")
    note = _("Only the first %(limit)s articles that this text cites are linked.")
    return format_html('<p class="meta">{}</p>', note % {"limit": MAX_CITATIONS_OF_TEXT})


@register.filter
def law_lines(block: ReadingBlock) -> SafeString:
    """Return the paragraphs and items of an article, each with its anchor.

    A code has thousands of them, and a loop in the template takes three times as long.
    """
    return mark_safe("".join(_line(line, is_first=line.row is block.row) for line in block.lines))


def _line(line: Line, *, is_first: bool) -> str:
    kind = f' class="law-item law-item--{line.depth}"' if line.depth else ""
    anchor = "" if is_first else f' id="{escape(line.row.anchor)}"'
    return f"<p{kind}{anchor}>{escape(line.label)}{cite_text(line.row.text, line.spans)}</p>"


@register.filter
def table_rows(text: str) -> list[list[str]]:
    """Return the rows of a stored table: a line for each row, its cells divided by tabs."""
    return [line.split("\t") for line in text.split("\n")]
