"""Markdown as the blocks that an official document knows: headings, paragraphs, list items, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from inquiry.ordinals import chinese_number
from portal.foundation.markdown import parse_markdown

OWN_NUMBER = re.compile(
    r"^(第?[一二三四五六七八九十]+[、．.]|[（(][一二三四五六七八九十\d]+[)）]|\d+[.．、])\s*"
)
DASH = "——"


@dataclass(frozen=True)
class Run:
    """A stretch of text of one weight."""

    text: str
    bold: bool = False


@dataclass(frozen=True)
class Block:
    """`kind` is heading, paragraph, item or table; `level` counts from 1; `mark` is a number or a dash."""

    kind: str
    runs: tuple[Run, ...] = ()
    level: int = 0
    mark: str = ""
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass
class _Numbers:
    """Counters of the headings below a numbered part: （一）, 1., （1）."""

    counts: list[int] = field(default_factory=lambda: [0, 0, 0])

    def next(self, level: int) -> str:
        self.counts[level - 1] += 1
        self.counts[level:] = [0] * (3 - level)
        return _number(level, self.counts[level - 1])


def _number(level: int, value: int) -> str:
    """The order of numbers in official documents (GB/T 9704, 7.3.3) below 一、."""
    return (f"（{chinese_number(value)}）", f"{value}. ", f"（{value}）")[min(level, 3) - 1]


def blocks(text: str, *, above: int = 1) -> list[Block]:
    """Blocks of a Markdown text below a part headed 一、: its headings become （一）, 1. and （1）.

    The highest heading that occurs counts as the first level; numbers that authors wrote themselves are
    replaced by ours. Lists are numbered one level below the heading they stand under, at least one below
    level `above`: 1. in a part, （一） in a clause, where `above` is 0.
    """
    tokens = parse_markdown(text)
    highest = min((int(token.tag[1]) for token in tokens if token.type == "heading_open"), default=1)
    numbers, found, level = _Numbers(), [], 0
    for block in _walk(tokens):
        if block.mark.isdecimal():
            block = replace(block, mark=_number(max(level, above) + block.level, int(block.mark)))
        if block.kind != "heading":
            found.append(block)
            continue
        level = min(block.level - highest + 1, 3)
        found.append(Block("heading", _without_number(block.runs), level, numbers.next(level)))
    return found


def _without_number(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    first = Run(OWN_NUMBER.sub("", runs[0].text), runs[0].bold) if runs else Run("")
    return (first, *runs[1:])


def _walk(tokens: list[Token]) -> Iterator[Block]:
    lists: list[int | None] = []
    heading, mark = 0, ""
    rows: list[list[str]] | None = None
    for token in tokens:
        if token.type in {"ordered_list_open", "bullet_list_open"}:
            lists.append(int(token.attrGet("start") or 1) if token.type.startswith("ordered") else None)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            lists.pop()
        elif token.type == "list_item_open":
            mark, lists[-1] = _mark(lists[-1])
        elif token.type == "heading_open":
            heading = int(token.tag[1])
        elif token.type == "heading_close":
            heading = 0
        elif token.type == "table_open":
            rows = []
        elif token.type == "tr_open" and rows is not None:
            rows.append([])
        elif token.type == "table_close" and rows is not None:
            yield Block("table", rows=tuple(tuple(row) for row in rows))
            rows = None
        elif token.type in {"fence", "code_block"}:
            yield from (
                Block("paragraph", (Run(line),)) for line in token.content.splitlines() if line.strip()
            )
        elif token.type == "inline" and rows is not None:
            rows[-1].append("".join(run.text for line in _lines(token) for run in line))
        elif token.type == "inline" and heading:
            yield Block("heading", tuple(run for line in _lines(token) for run in line), heading)
        elif token.type == "inline":
            for line in _lines(token):
                yield Block("item" if mark else "paragraph", tuple(line), len(lists), mark)
                mark = ""


def _mark(number: int | None) -> tuple[str, int | None]:
    return (DASH, None) if number is None else (str(number), number + 1)


def _lines(token: Token) -> list[list[Run]]:
    """The runs of each line; a line break begins a paragraph of its own."""
    lines: list[list[Run]] = [[]]
    bold = 0
    for child in token.children or []:
        if child.type == "strong_open":
            bold += 1
        elif child.type == "strong_close":
            bold -= 1
        elif child.type in {"softbreak", "hardbreak"}:
            lines.append([])
        elif child.content:
            lines[-1].append(Run(child.content, bold > 0))
    return [line for line in lines if any(run.text.strip() for run in line)]
