"""Markdown read as the blocks that an official document knows: headings, paragraphs, list items and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from markdown_it.token import Token

from portal.foundation.markdown import parse_markdown
from portal.foundation.official.numbering import HeadingCounters, heading_mark

# A number that an author wrote before a heading: 第一、 一、 （一） (1) 1. 1、. The digits of 1.5倍, 3.5年, 2026.4.17,
# 10、20年, 一、二审 and （2026）粤01号 belong to the heading itself.
WRITTEN_NUMBER = re.compile(
    r"^(?:第?[一二三四五六七八九十]+[、．.](?![一二三四五六七八九十])"
    r"|[（(](?:[一二三四五六七八九十]+|\d{1,2})[)）]"
    r"|\d{1,2}[.．、](?!\d))\s*"
)
DASH = "——"


@dataclass(frozen=True)
class MarkdownRun:
    """A stretch of text of one look; `url` is where a link leads, empty for text that is none."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    url: str = ""


MarkdownCell = tuple[MarkdownRun, ...]


def links_of(runs: Iterable[MarkdownRun]) -> Iterator[tuple[str, tuple[MarkdownRun, ...]]]:
    """Yield runs that follow each other in one link with its address, and those outside of links with an empty one."""
    for url, group in groupby(runs, key=lambda run: run.url):
        yield url, tuple(group)


def printed_address(url: str, runs: Iterable[MarkdownRun]) -> str:
    """Return `（address）` to print behind a link, empty where its text is the address already."""
    address = url.removeprefix("mailto:")
    text = "".join(run.text for run in runs).strip()
    return f"（{address}）" if address and address != text else ""


@dataclass(frozen=True)
class MarkdownBlock:
    """One block of a text.

    `kind` is heading, paragraph, item, code, rule or table. `level` counts from 1 for headings and items. `mark` is the
    number or dash before the text. `rows` are the cells of a table, its header first. `quote_depth` is the number of
    quotations in which the block stands.
    """

    kind: str
    runs: tuple[MarkdownRun, ...] = ()
    level: int = 0
    mark: str = ""
    rows: tuple[tuple[MarkdownCell, ...], ...] = ()
    quote_depth: int = 0

    @property
    def text(self) -> str:
        """The text of all runs, without the mark."""
        return "".join(run.text for run in self.runs)

    @property
    def is_line(self) -> bool:
        """Return whether the block is one line of text, which can follow a label."""
        return self.kind not in {"table", "code", "rule"} and not self.quote_depth


def markdown_blocks(text: str, *, list_level: int = 1) -> list[MarkdownBlock]:
    """Return the blocks of a Markdown text that stands in a part numbered 一、.

    Its headings become （一）, 1. and （1）: the highest heading that occurs counts as the first level, and
    numbers that authors wrote themselves are replaced. Lists are numbered one level below the heading they stand
    under, and at least one below `list_level`: 1. in a part, （一） in a clause, where `list_level` is 0.
    """
    tokens = parse_markdown(text)
    highest = min((int(token.tag[1]) for token in tokens if token.type == "heading_open"), default=1)
    counters, blocks, level = HeadingCounters(), [], 0
    for block in _BlockReader().read(tokens):
        if block.kind == "heading":
            level = min(block.level - highest + 1, 3)
            runs = _without_number(block.runs)
            block = replace(block, runs=runs, level=level, mark=counters.next(level))
        elif block.mark.isdecimal():
            mark = heading_mark(max(level, list_level) + block.level, int(block.mark))
            block = replace(block, mark=mark)
        blocks.append(block)
    return blocks


def _without_number(runs: tuple[MarkdownRun, ...]) -> tuple[MarkdownRun, ...]:
    if not runs:
        return (MarkdownRun(""),)
    return (replace(runs[0], text=WRITTEN_NUMBER.sub("", runs[0].text)), *runs[1:])


