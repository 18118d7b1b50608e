"""Alignment of the articles of two texts: by their words and order, which later one continues which earlier one."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

# Similarities are shares of characters, 0 to 1. Order is evidence too: articles that moved must be more alike.
MIN_SIMILARITY = 0.52
MIN_MOVED_SIMILARITY = 0.75
# `fuzz.partial_ratio` of an article that became an item of another one, 0 to 100, and how much that counts.
MIN_PARTIAL_RATIO = 80
PARTIAL_WEIGHT = 0.7
MIN_PARTIAL_LENGTH = 30
# Largest table of similarities that is computed, in cells; larger ones are divided.
MAX_CELLS = 250_000


@dataclass(frozen=True, slots=True)
class AlignedArticle:
    """One article to align: `key` identifies it, `text` is comparable text without the number."""

    key: int
    text: str


@dataclass(frozen=True, slots=True)
class Continuation:
    """The article `later` continues the article `earlier`."""

    earlier: int
    later: int
    similarity: float


def align_articles(earlier: Sequence[AlignedArticle], later: Sequence[AlignedArticle]) -> list[Continuation]:
    """Return which article continues which: first those in order, then those that moved."""
    pairs = _in_order(earlier, later)
    linked_earlier, linked_later = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    unlinked_earlier = [index for index in range(len(earlier)) if index not in linked_earlier]
    unlinked_later = [index for index in range(len(later)) if index not in linked_later]
    pairs += _moved(earlier, later, unlinked_earlier, unlinked_later)
    return [Continuation(earlier[a].key, later[b].key, similarity) for a, b, similarity in sorted(pairs)]


def _in_order(
    earlier: Sequence[AlignedArticle], later: Sequence[AlignedArticle]
) -> list[tuple[int, int, float]]:
    """Return equal articles as fixed points, and between them the alignment with the greatest similarity."""
    # Equal articles divide the texts, so that only what changed between them is compared pair by pair.
    anchors = _fixed_points(earlier, later)
    pairs: list[tuple[int, int, float]] = [(a, b, 1.0) for a, b in anchors]
    bounds = [(-1, -1), *anchors, (len(earlier), len(later))]
    for (a_before, b_before), (a_after, b_after) in pairwise(bounds):
        rows, columns = range(a_before + 1, a_after), range(b_before + 1, b_after)
        if rows and columns:
            pairs += _best_path(earlier, later, rows, columns)
    return pairs


def _fixed_points(
    earlier: Sequence[AlignedArticle], later: Sequence[AlignedArticle]
) -> list[tuple[int, int]]:
    """Return the longest ordered run of articles that read the same and occur once on either side."""
    indexes_a, indexes_b = _unique_indexes(earlier), _unique_indexes(later)
    common = sorted((index, indexes_b[text]) for text, index in indexes_a.items() if text in indexes_b)
    return _longest_increasing(common)


def _unique_indexes(articles: Sequence[AlignedArticle]) -> dict[str, int]:
    """Return index by text for the texts that occur once."""
    indexes: dict[str, int] = {}
    doubles: set[str] = set()
    for index, article in enumerate(articles):
        if article.text in indexes:
            doubles.add(article.text)
        indexes[article.text] = index
    return {text: index for text, index in indexes.items() if text and text not in doubles}


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs whose second numbers increase (patience sorting)."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = [-1] * len(pairs)
    for index, (_a, b) in enumerate(pairs):
        length = bisect_left(tails, b)
        before[index] = tail_at[length - 1] if length else -1
        if length == len(tails):
            tails.append(b)
            tail_at.append(index)
        else:
            tails[length], tail_at[length] = b, index
    chain: list[tuple[int, int]] = []
    index = tail_at[-1] if tail_at else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _best_path(
    earlier: Sequence[AlignedArticle], later: Sequence[AlignedArticle], rows: range, columns: range
) -> list[tuple[int, int, float]]:
    """Return the order-preserving pairs with the greatest sum of similarity above the threshold."""
    if len(rows) * len(columns) > MAX_CELLS:
        return _banded(earlier, later, rows, columns)
    scores = [[_similarity(earlier[a].text, later[b].text) for b in columns] for a in rows]
    best = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    # From the ends backwards, so that `_traced` can follow the best path forwards.
    for i in range(len(rows) - 1, -1, -1):
        for j in range(len(columns) - 1, -1, -1):
            linked = best[i + 1][j + 1] + _gain(scores[i][j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], linked)
    return _traced(best, scores, rows, columns)


def _traced(
    best: list[list[float]], scores: list[list[float]], rows: range, columns: range
) -> list[tuple[int, int, float]]:
    pairs: list[tuple[int, int, float]] = []
    i = j = 0
    while i < len(rows) and j < len(columns):
        gain = _gain(scores[i][j])
        if gain > 0 and abs(best[i][j] - best[i + 1][j + 1] - gain) < 1e-9:
            pairs.append((rows[i], columns[j], scores[i][j]))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _banded(
    earlier: Sequence[AlignedArticle], later: Sequence[AlignedArticle], rows: range, columns: range
) -> list[tuple[int, int, float]]:
    """Align texts too long to compare every article with every other, in two halves split in the middle."""
    if len(rows) < 2 or len(columns) < 2:
        return []
    row, column = len(rows) // 2, len(columns) // 2
    return _best_path(earlier, later, rows[:row], columns[:column]) + _best_path(
        earlier, later, rows[row:], columns[column:]
    )


def _gain(similarity: float) -> float:
    return similarity - MIN_SIMILARITY if similarity > MIN_SIMILARITY else 0.0


def _similarity(a: str, b: str) -> float:
    """Return the share of characters that two articles have in common in the same order, 0 to 1.

    If one is nearly a part of the other (an article that became an item of a list), that counts too.
    """
    if not a or not b:
        return 0.0
    similarity = Indel.normalized_similarity(a, b)
    if similarity > MIN_SIMILARITY or min(len(a), len(b)) < MIN_PARTIAL_LENGTH:
        return similarity
    partial = fuzz.partial_ratio(a, b, score_cutoff=MIN_PARTIAL_RATIO) / 100
    return max(similarity, partial * PARTIAL_WEIGHT)


def _moved(
    earlier: Sequence[AlignedArticle], later: Sequence[AlignedArticle], rows: list[int], columns: list[int]
) -> list[tuple[int, int, float]]:
    """Return pairs out of order that are each other's best match and very alike."""
    if len(rows) * len(columns) > MAX_CELLS:
        return []
    scored = [
        (similarity, a, b)
        for a in rows
        for b in columns
        if (similarity := _similarity(earlier[a].text, later[b].text)) >= MIN_MOVED_SIMILARITY
    ]
    pairs: list[tuple[int, int, float]] = []
    used_a: set[int] = set()
    used_b: set[int] = set()
    for similarity, a, b in sorted(scored, reverse=True):
        if a not in used_a and b not in used_b:
            used_a.add(a)
            used_b.add(b)
            pairs.append((a, b, similarity))
    return pairs
