"""Markdown read as the blocks that an official document knows: headings, paragraphs, list items and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from portal.foundation.markdown import parse_markdown
from portal.foundation.official.numbering import HeadingCounters, heading_mark

# A number that an author wrote before a heading: 第一、 一、 （一） (1) 1. 1、
WRITTEN_NUMBER = re.compile(
    r"^(第?[一二三四五六七八九十]+[、．.]|[（(][一二三四五六七八九十\d]+[)）]|\d+[.．、])\s*"
)
DASH = "——"


@dataclass(frozen=True)
class MarkdownRun:
    """A stretch of text of one weight."""

    text: str
    bold: bool = False


@dataclass(frozen=True)
class MarkdownBlock:
    """One block of a text.

    `kind` is heading, paragraph, item or table. `level` counts from 1 for headings and items. `mark` is the
    number or dash before the text. `rows` are the cells of a table, its header first.
    """

    kind: str
    runs: tuple[MarkdownRun, ...] = ()
    level: int = 0
    mark: str = ""
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        """Return the text of all runs, without the mark."""
        return "".join(run.text for run in self.runs)


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
            block = MarkdownBlock("heading", _without_number(block.runs), level, counters.next(level))
        elif block.mark.isdecimal():
            mark = heading_mark(max(level, list_level) + block.level, int(block.mark))
            block = replace(block, mark=mark)
        blocks.append(block)
    return blocks


def _without_number(runs: tuple[MarkdownRun, ...]) -> tuple[MarkdownRun, ...]:
    if not runs:
        return (MarkdownRun(""),)
    return (MarkdownRun(WRITTEN_NUMBER.sub("", runs[0].text), runs[0].bold), *runs[1:])


@dataclass
class _BlockReader:
    """Turns markdown-it's flat list of tokens into blocks whose marks are still plain numbers or a dash.

    `list_numbers` is a stack of the lists that are open, each with its next number, or None for bullets.
    """

    list_numbers: list[int | None] = field(default_factory=list)
    heading_level: int = 0
    mark: str = ""
    rows: list[list[str]] | None = None

    def read(self, tokens: list[Token]) -> Iterator[MarkdownBlock]:
        for token in tokens:
            if token.type == "table_close" and self.rows is not None:
                yield MarkdownBlock("table", rows=tuple(tuple(row) for row in self.rows))
                self.rows = None
            elif token.type in {"fence", "code_block"}:
                lines = filter(str.strip, token.content.splitlines())
                yield from (MarkdownBlock("paragraph", (MarkdownRun(line),)) for line in lines)
            elif token.type == "inline":
                yield from self._inline(token)
            else:
                self._follow(token)

    def _follow(self, token: Token) -> None:
        """Keep count of the list, heading or table row that a token opens or closes."""
        if token.type == "ordered_list_open":
            self.list_numbers.append(int(token.attrGet("start") or 1))
        elif token.type == "bullet_list_open":
            self.list_numbers.append(None)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            self.list_numbers.pop()
        elif token.type == "list_item_open":
            self._open_item()
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
            self.rows[-1].append("".join(run.text for line in lines for run in line))
        elif self.heading_level:
            yield MarkdownBlock("heading", tuple(run for line in lines for run in line), self.heading_level)
        else:
            for line in lines:
                # Only the first line of an item carries its mark; the lines below are paragraphs.
                kind = "item" if self.mark else "paragraph"
                yield MarkdownBlock(kind, tuple(line), len(self.list_numbers), self.mark)
                self.mark = ""


def _runs_by_line(token: Token) -> list[list[MarkdownRun]]:
    """Return the runs of each line that is not blank; a line break begins a paragraph of its own."""
    lines: list[list[MarkdownRun]] = [[]]
    bold_depth = 0
    for child in token.children or []:
        if child.type == "strong_open":
            bold_depth += 1
        elif child.type == "strong_close":
            bold_depth -= 1
        elif child.type in {"softbreak", "hardbreak"}:
            lines.append([])
        elif child.content:
            lines[-1].append(MarkdownRun(child.content, bold_depth > 0))
    return [line for line in lines if any(run.text.strip() for run in line)]
