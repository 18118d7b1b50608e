"""Two versions side by side: which article continues which, and what changed inside it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from diff_match_patch import diff_match_patch

SECONDS_IN_ALL = 4.0
SECONDS_EACH = 0.5
_OPERATIONS = {-1: "removed", 0: "same", 1: "added"}
_ELEMENTS = {"removed": "del", "same": "span", "added": "ins"}


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One article of a version; `identity` links it to what it continues."""

    identity: int | None
    label: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: same, added or removed."""

    kind: str
    text: str

    @property
    def element(self) -> str:
        """Return the name of the HTML element that marks such a run."""
        return _ELEMENTS[self.kind]


@dataclass(slots=True)
class Row:
    """One article in both versions. `kind`: same, changed, added or removed."""

    kind: str
    older: ArticleText | None
    newer: ArticleText | None
    pieces: list[Piece] = field(default_factory=list)

    @property
    def is_renumbered(self) -> bool:
        return bool(self.older and self.newer and self.older.label != self.newer.label)

    @property
    def label(self) -> str:
        """第二百三十一条 → 第二百四十二条."""
        if self.is_renumbered:
            return f"{self.older.label} → {self.newer.label}"
        return (self.newer or self.older).label

    @property
    def anchor(self) -> str:
        return (self.newer or self.older).anchor


def compare(older: Iterable[ArticleText], newer: Iterable[ArticleText]) -> list[Row]:
    """Rows in the order of the newer version; what was removed stands where it stood."""
    older, newer = list(older), list(newer)
    before = {article.identity: article for article in older if article.identity is not None}
    kept = {article.identity for article in newer} & set(before)
    removed_after = _removed_after(older, kept)
    deadline = time.monotonic() + SECONDS_IN_ALL
    rows = [Row("removed", article, None) for article in removed_after.get(None, ())]
    for article in newer:
        earlier = before.get(article.identity) if article.identity in kept else None
        rows.append(_row(earlier, article, deadline))
        if earlier is not None:
            rows += [Row("removed", gone, None) for gone in removed_after.get(article.identity, ())]
    return rows


def _removed_after(older: list[ArticleText], kept: set[int | None]) -> dict[int | None, list[ArticleText]]:
    """Articles without a successor, by the kept article they followed."""
    found: dict[int | None, list[ArticleText]] = {}
    last = None
    for article in older:
        if article.identity in kept:
            last = article.identity
        else:
            found.setdefault(last, []).append(article)
    return found


def _row(older: ArticleText | None, newer: ArticleText, deadline: float) -> Row:
    if older is None:
        return Row("added", None, newer)
    if older.text == newer.text:
        return Row("same", older, newer)
    return Row("changed", older, newer, changes(older.text, newer.text, deadline))


def changes(older: str, newer: str, deadline: float | None = None) -> list[Piece]:
    """Character by character, small islands joined so that it can be read."""
    differ = diff_match_patch()
    left = SECONDS_EACH if deadline is None else max(0.01, min(SECONDS_EACH, deadline - time.monotonic()))
    differ.Diff_Timeout = left
    found = differ.diff_main(older, newer, False)
    differ.diff_cleanupSemantic(found)
    return [Piece(_OPERATIONS[operation], text) for operation, text in found]
