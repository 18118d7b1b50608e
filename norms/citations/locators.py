"""Locators: where in a document something stands, from part (编) down to sub-item (目)."""

from dataclasses import dataclass, replace
from typing import Any

LEVELS = ("part", "subpart", "chapter", "section", "article", "paragraph", "item", "subitem")
RANK = {level: rank for rank, level in enumerate(LEVELS)}
ARTICLE_RANK = RANK["article"]
# The Civil Code, the longest law in force, has 1,260 articles; a longer range is a slip of the pen.
MAX_RANGE_LENGTH = 1500


@dataclass(frozen=True, slots=True)
class Locator:
    """A position in a document; all empty is the document itself. `suffix` is the 1 of 第一百二十条之一."""

    article: int | None = None
    suffix: int = 0
    paragraph: int | None = None
    item: int | None = None
    subitem: int | None = None
    part: int | None = None
    subpart: int | None = None
    chapter: int | None = None
    section: int | None = None

    @property
    def rank(self) -> int:
        """Return the rank of the deepest level given, -1 for the document itself."""
        return max((RANK[level] for level in LEVELS if getattr(self, level) is not None), default=-1)

    def at(self, level: str, value: int, suffix: int = 0) -> "Locator":
        """Return the same path down to `level`, with `value` there and nothing below."""
        rank = RANK[level]
        if rank == ARTICLE_RANK:
            return Locator(value, suffix)
        levels: dict[str, Any] = dict.fromkeys(LEVELS[rank:])
        return replace(self, **levels | {level: value})

    def as_json(self) -> dict[str, int | None]:
        """Return `{"article", "suffix", "paragraph", "item", "subitem"}`, with levels above articles if given."""
        if self.rank < 0:
            return {}
        upper = {level: getattr(self, level) for level in LEVELS[:ARTICLE_RANK]}
        lower = {level: getattr(self, level) for level in LEVELS[ARTICLE_RANK:]}
        present = {level: value for level, value in upper.items() if value is not None}
        return {"suffix": self.suffix, **lower, **present}

    @classmethod
    def from_json(cls, data: dict) -> "Locator":
        """Return the locator that `as_json` wrote; keys that are no level are passed over."""
        return cls(**{name: data[name] for name in cls.__slots__ if data.get(name) is not None})


def locators_between(first: Locator, last: Locator) -> tuple[Locator, ...]:
    """Return every locator from `first` to `last`, or these two where what lies between cannot be enumerated."""
    if (first.article, first.suffix) != (last.article, last.suffix):
        return (first, *_articles_between(first, last), last)
    rank = first.rank
    level = LEVELS[rank]
    low, high = getattr(first, level), getattr(last, level)
    if last.rank != rank or first.at(level, high) != last or not low < high <= low + MAX_RANGE_LENGTH:
        return (first, last)
    return tuple(first.at(level, value) for value in range(low, high + 1))


def _articles_between(first: Locator, last: Locator) -> list[Locator]:
    low, high = first.article, last.article
    if low is None or high is None or not low <= high <= low + MAX_RANGE_LENGTH:
        return []
    if low == high:
        return [Locator(low, suffix) for suffix in range(first.suffix + 1, last.suffix)]
    articles = [Locator(value) for value in range(low + 1, high)]
    if last.suffix:
        articles.append(Locator(high))
        articles.extend(Locator(high, suffix) for suffix in range(1, last.suffix))
    return articles


def is_forward(first: Locator, last: Locator) -> bool:
    """Return whether `last` stands after `first` in the document."""
    return _sort_key(first) < _sort_key(last)


def _sort_key(locator: Locator) -> tuple[int, ...]:
    values = [getattr(locator, level) or 0 for level in LEVELS]
    values.insert(ARTICLE_RANK + 1, locator.suffix)
    return tuple(values)
