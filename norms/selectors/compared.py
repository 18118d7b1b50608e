"""Two versions of a document as the page of their comparison shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count, groupby

from norms.comparison.differences import ArticleText, ComparedArticle, compare_articles
from norms.enums import HEADING_KINDS, ProvisionKind
from norms.importing.tree import OutlineRow
from norms.models import DocumentVersion, Provision
from norms.selectors.reading import BLOCK_BYTES, CHARACTER_BYTES, LINE_BYTES, MAX_PAGE_BYTES
from norms.selectors.texts import articles_with_text, provisions_in_order
from portal.foundation.paging import pages_by_weight

# About what a link to an article that stayed the same takes.
LINK_BYTES = 100


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Neighbouring articles that all changed, or all stayed the same; the latter are shown as one line."""

    is_same: bool
    rows: list[ComparedArticle]

    @property
    def range(self) -> str:
        first, last = self.rows[0].label, self.rows[-1].label
        return first if len(self.rows) == 1 else f"{first} — {last}"


@dataclass(frozen=True, slots=True)
class VersionComparison:
    """The groups of a comparison, and how many articles changed in which way."""

    groups: list[RowGroup]
    changed: int
    added: int
    removed: int
    same: int
    renumbered: int

    @property
    def pages(self) -> list[list[ComparedArticle]]:
        """Return the articles in pages, as a page of a text is cut."""
        rows = (row for group in self.groups for row in group.rows)
        return pages_by_weight(rows, _weight, MAX_PAGE_BYTES)


def _weight(row: ComparedArticle) -> int:
    """Return about how many bytes a compared article takes; one that stayed the same is a link."""
    if row.kind == "same":
        return LINE_BYTES + LINK_BYTES
    texts = [article.text for article in (row.older, row.newer) if article]
    return BLOCK_BYTES + CHARACTER_BYTES * sum(map(len, texts))


def version_comparison(older: DocumentVersion, newer: DocumentVersion) -> VersionComparison:
    """Compare two versions of a document article by article."""
    return _comparison(compare_articles(_texts(older), _texts(newer)))


def _comparison(rows: list[ComparedArticle]) -> VersionComparison:
    counts = Counter(row.kind for row in rows)
    return VersionComparison(
        row_groups(rows),
        changed=counts["changed"],
        added=counts["added"],
        removed=counts["removed"],
        same=counts["same"],
        renumbered=sum(row.is_renumbered for row in rows),
    )


def row_groups(rows: Iterable[ComparedArticle]) -> list[RowGroup]:
    """Return neighbouring articles in groups."""
    return [
        RowGroup(is_same, list(group)) for is_same, group in groupby(rows, key=lambda row: row.kind == "same")
    ]


def text_comparison(version: DocumentVersion, arrived: list[OutlineRow]) -> VersionComparison:
    """Compare a stored text with one that a file brings for the same version; articles are matched by their place."""
    stored = _texts(version)
    identity_by_anchor = {article.anchor: index for index, article in enumerate(stored)}
    new_identities = count(len(stored))
    older = [replace(article, identity=identity_by_anchor[article.anchor]) for article in stored]
    newer = [
        replace(article, identity=identity_by_anchor.get(article.anchor, next(new_identities)))
        for article in _arrived_texts(version, arrived)
    ]
    return _comparison(compare_articles(older, newer))


def _arrived_texts(version: DocumentVersion, arrived: list[OutlineRow]) -> list[ArticleText]:
    rows = [
        Provision(
            pk=row.position + 1,
            parent_id=None if row.parent is None else row.parent + 1,
            version=version,
            kind=row.node.kind,
            label=row.node.label,
            heading=row.node.heading,
            text=row.node.text,
            anchor=row.anchor,
        )
        for row in arrived
    ]
    return _texts_of(version, rows)


def _texts(version: DocumentVersion) -> list[ArticleText]:
    return _texts_of(version, provisions_in_order(version))


def _texts_of(version: DocumentVersion, rows: list[Provision]) -> list[ArticleText]:
    """Return the articles; of a text without articles, its paragraphs as one."""
    articles = articles_with_text(rows)
    if articles:
        return [ArticleText(row.identity_id, row.label, row.anchor, text) for row, text in articles]
    lines = [row.line for row in rows if _is_body(row)]
    return [ArticleText(0, version.title, rows[0].anchor if rows else "", "\n".join(lines))]


def _is_body(row: Provision) -> bool:
    return bool(row.line) and (row.kind in HEADING_KINDS or row.kind != ProvisionKind.SIGNATURE)
