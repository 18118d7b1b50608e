"""The tree of provisions that a file becomes, and its rows in the order of the text."""

import datetime
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from norms.enums import HEADING_KINDS, ProvisionKind
from norms.importing.errors import UnreadableSource
from norms.importing.limits import MAX_PROVISIONS, TOO_LONG
from norms.importing.warnings import Warnings

MAX_PATH_LENGTH = 1000
# Forms of marks that differ between the DOCX and the text of one law.
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "〈": "<", "〉": ">", "—": "-", "－": "-", "〔": "(", "〕": ")"}
)
_SPACE = re.compile(r"\s+")
# Parts of anchors. Links from other records use them, so they never change.
_SHORT = {
    ProvisionKind.PART: "part",
    ProvisionKind.SUBPART: "sub",
    ProvisionKind.CHAPTER: "ch",
    ProvisionKind.SECTION: "sec",
    ProvisionKind.ARTICLE: "art",
    ProvisionKind.PARAGRAPH: "p",
    ProvisionKind.ITEM: "i",
    ProvisionKind.SUBITEM: "s",
    ProvisionKind.ANNEX: "annex",
    ProvisionKind.TABLE: "table",
    ProvisionKind.PREAMBLE: "preamble",
}


@dataclass(slots=True, eq=False)
class Node:
    kind: ProvisionKind
    text: str = ""
    number: int | None = None
    suffix: int = 0
    label: str = ""
    heading: str = ""
    is_note: bool = False
    children: list["Node"] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"{self.label} {self.heading}".strip()


@dataclass(slots=True)
class OutlineRow:
    """A node with its position in the text; `parent` is the position of another row."""

    node: Node
    position: int
    parent: int | None
    anchor: str
    heading_path: str
    depth: int


@dataclass(slots=True)
class ParsedDocument:
    title: str
    format: str
    lang: str
    nodes: list[Node] = field(default_factory=list)
    preface: str = ""
    document_number: str = ""
    promulgated_on: datetime.date | None = None
    effective_on: datetime.date | None = None
    kind: str = "other"
    issuing_bodies: list[str] = field(default_factory=list)
    # As it is written, "" for a text without one.
    classification_mark: str = ""
    warnings: Warnings = field(default_factory=Warnings)
    rows: list[OutlineRow] = field(default_factory=list)

    @property
    def articles(self) -> int:
        return sum(row.node.kind == ProvisionKind.ARTICLE for row in self.rows)

    @property
    def characters(self) -> int:
        """Return the number of characters of body text, white space not counted."""
        return sum(count_characters(row.node.label, row.node.heading, row.node.text) for row in self.rows)

    @property
    def body(self) -> str:
        return comparable_body(
            (row.node.kind, row.node.label, row.node.heading, row.node.text) for row in self.rows
        )

    @property
    def digest(self) -> str:
        return body_digest(self.body)


def comparable(text: str) -> str:
    """Return text without what differs between formats of one document: spaces, widths, forms of quotes."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES))


def comparable_body(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """Return the body (kind, label, heading, text of each row) as comparable text, signatures left out."""
    return "\n".join(
        comparable(f"{label}{heading}{text}")
        for kind, label, heading, text in rows
        if kind != ProvisionKind.SIGNATURE
    )


def body_digest(body: str) -> str:
    return hashlib.sha256(body.replace("\n", "").encode()).hexdigest()


def count_characters(*texts: str) -> int:
    return sum(len(_SPACE.sub("", text)) for text in texts)


def rows_of(nodes: list[Node]) -> list[OutlineRow]:
    """Return all nodes in document order with anchors that are unique in the document."""
    rows = list(_Flattener().walk(nodes))
    if len(rows) > MAX_PROVISIONS:
        raise UnreadableSource(TOO_LONG)
    return rows


class _Flattener:
    def __init__(self) -> None:
        self.position = 0
        self.taken: dict[str, int] = {}
        self.counts: dict[str, int] = {}

    def walk(
        self, nodes: list[Node], parent: OutlineRow | None = None, scope: str = "", path: tuple[str, ...] = ()
    ) -> Iterator[OutlineRow]:
        for node in nodes:
            anchor = self._unique(self._anchor(node, parent, scope))
            depth = parent.depth + 1 if parent else 0
            row = OutlineRow(
                node,
                self.position,
                parent.position if parent else None,
                anchor,
                " > ".join(path)[:MAX_PATH_LENGTH],
                depth,
            )
            self.position += 1
            yield row
            inner_scope = f"{anchor}-" if node.kind == ProvisionKind.ANNEX else scope
            is_heading = node.kind in HEADING_KINDS or node.kind == ProvisionKind.ANNEX
            inner_path = (*path, node.title) if is_heading and node.title else path
            yield from self.walk(node.children, row, inner_scope, inner_path)

    def _anchor(self, node: Node, parent: OutlineRow | None, scope: str) -> str:
        kind = node.kind
        if kind == ProvisionKind.SIGNATURE:
            return f"{scope}signature"
        if node.is_note:
            return f"{scope}note-{self._next(f'{scope}note')}"
        if kind == ProvisionKind.TEXT:
            return f"{scope}p-{node.number}" if node.number else f"{scope}line-{self._next(f'{scope}line')}"
        if kind == ProvisionKind.ARTICLE:
            return f"{scope}art-{node.number}" + (f"_{node.suffix}" if node.suffix else "")
        short = _SHORT[kind]
        if kind in (ProvisionKind.ANNEX, ProvisionKind.TABLE, ProvisionKind.PREAMBLE):
            return f"{scope}{short}-{self._next(f'{scope}{short}')}"
        number = node.number if node.number is not None else "x"
        if kind in (ProvisionKind.PARAGRAPH, ProvisionKind.ITEM, ProvisionKind.SUBITEM):
            return f"{parent.anchor}-{short}{number}" if parent else f"{scope}{short}-{number}"
        above = f"{parent.anchor}-" if parent and parent.node.kind in HEADING_KINDS else scope
        return f"{above}{short}-{number}" + (f"_{node.suffix}" if node.suffix else "")

    def _next(self, key: str) -> int:
        self.counts[key] = self.counts.get(key, 0) + 1
        return self.counts[key]

    def _unique(self, anchor: str) -> str:
        anchor = anchor[:70]
        count = self.taken.get(anchor, 0) + 1
        self.taken[anchor] = count
        return anchor if count == 1 else f"{anchor}-again{count - 1 if count > 2 else ''}"
