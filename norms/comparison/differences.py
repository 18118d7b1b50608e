"""Two versions of a text side by side, article by article and character by character."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from diff_match_patch import diff_match_patch

# Time for the differences of one page, and of one article; what takes longer is shown less finely.
MAX_SECONDS = 4.0
MAX_SECONDS_PER_ARTICLE = 0.5
_OPERATIONS = {-1: "removed", 0: "same", 1: "added"}
_ELEMENTS = {"removed": "del", "same": "span", "added": "ins"}


@dataclass(frozen=True, slots=True)
class ArticleText:
    """The text of one article of a version; `identity` links it to what it continues."""

    identity: int | None
    label: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class TextRun:
    """A run of text: same, added or removed."""

    kind: str
    text: str

    @property
    def element(self) -> str:
        """Return the name of the HTML element that marks such a run."""
        return _ELEMENTS[self.kind]


@dataclass(slots=True)
class ComparedArticle:
    """One article in both versions. `kind`: same, changed, added or removed."""

    kind: str
    older: ArticleText | None
    newer: ArticleText | None
    pieces: list[TextRun] = field(default_factory=list)

    @property
    def present(self) -> ArticleText:
        """Return the newer text, or the older one of an article that was removed."""
        article = self.newer or self.older
        if article is None:
            raise ValueError("A compared article stands in one version at least.")
        return article

    @property
    def is_renumbered(self) -> bool:
        return bool(self.older and self.newer and self.older.label != self.newer.label)

    @property
    def label(self) -> str:
        """Return 第二百三十一条 → 第二百四十二条 for an article that was renumbered, else its number."""
        if self.older and self.newer and self.is_renumbered:
            return f"{self.older.label} → {self.newer.label}"
        return self.present.label

    @property
    def anchor(self) -> str:
        return self.present.anchor


def compare_articles(older: Iterable[ArticleText], newer: Iterable[ArticleText]) -> list[ComparedArticle]:
    """Return rows in the order of the newer version; what was removed follows what it followed there."""
    older, newer = list(older), list(newer)
    before: dict[int | None, ArticleText] = {
        article.identity: article for article in older if article.identity is not None
    }
    common = {article.identity for article in newer} & set(before)
    removed_after = _removed_after(older, common)
    deadline = time.monotonic() + MAX_SECONDS
    rows = [ComparedArticle("removed", article, None) for article in removed_after.get(None, ())]
    for article in newer:
        earlier = before.get(article.identity) if article.identity in common else None
        rows.append(_row(earlier, article, deadline))
        if earlier is not None:
            rows += [
                ComparedArticle("removed", removed, None)
                for removed in removed_after.get(article.identity, ())
            ]
    return rows


def _removed_after(older: list[ArticleText], common: set[int | None]) -> dict[int | None, list[ArticleText]]:
    """Return the articles without a successor, by the identity of the common article they followed."""
    removed: dict[int | None, list[ArticleText]] = {}
    last = None
    for article in older:
        if article.identity in common:
            last = article.identity
        else:
            removed.setdefault(last, []).append(article)
    return removed


def _row(older: ArticleText | None, newer: ArticleText, deadline: float) -> ComparedArticle:
    if older is None:
        return ComparedArticle("added", None, newer)
    # Most articles stay the same; nothing needs computing for them.
    if older.text == newer.text:
        return ComparedArticle("same", older, newer)
    return ComparedArticle("changed", older, newer, changes(older.text, newer.text, deadline))


def changes(older: str, newer: str, deadline: float | None = None) -> list[TextRun]:
    """Return the differences character by character, small islands joined so that they can be read."""
    differ = diff_match_patch()
    seconds_left = (
        MAX_SECONDS_PER_ARTICLE
        if deadline is None
        else max(0.01, min(MAX_SECONDS_PER_ARTICLE, deadline - time.monotonic()))
    )
    differ.Diff_Timeout = seconds_left
    operations = differ.diff_main(older, newer, False)
    differ.diff_cleanupSemantic(operations)
    return [TextRun(_OPERATIONS[operation], text) for operation, text in operations]
