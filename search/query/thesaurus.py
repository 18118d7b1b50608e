"""Other words for what was typed: synonyms of staff and other names of laws, applied to the query alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from search.text.analysis import exact_key, is_han, runs

# More other words for one would make a query of nothing in particular.
MAX_ALTERNATIVES = 12
# Keywords that are looked at together: names of laws have punctuation in them, English names have spaces.
MAX_PARTS = 6


@dataclass(frozen=True, slots=True)
class SynonymMatch:
    """`alternatives` may stand for `word` (all folded, with a space between the runs of each)."""

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
        return cls({key: tuple(others)[:MAX_ALTERNATIVES] for key, others in words.items()})

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        """By first character, the longest first."""
        lengths: dict[str, set[int]] = {}
        for word in self.words:
            lengths.setdefault(word[0], set()).add(len(word))
        return {first: sorted(known, reverse=True) for first, known in lengths.items()}

    def knows(self, word: str) -> bool:
        return word in self.words

    def found_in(self, text: str) -> list[SynonymMatch]:
        """Known words in a text, the longest first from left to right; one of another script only as a whole."""
        found: dict[str, tuple[str, ...]] = {}
        for group in self.grouped(runs(text)):
            if len(group) > 1:
                found[" ".join(group)] = self.words["".join(group)]
            else:
                found.update((word, self.words[word]) for word in self._inside(group[0]))
        return [SynonymMatch(word, others) for word, others in found.items()]

    def grouped(self, found: Sequence[str]) -> list[tuple[str, ...]]:
        """Runs one by one, but those that stand side by side and are one known word together."""
        groups: list[tuple[str, ...]] = []
        place = 0
        while place < len(found):
            sizes = range(min(MAX_PARTS, len(found) - place), 1, -1)
            size = next((size for size in sizes if self.knows("".join(found[place : place + size]))), 1)
            groups.append(tuple(found[place : place + size]))
            place += size
        return groups

    def _inside(self, run: str) -> Iterable[str]:
        if not is_han(run):
            yield from (run,) if self.knows(run) else ()
            return
        place = 0
        while place < len(run):
            word = self._longest_at(run, place)
            if word:
                yield word
            place += len(word) or 1

    def _longest_at(self, run: str, place: int) -> str:
        lengths = self._lengths.get(run[place], ())
        return next((word for size in lengths if (word := run[place : place + size]) in self.words), "")

    def variants(self, keyword: str) -> list[str]:
        """The keyword with one known word in it replaced, in every way there is."""
        made = [
            keyword.replace(each.word, other, 1)
            for each in self.found_in(keyword)
            for other in each.alternatives
        ]
        return [one for one in dict.fromkeys(made) if one != keyword][:MAX_ALTERNATIVES]
