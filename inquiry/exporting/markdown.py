"""A dossier as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from inquiry.exporting.content import DossierContent, source_label
from inquiry.exporting.wording import (
    annex_cells,
    annex_header,
    annex_summary,
    count_cells,
    count_header,
    opening_lines,
    sources_line,
)
from portal.foundation.joining import labelled
from portal.foundation.official import MarkdownBlock, PartNumbers, markdown_blocks
from portal.foundation.official.markdown import (
    block_markdown,
    escape_line,
    markdown_table,
    renumbered_markdown,
    runs_markdown,
)


def write_markdown(content: DossierContent, report_progress: Callable[[int], None]) -> bytes:
    """Return the file's bytes in UTF-8; `report_progress` receives percents that rise to 90."""
    # Two spaces at the end of a line are a line break in Markdown.
    lines = [
        f"# {escape_line(content.title)}",
        "",
        *(f"{escape_line(line)}  " for line in opening_lines(content)),
        "",
        *_part_lines(content),
    ]
    report_progress(50)
    lines += [
        f"## {_('Annex 1')}　{_('List of source questions')}",
        "",
        annex_summary(content),
        "",
        markdown_table([annex_header(), *annex_cells(content)]),
        "",
        f"## {_('Annex 2')}　{_('Source questions by department')}",
        "",
        markdown_table([count_header(), *count_cells(content)]),
        "",
    ]
    report_progress(90)
    return "\n".join(lines).encode()


def _part_lines(content: DossierContent) -> Iterator[str]:
    """Yield the parts that say something, numbered in their order."""
    numbers = PartNumbers()
    parts = (
        (_("Target document"), escape_line(content.target)),
        (_("Grounds"), "\n\n".join(renumbered_markdown(content.grounds))),
        (_("Analysis"), "\n\n".join(renumbered_markdown(content.analysis))),
        (_("Proposed wording"), "\n\n".join(_clause_paragraphs(content))),
        (_("Sources gathered"), "\n".join(_item_lines(content))),
    )
    # Parts that say nothing are left out, and the numbers run on.
    for heading, text in parts:
        if text:
            yield from (f"## {numbers.next()}{heading}", "", text, "")


def _clause_paragraphs(content: DossierContent) -> Iterator[str]:
    for clause in content.clauses:
        heading = f"（{escape_line(clause.heading)}）" if clause.heading else ""
        yield from _labelled(f"**{clause.ordinal}**{heading}　", clause.text, list_level=0)
        if clause.rationale:
            yield from _labelled(labelled(_("Why"), ""), clause.rationale)
        if line := sources_line(clause.sources):
            yield escape_line(line)


def _labelled(label: str, text: str, *, list_level: int = 1) -> Iterator[str]:
    """Yield the paragraphs of a text within a part; its first line follows the label on the same one."""
    first, *following = markdown_blocks(text, list_level=list_level) or [MarkdownBlock("paragraph")]
    if first.is_line:
        yield f"{label}{first.mark}{runs_markdown(first.runs)}"
    else:
        yield label
        following.insert(0, first)
    yield from map(block_markdown, following)


def _item_lines(content: DossierContent) -> Iterator[str]:
    for item in content.items:
        yield f"- {labelled(item.kind_label, escape_line(source_label(item)))}"
