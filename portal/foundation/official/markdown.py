"""Official documents as Markdown: the same blocks and marks, with everything else escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from portal.foundation.official.blocks import MarkdownBlock, markdown_blocks

INLINE_MARKUP = re.compile(r"([\\`*_\[\]<>|])")
# What begins a heading, list, rule or code fence at the start of a line.
LINE_START_MARKUP = re.compile(r"^(\s*)([#+\-=~]|\d+[.)])")
LINE_BREAKS = re.compile(r"\s*\n\s*")


def escape_line(text: str) -> str:
    """Return text that Markdown reads as plain, on one line."""
    return LINE_START_MARKUP.sub(r"\1\\\2", INLINE_MARKUP.sub(r"\\\1", LINE_BREAKS.sub(" ", text.strip())))


def _escape_cell(text: str) -> str:
    lines = (line.strip() for line in text.splitlines() if line.strip())
    return "<br>".join(INLINE_MARKUP.sub(r"\\\1", line) for line in lines)


def markdown_table(rows: Iterable[Sequence[str]]) -> str:
    """Return a table of plain cells, its header first."""
    lines: list[str] = []
    for row in rows:
        lines.append(f"| {' | '.join(_escape_cell(cell) for cell in row)} |")
        if len(lines) == 1:
            lines.append(f"|{' --- |' * len(row)}")
    return "\n".join(lines)


def block_line(block: MarkdownBlock) -> str:
    """Return a paragraph or list item with its mark."""
    text = "".join(
        f"**{escape_line(run.text)}**" if run.bold else INLINE_MARKUP.sub(r"\\\1", run.text)
        for run in block.runs
    )
    # After a mark the text no longer stands at the start of the line.
    return f"{block.mark}{text}" if block.mark else LINE_START_MARKUP.sub(r"\1\\\2", text)


def renumbered_markdown(text: str, *, heading_depth: int = 2) -> Iterator[str]:
    """Yield the paragraphs of a Markdown text with the numbers of an official document.

    `heading_depth` is the number of signs before the heading under which the text stands.
    """
    for block in markdown_blocks(text):
        if block.kind == "heading":
            yield f"{'#' * (block.level + heading_depth)} {block.mark}{escape_line(block.text)}"
        elif block.kind == "table":
            yield markdown_table(block.rows)
        else:
            yield block_line(block)
