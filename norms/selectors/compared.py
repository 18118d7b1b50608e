"""Two versions of a document as a page shows them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from norms.comparison import ArticleText, Row, compare
from norms.enums import HEADING_KINDS, ProvisionKind
from norms.models import DocumentVersion, Provision
from norms.selectors.texts import articles_with_text, provisions_in_order


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that stand together; unchanged ones are shown as one line."""

    is_same: bool
    rows: list[Row]

    @property
    def range(self) -> str:
        first, last = self.rows[0].label, self.rows[-1].label
        return first if len(self.rows) == 1 else f"{first} — {last}"


@dataclass(frozen=True, slots=True)
class Compared:
    groups: list[Group]
    changed: int
    added: int
    removed: int
    same: int
    renumbered: int


def compared(older: DocumentVersion, newer: DocumentVersion) -> Compared:
    rows = compare(_texts(older), _texts(newer))
    counts = Counter(row.kind for row in rows)
    groups = [Group(same, list(found)) for same, found in groupby(rows, key=lambda row: row.kind == "same")]
    return Compared(
        groups,
        changed=counts["changed"],
        added=counts["added"],
        removed=counts["removed"],
        same=counts["same"],
        renumbered=sum(row.is_renumbered for row in rows),
    )


def _texts(version: DocumentVersion) -> list[ArticleText]:
    """Articles; of a text without articles, its paragraphs as one piece."""
    rows = provisions_in_order(version)
    articles = articles_with_text(rows)
    if articles:
        return [ArticleText(row.identity_id, row.label, row.anchor, text) for row, text in articles]
    lines = [row.line for row in rows if _is_body(row)]
    return [ArticleText(0, version.title, rows[0].anchor if rows else "", "\n".join(lines))]


def _is_body(row: Provision) -> bool:
    return bool(row.line) and (row.kind in HEADING_KINDS or row.kind != ProvisionKind.SIGNATURE)