@dataclass
class _BlockReader:
    """Turns markdown-it's flat list of tokens into blocks whose marks are still plain numbers or a dash.

    `list_numbers` is a stack of the lists that are open, each with its next number, or None for bullets. `mark` is that
    of an item whose first line has not been read yet.
    """

    list_numbers: list[int | None] = field(default_factory=list)
    heading_level: int = 0
    quote_depth: int = 0
    mark: str = ""
    rows: list[list[MarkdownCell]] | None = None

    def read(self, tokens: list[Token]) -> Iterator[MarkdownBlock]:
        for token in tokens:
            if token.type in {"table_open", "heading_open", "fence", "hr", "list_item_close"}:
                yield from self._pending_mark()
            if token.type == "table_close" and self.rows is not None:
                yield self._block("table", rows=tuple(tuple(row) for row in self.rows))
                self.rows = None
            elif token.type == "fence":
                yield self._block("code", (MarkdownRun(token.content.rstrip("\n"), code=True),))
            elif token.type == "hr":
                yield self._block("rule")
            elif token.type == "inline":
                yield from self._inline(token)
            else:
                self._follow(token)

    def _block(self, kind: str, runs: tuple[MarkdownRun, ...] = (), **values: Any) -> MarkdownBlock:
        return MarkdownBlock(kind, runs, quote_depth=self.quote_depth, **values)

    def _pending_mark(self) -> Iterator[MarkdownBlock]:
        """Yield an item of its mark alone, where no line of text follows it: a table in a list, or nothing."""
        if self.mark:
            yield self._block("item", (MarkdownRun(""),), level=len(self.list_numbers), mark=self.mark)
            self.mark = ""

    def _follow(self, token: Token) -> None:
        """Keep count of the list, quotation, heading or table row that a token opens or closes."""
        if token.type == "ordered_list_open":
            start = token.attrGet("start")
            self.list_numbers.append(1 if start is None else int(start))
        elif token.type == "bullet_list_open":
            self.list_numbers.append(None)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            self.list_numbers.pop()
        elif token.type == "list_item_open":
            self._open_item()
        elif token.type in {"blockquote_open", "blockquote_close"}:
            self.quote_depth += token.nesting
        elif token.type == "heading_open":
            self.heading_level = int(token.tag[1])
        elif token.type == "heading_close":
            self.heading_level = 0
        elif token.type == "table_open":
            self.rows = []
        elif token.type == "tr_open" and self.rows is not None:
            self.rows.append([])

    def _open_item(self) -> None:
        number = self.list_numbers[-1]
        self.mark = DASH if number is None else str(number)
        self.list_numbers[-1] = None if number is None else number + 1

    def _inline(self, token: Token) -> Iterator[MarkdownBlock]:
        lines = _runs_by_line(token)
        if self.rows is not None:
            self.rows[-1].append(tuple(run for line in lines for run in line))
        elif self.heading_level:
            yield self._block("heading", _joined(lines), level=self.heading_level)
        else:
            for line in lines:
                # Only the first line of an item carries its mark; the lines below are paragraphs.
                kind = "item" if self.mark else "paragraph"
                yield self._block(kind, tuple(line), level=len(self.list_numbers), mark=self.mark)
                self.mark = ""


def _joined(lines: list[list[MarkdownRun]]) -> tuple[MarkdownRun, ...]:
    """Return the runs of a heading on one line; a space stands for its line breaks, as on the page."""
    runs: list[MarkdownRun] = []
    for line in lines:
        runs += [MarkdownRun(" ")] if runs else []
        runs += line
    return tuple(runs)


def _runs_by_line(token: Token) -> list[list[MarkdownRun]]:
    """Return the runs of each line that is not blank; a line break begins a paragraph of its own."""
    lines: list[list[MarkdownRun]] = [[]]
    depths = {"strong": 0, "em": 0, "s": 0}
    url = ""
    for child in token.children or []:
        name, _separator, edge = child.type.rpartition("_")
        if name in depths and edge in {"open", "close"}:
            depths[name] += child.nesting
        elif name == "link":
            url = str(child.attrGet("href") or "") if edge == "open" else ""
        elif child.type in {"softbreak", "hardbreak"}:
            lines.append([])
        elif child.content:
            look = {"bold": depths["strong"] > 0, "italic": depths["em"] > 0, "strike": depths["s"] > 0}
            run = MarkdownRun(child.content, code=child.type == "code_inline", url=url, **look)
            lines[-1].append(run)
    return [line for line in lines if any(run.text.strip() for run in line)]
