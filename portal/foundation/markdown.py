"""The one reading of Markdown: what people typed as tokens, as safe HTML and as plain text.

It departs from CommonMark where CommonMark would lose or change what was typed: stars that stand for names and digits
stay (`portal.foundation.emphasis`), four spaces are no code, a line of stars is no rule, `[1]: text` is text, and an
image is a link to it. Files read the same tokens (`portal.foundation.official`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, hr, table
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token

from portal.foundation.emphasis import can_close, can_open, is_wide

TAGS = {
    "p", "br", "hr", "strong", "em", "s", "blockquote", "ul", "ol", "li", "code", "pre", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
# Addresses that become links: `//host` would lead to another host without saying so.
LINK_ADDRESS = re.compile(r"(?:https?://|mailto:|/(?![/\\])|#)", re.IGNORECASE)
# Rows are filled up to the width of their header, so that 20,000 characters can ask for hundreds of thousands of cells;
# what lies beyond this number stays text. Rendering so many takes some 0.2 s.
MAX_TABLE_CELLS = 5_000
# A text without any of these reads as it is typed, but for the space around its lines.
MARKUP = re.compile(r"[*_`~\[\]<>|\\&]|^\s*(?:[-+=#]|\d+[.)])", re.MULTILINE)


class _ChineseInline(StateInline):
    """Opens and closes emphasis beside Chinese characters, which no spaces part, and lets masks stand."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        scanned = super().scanDelims(start, canSplitWord)
        marker = self.src[start]
        end = start + scanned.length
        before = self.src[start - 1] if start > 0 else " "
        after = self.src[end] if end < self.posMax else " "
        is_beside_wide = is_wide(before) or is_wide(after)
        if marker == "~":
            # 3~~5年 is a range.
            opens = scanned.can_open or (is_beside_wide and not after.isspace())
            closes = scanned.can_close or (is_beside_wide and not before.isspace())
            return Scanned(opens and not before.isdigit(), closes and not after.isdigit(), scanned.length)
        if marker != "*":
            return scanned
        opens, closes = can_open(self.src, start, end), can_close(self.src, start, end)
        if is_beside_wide:
            return Scanned(opens, closes, scanned.length)
        return Scanned(scanned.can_open and opens, scanned.can_close and closes, scanned.length)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False})
    parser.enable(["table", "strikethrough"])
    # Four spaces begin a Chinese paragraph; `[注]: 见下` defines nothing.
    parser.disable(["code", "reference"])
    parser.block.ruler.at("table", _bounded_table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.at(
        "hr", _rule_without_stars, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )

    def parse(src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]) -> list[Token]:
        state = _ChineseInline(src, md, env, tokens)
        parser.inline.tokenize(state)
        for rule in parser.inline.ruler2.getRules(""):
            rule(state)
        state.tokens[:] = _with_links_for_images(state.tokens)
        return state.tokens

    # The parser makes its own kind of state in there; ours knows Chinese punctuation.
    parser.inline.parse = parse  # type: ignore[method-assign]
    parser.validateLink = _is_link  # type: ignore[assignment,method-assign]
    return parser


def _is_link(address: str) -> bool:
    return bool(LINK_ADDRESS.match(address.strip()))


def _bounded_table(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Read a table of as many cells as the text may still have; what lies behind is read as paragraphs."""
    if silent or start_line + 1 >= end_line:
        return table(state, start_line, end_line, silent)
    columns = state.src[state.bMarks[start_line + 1] : state.eMarks[start_line + 1]].count("|") + 1
    remaining_rows = (MAX_TABLE_CELLS - state.env.get("table_cells", 0)) // columns
    if remaining_rows < 1 or not table(
        state, start_line, min(end_line, start_line + 1 + remaining_rows), silent
    ):
        return False
    state.env["table_cells"] = state.env.get("table_cells", 0) + columns * (state.line - start_line)
    return True


def _rule_without_stars(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Read `---` and `___` as a rule; `***` on a line of its own stands for a name."""
    position = state.bMarks[start_line] + state.tShift[start_line]
    return state.src[position : position + 1] != "*" and hr(state, start_line, end_line, silent)


def _with_links_for_images(tokens: list[Token]) -> Iterator[Token]:
    """Yield tokens in which a link with the image's description stands for each image: pages show no foreign ones."""
    link_depth = 0
    for token in tokens:
        link_depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type != "image":
            yield token
            continue
        address = str(token.attrGet("src") or "")
        label = Token("text", "", 0, content=token.content or address)
        if link_depth:
            yield label
        else:
            yield Token("link_open", "a", 1, attrs={"href": address})
            yield label
            yield Token("link_close", "a", -1)


_PARSER = _parser()


def parse_markdown(text: str) -> list[Token]:
    """Return the tokens of a Markdown text, for writers of other formats than HTML."""
    return _PARSER.parse(text or "")


def render_markdown(text: str) -> SafeString:
    """Return the HTML of a Markdown text: raw HTML is shown as text, links are limited to http(s), mail and this site."""
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


def markdown_text(text: str) -> str:
    """Return the words that the page shows: a line for each line of a paragraph, item, heading and row of a table."""
    if not MARKUP.search(text or ""):
        return "\n".join(line.strip() for line in (text or "").splitlines() if line.strip())
    lines: list[str] = []
    row: list[str] | None = None
    for token in parse_markdown(text):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            lines.append(" ".join(filter(None, row)))
            row = None
        elif token.type == "fence":
            lines += token.content.splitlines()
        elif token.type == "inline":
            words = _inline_text(token)
            if row is None:
                lines += words.split("\n")
            else:
                row.append(words.strip())
    return "\n".join(line.strip() for line in lines if line.strip())


def _inline_text(token: Token) -> str:
    breaks = {"softbreak", "hardbreak"}
    return "".join("\n" if child.type in breaks else child.content for child in token.children or ())
