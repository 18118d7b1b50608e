"""Whole texts, read in one query."""

from __future__ import annotations

from collections.abc import Iterable

from norms.enums import ProvisionKind
from norms.models import DocumentVersion, Provision


def provisions_in_order(version: DocumentVersion) -> list[Provision]:
    """Return all rows of a version with `version` set, so that their addresses need no query."""
    rows = list(version.provisions.in_order())
    for row in rows:
        row.version = version
    return rows


def article_texts(version: DocumentVersion) -> list[tuple[Provision, str]]:
    """Return every article with its full text (heading first, then a line for each paragraph and item); one query."""
    return articles_with_text(provisions_in_order(version))


def articles_with_text(rows: Iterable[Provision]) -> list[tuple[Provision, str]]:
    articles: list[tuple[Provision, list[str]]] = []
    inside: set[int] = set()
    for row in rows:
        if row.kind == ProvisionKind.ARTICLE:
            inside = {row.pk}
            articles.append((row, [part for part in (row.heading, row.text) if part]))
        elif row.parent_id in inside:
            inside.add(row.pk)
            articles[-1][1].append(row.line)
    return [(article, "\n".join(lines)) for article, lines in articles]
