"""Official documents as Markdown: the same blocks and marks, with everything else escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from portal.foundation.official.blocks import (
    MarkdownBlock,
    MarkdownCell,
    MarkdownRun,
    links_of,
    markdown_blocks,
)

# `~~` strikes out, `&lt;` is a character; a single tilde and the & of a firm's name are plain.
INLINE_MARKUP = re.compile(r"([\\`*_\[\]<>|]|~(?=~)|(?<=~)~|&(?=#?\w{1,32};))")
# What begins a heading, list, rule or code fence at the start of a line; only punctuation can be escaped.
LINE_START_MARKUP = re.compile(r"^(\s*(?:\d+(?=[.)](?:\s|$)))?)([#+\-=~]|(?<=\d)[.)])")
LINE_BREAKS = re.compile(r"\s*\n\s*")


def escape_line(text: str) -> str:
    """Return text that Markdown reads as plain, on one line."""
    return _escape_start(_escape(LINE_BREAKS.sub(" ", text.strip())))


def _escape(text: str) -> str:
    return INLINE_MARKUP.sub(r"\\\1", text)


def _escape_start(text: str) -> str:
    return LINE_START_MARKUP.sub(r"\1\\\2", text)


def _escape_cell(text: str) -> str:
    lines = (line.strip() for line in text.splitlines() if line.strip())
    return "<br>".join(map(_escape, lines))


def markdown_table(rows: Iterable[Sequence[str | MarkdownCell]]) -> str:
    """Return a table of cells that are plain text or runs, its header first."""
    lines: list[str] = []
    for row in rows:
        cells = (
            _escape_cell(cell) if isinstance(cell, str) else runs_markdown(cell, is_cell=True) for cell in row
        )
        lines.append(f"| {' | '.join(cells)} |")
        if len(lines) == 1:
            lines.append(f"|{' --- |' * len(row)}")
    return "\n".join(lines)


def runs_markdown(runs: Iterable[MarkdownRun], *, is_cell: bool = False) -> str:
    """Return runs with their emphasis, code and links."""
    return "".join(_link_markdown(url, group, is_cell) for url, group in links_of(runs))


def _link_markdown(url: str, runs: Sequence[MarkdownRun], is_cell: bool) -> str:
    text = _emphasised(runs, is_cell)
    if not url:
        return text
    # An address with spaces or brackets stands between angle brackets.
    return f"[{text}](<{url}>)" if re.search(r"[\s()]", url) else f"[{text}]({url})"


def _emphasised(runs: Sequence[MarkdownRun], is_cell: bool) -> str:
    """Return runs of one link, or of none; emphasis that goes on from run to run stays open."""
    text, open_marks = "", list[str]()
    for run in (*runs, MarkdownRun("")):
        marks = [mark for mark, is_set in _marks_of(run) if is_set]
        while any(mark not in marks for mark in open_marks):
            text = _with_mark_before_space(text, open_marks.pop())
        opening = [mark for mark in marks if mark not in open_marks]
        words = run.text.lstrip() if opening else run.text
        # Marks stand beside the words that they emphasise, and space outside.
        text += run.text[: len(run.text) - len(words)] + "".join(opening)
        text += _code_span(words, is_cell=is_cell) if run.code else _escape(words)
        open_marks += opening
    return text


def _marks_of(run: MarkdownRun) -> tuple[tuple[str, bool], ...]:
    return (("**", run.bold), ("*", run.italic), ("~~", run.strike))


def _with_mark_before_space(text: str, mark: str) -> str:
    words = text.rstrip()
    return f"{words}{mark}{text[len(words) :]}"


def _code_span(text: str, *, is_cell: bool) -> str:
    """Return code between more backticks than it holds in a row; in a cell its bars are escaped, and nothing else."""
    text = text.replace("|", r"\|") if is_cell else text
    ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def block_line(block: MarkdownBlock) -> str:
    """Return a paragraph, heading or list item as a line with its mark."""
    text = runs_markdown(block.runs)
    if block.mark:
        # After a mark the text no longer stands at the start of the line.
        return f"{block.mark}{text}"
    begins_with_strike = bool(block.runs) and block.runs[0].strike
    return text if begins_with_strike else _escape_start(text)


def block_markdown(block: MarkdownBlock, *, heading_depth: int | None = None) -> str:
    """Return a block; a heading stands as a line of its part where `heading_depth` is None."""
    if block.kind == "heading" and heading_depth is not None:
        text = f"{'#' * (block.level + heading_depth)} {block.mark}{runs_markdown(block.runs)}"
    elif block.kind == "table":
        text = markdown_table(block.rows)
    elif block.kind == "code":
        fence = "`" * max(3, max(map(len, re.findall("`+", block.text)), default=0) + 1)
        text = f"{fence}\n{block.text}\n{fence}"
    elif block.kind == "rule":
        text = "---"
    else:
        text = block_line(block)
    return _quoted(text, block.quote_depth)


def _quoted(text: str, depth: int) -> str:
    prefix = "> " * depth
    return "\n".join(f"{prefix}{line}" for line in text.splitlines()) if depth else text


def renumbered_markdown(text: str, *, heading_depth: int = 2) -> Iterator[str]:
    """Yield the paragraphs of a Markdown text with the numbers of an official document.

    `heading_depth` is the number of signs before the heading under which the text stands.
    """
    for block in markdown_blocks(text):
        yield block_markdown(block, heading_depth=heading_depth)
