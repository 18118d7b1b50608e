"""The text of a version as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from norms.enums import HEADING_KINDS, ProvisionKind
from norms.models import DocumentVersion, Provision
from norms.selectors.cited import CitedByGroup
from norms.selectors.spans import Span, spans_of_all

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
    cited_by: list[CitedByGroup] = field(default_factory=list)

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


@dataclass(slots=True)
class ContentsEntry:
    """A line of the table of contents."""

    title: str
    anchor: str
    first: str
    last: str = ""
    children: list[ContentsEntry] = field(default_factory=list)

    @property
    def range(self) -> str:
        """Return the articles under it: 第一条—第五条."""
        return self.first if self.first == self.last else f"{self.first}—{self.last}"


@dataclass(slots=True)
class Reading:
    blocks: list[ReadingBlock]
    contents: list[ContentsEntry]

    @property
    def identities(self) -> list[int]:
        return [block.row.identity_id for block in self.blocks if block.row.identity_id is not None]


def reading_of(version: DocumentVersion) -> Reading:
    """Return the text of a version with two queries: its rows and its citations."""
    provisions = version.provisions.order_by("position")
    rows = [ProvisionRow(*values) for values in provisions.values_list(*ProvisionRow._fields)]
    spans = spans_of_all(Provision, version.provisions.all())
    blocks = _blocks(rows, spans)
    return Reading(blocks, _contents(blocks))


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


def _contents(blocks: list[ReadingBlock]) -> list[ContentsEntry]:
    """Return headings as a tree with the articles they hold, annexes at the end."""
    top: list[ContentsEntry] = []
    path: list[tuple[int, ContentsEntry]] = []
    for block in blocks:
        if block.kind in ("heading", ProvisionKind.ANNEX):
            entry = ContentsEntry(block.title or block.row.text[:30], block.row.anchor, "")
            while path and path[-1][0] >= block.level:
                path.pop()
            (path[-1][1].children if path else top).append(entry)
            path.append((block.level, entry))
        elif block.row.kind == ProvisionKind.ARTICLE:
            for _level, entry in path:
                entry.first = entry.first or block.row.label
                entry.last = block.row.label
    return top
