"""A dossier as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from inquiry.exporting.blocks import Block, blocks
from inquiry.exporting.content import DossierContent, source_label
from inquiry.exporting.wording import PartNumbers, annex_head, annex_lines, opening, sources_line, summary

SPECIAL = re.compile(r"([\\`*_\[\]<>|])")
LINE_STARTS = re.compile(r"^(\s*)([#+\-=~]|\d+[.)])")
NEWLINES = re.compile(r"\s*\n\s*")


def write_markdown(content: DossierContent, progress: Callable[[int], None]) -> bytes:
    """UTF-8; `progress` hears of percents done."""
    lines = [f"# {_plain(content.title)}", "", *(f"{_plain(line)}  " for line in opening(content)), ""]
    numbers = PartNumbers()
    for heading, text in (
        (_("Target document"), _plain(content.target)),
        (_("Grounds"), "\n\n".join(_text(content.grounds))),
        (_("Analysis"), "\n\n".join(_text(content.analysis))),
        (_("Proposed wording"), "\n\n".join(_clauses(content))),
        (_("Gathered sources"), "\n".join(_items(content))),
    ):
        if text:
            lines += [f"## {numbers.next()}{heading}", "", text, ""]
    progress(50)
    lines += [
        f"## {_('Annex 1')}　{_('List of source questions')}",
        "",
        summary(content),
        "",
        *_annex(content),
        "",
    ]
    lines += [f"## {_('Annex 2')}　{_('Source questions by department')}", "", *_counts(content), ""]
    progress(90)
    return "\n".join(lines).encode()


def _plain(text: str) -> str:
    """Text that Markdown does not read as markup, on one line."""
    return LINE_STARTS.sub(r"\1\\\2", SPECIAL.sub(r"\\\1", NEWLINES.sub(" ", text.strip())))


def _cell(text: str) -> str:
    return "<br>".join(SPECIAL.sub(r"\\\1", line.strip()) for line in text.splitlines() if line.strip())


def _text(text: str) -> Iterator[str]:
    for block in blocks(text):
        if block.kind == "heading":
            yield f"{'#' * (block.level + 2)} {block.mark}{_plain(block.text)}"
        elif block.kind == "table":
            yield "\n".join(_table(block.rows))
        else:
            yield f"{block.mark}{_runs(block)}"


def _runs(block: Block) -> str:
    words = "".join(
        f"**{_plain(run.text)}**" if run.bold else SPECIAL.sub(r"\\\1", run.text) for run in block.runs
    )
    return words if block.mark else LINE_STARTS.sub(r"\1\\\2", words)


def _table(rows: tuple[tuple[str, ...], ...] | list[list[str]]) -> Iterator[str]:
    for place, row in enumerate(rows):
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"
        if place == 0:
            yield f"|{' --- |' * len(row)}"


def _clauses(content: DossierContent) -> Iterator[str]:
    for clause in content.clauses:
        heading = f"（{_plain(clause.heading)}）" if clause.heading else ""
        first, *others = blocks(clause.text, above=0) or [Block("paragraph")]
        yield f"**{clause.ordinal}**{heading}　{first.mark}{_runs(first)}"
        yield from (f"{block.mark}{_runs(block)}" for block in others)
        if clause.rationale:
            yield f"{_('Why')}：{_plain(clause.rationale)}"
        if line := sources_line(clause.sources):
            yield _plain(line)


def _items(content: DossierContent) -> Iterator[str]:
    for item in content.items:
        yield f"- {item.kind_label}：{_plain(source_label(item))}"


def _annex(content: DossierContent) -> Iterator[str]:
    return _table([annex_head(), *annex_lines(content)])


def _counts(content: DossierContent) -> Iterator[str]:
    rows = [[label, str(count)] for label, count in content.counts]
    total = [_("Total"), str(len(content.annex))]
    return _table([[_("Department"), _("Questions")], *rows, total])
