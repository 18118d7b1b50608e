"""Render the Markdown of users and editors safely."""

from __future__ import annotations

import unicodedata
from collections.abc import MutableMapping
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token

TAGS = {
    "p", "br", "hr", "strong", "em", "del", "blockquote", "ul", "ol", "li", "code", "pre", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"W", "F"} or char in "“”‘’"


class _ChineseInline(StateInline):
    """Opens and closes emphasis beside Chinese characters, which no spaces part, unlike in CommonMark."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        scanned = super().scanDelims(start, canSplitWord)
        marker = self.src[start]
        end = start + scanned.length
        before = self.src[start - 1] if start > 0 else " "
        after = self.src[end] if end < self.posMax else " "
        if marker not in "*~" or not (_is_wide(before) or _is_wide(after)):
            return scanned
        return Scanned(not after.isspace(), not before.isspace(), scanned.length)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False})
    parser.enable(["table", "strikethrough"])

    def parse(src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]) -> list[Token]:
        state = _ChineseInline(src, md, env, tokens)
        parser.inline.tokenize(state)
        for rule in parser.inline.ruler2.getRules(""):
            rule(state)
        return state.tokens

    # The parser makes its own kind of state in there; ours knows Chinese punctuation.
    parser.inline.parse = parse  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


def parse_markdown(text: str) -> list[Token]:
    """Return the tokens of a Markdown text, for writers of other formats than HTML."""
    return _PARSER.parse(text or "")


def render_markdown(text: str) -> SafeString:
    """Return the HTML of a Markdown text: raw HTML is shown as text, links are limited to http(s) and mail."""
    html = _PARSER.render(text or "").replace("<h1>", "<h3>").replace("</h1>", "</h3>")
    html = html.replace("<h2>", "<h3>").replace("</h2>", "</h3>")
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )
    return mark_safe(clean)
