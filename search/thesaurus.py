"""Other words for what was typed: synonyms of staff and other names of laws, applied to the query alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from search.analysis import exact_key, is_han, runs

MOST_ALTERNATIVES = 12
"""More other words for one would make a query of nothing in particular."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """`alternatives` may stand for `word` (both folded, without spaces)."""

    word: str
    alternatives: tuple[str, ...]


@dataclass(frozen=True)
class Thesaurus:
    """`words` maps a folded word to what else may stand for it, each a text of one or more runs."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Thesaurus":
        """From (word, other word): the second may stand for the first."""
        words: dict[str, dict[str, None]] = {}
        for word, other in pairs:
            key = exact_key(word)
            if key and exact_key(other) not in ("", key):
                words.setdefault(key, {})[" ".join(runs(other))] = None
        return cls({key: tuple(others)[:MOST_ALTERNATIVES] for key, others in words.items()})

    @cached_property
    def _lengths(self) -> list[int]:
        return sorted({len(word) for word in self.words}, reverse=True)

    def found_in(self, text: str) -> list[Replacement]:
        """Known words in a text, the longest first from left to right; one of another script only as a whole."""
        found: dict[str, None] = {}
        for run in runs(text):
            if not is_han(run):
                if run in self.words:
                    found[run] = None
                continue
            place = 0
            while place < len(run):
                word = self._longest_at(run, place)
                if word:
                    found[word] = None
                place += len(word) or 1
        return [Replacement(word, self.words[word]) for word in found]

    def _longest_at(self, run: str, place: int) -> str:
        return next((word for size in self._lengths if (word := run[place : place + size]) in self.words), "")

    def variants(self, keyword: str) -> list[str]:
        """The keyword with one known word in it replaced, in every way there is."""
        made = [
            keyword.replace(each.word, other, 1)
            for each in self.found_in(keyword)
            for other in each.alternatives
        ]
        return [one for one in dict.fromkeys(made) if one != keyword][:MOST_ALTERNATIVES]
