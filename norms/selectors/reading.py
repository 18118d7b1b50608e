"""The text of a version as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from norms.enums import HEADING_KINDS, ProvisionKind
from norms.models import DocumentVersion, Provision
from norms.selectors.spans import Span, spans_of_all
from portal.foundation.paging import pages_by_weight

# What a page of a text may weigh. The Civil Code, 1,260 articles, is one page.
MAX_PAGE_BYTES = 2_500_000
# About what a block with its links, a paragraph, a citation and a character take.
BLOCK_BYTES, LINE_BYTES, SPAN_BYTES, CHARACTER_BYTES = 1_300, 40, 250, 3
INDENTED = frozenset({ProvisionKind.ITEM, ProvisionKind.SUBITEM})


class ProvisionRow(NamedTuple):
    """A provision as plain values. A code has thousands, and model instances would take three times as long."""

    pk: int
    parent_id: int | None
    identity_id: int | None
    kind: str
    label: str
    heading: str
    text: str
    anchor: str


@dataclass(slots=True)
class Line:
    """A paragraph on the page; `depth` is 0 for a paragraph, 1 for an item, 2 for what stands below."""

    row: ProvisionRow
    depth: int
    spans: list[Span]

    @property
    def label(self) -> str:
        return self.row.label if self.row.kind in INDENTED else ""


@dataclass(slots=True)
class ReadingBlock:
    """One block of the page: a heading, an article with its lines, or other text."""

    row: ProvisionRow
    level: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return "heading" if self.row.kind in HEADING_KINDS else str(self.row.kind)

    @property
    def title(self) -> str:
        return "　".join(part for part in (self.row.label, self.row.heading) if part)

    @property
    def heading_level(self) -> int:
        """Return the level of `<h2>` to `<h6>`; the title of the page is `<h1>`."""
        return min(self.level + 1, 6)

    @property
    def weight(self) -> int:
        """Return about how many bytes the block takes on its page."""
        spans = sum(len(line.spans) for line in self.lines)
        characters = len(self.row.text) + sum(len(line.row.text) for line in self.lines)
        return BLOCK_BYTES + LINE_BYTES * len(self.lines) + SPAN_BYTES * spans + CHARACTER_BYTES * characters


@dataclass(slots=True)
class ContentsEntry:
    """A line of the table of contents."""

    title: str
    anchor: str
    page: int
    first: str = ""
    last: str = ""
    children: list[ContentsEntry] = field(default_factory=list)

    @property
    def range(self) -> str:
        """Return the articles under it: 第一条—第五条."""
        return self.first if self.first == self.last else f"{self.first}—{self.last}"


@dataclass(slots=True)
class Reading:
    """A text in its pages: one, but for texts longer than any law that is in force."""

    pages: list[list[ReadingBlock]]
    contents: list[ContentsEntry]

    @property
    def blocks(self) -> list[ReadingBlock]:
        return [block for page in self.pages for block in page]

    def page_number_of(self, anchor: str) -> int:
        """Return the number of the page that holds a provision; the first where none does."""
        for number, page in enumerate(self.pages, start=1):
            for block in page:
                if block.row.anchor == anchor or any(line.row.anchor == anchor for line in block.lines):
                    return number
        return 1


def reading_of(version: DocumentVersion) -> Reading:
    """Return the text of a version with two queries: its rows and its citations."""
    provisions = version.provisions.order_by("position")
    rows = [ProvisionRow(*values) for values in provisions.values_list(*ProvisionRow._fields)]
    spans = spans_of_all(Provision, version.provisions.all())
    pages = pages_by_weight(_blocks(rows, spans), lambda block: block.weight, MAX_PAGE_BYTES)
    return Reading(pages, _contents(pages))


def _blocks(rows: list[ProvisionRow], spans: dict[tuple[int, str], list[Span]]) -> list[ReadingBlock]:
    blocks: list[ReadingBlock] = []
    depths: dict[int, int] = {}
    levels: dict[int, int] = {}
    block_by_row: dict[int, ReadingBlock] = {}
    for row in rows:
        row_spans = spans.get((row.pk, "text"), [])
        block = block_by_row.get(row.parent_id) if row.parent_id else None
        if (
            row.kind in HEADING_KINDS
            or row.kind in (ProvisionKind.ANNEX, ProvisionKind.ARTICLE)
            or block is None
        ):
            level = levels.get(row.parent_id, 0) + 1 if row.parent_id else 1
            levels[row.pk] = level
            block = ReadingBlock(row, level)
            blocks.append(block)
            if row.kind not in HEADING_KINDS and row.kind != ProvisionKind.ANNEX:
                block_by_row[row.pk] = block
                depths[row.pk] = 0
            if row.text and row.kind not in HEADING_KINDS:
                block.lines.append(Line(row, 0, row_spans))
        else:
            depth = depths.get(row.parent_id or 0, 0) + (row.kind in INDENTED)
            depths[row.pk] = depth
            block_by_row[row.pk] = block
            if row.text or row.label:
                block.lines.append(Line(row, depth, row_spans))
    return blocks


def _contents(pages: list[list[ReadingBlock]]) -> list[ContentsEntry]:
    """Return headings as a tree with the articles they hold, annexes at the end."""
    top: list[ContentsEntry] = []
    path: list[tuple[int, ContentsEntry]] = []
    numbered = ((number, block) for number, page in enumerate(pages, start=1) for block in page)
    for number, block in numbered:
        if block.kind in ("heading", ProvisionKind.ANNEX):
            entry = ContentsEntry(block.title or block.row.text[:30], block.row.anchor, number)
            while path and path[-1][0] >= block.level:
                path.pop()
            (path[-1][1].children if path else top).append(entry)
            path.append((block.level, entry))
        elif block.row.kind == ProvisionKind.ARTICLE:
            for _level, entry in path:
                entry.first = entry.first or block.row.label
                entry.last = block.row.label
    return top
