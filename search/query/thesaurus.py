"""Synonyms of typed words: those that staff keep and other names of laws, applied to the query alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from search.text.analysis import exact_key, is_han, runs

# With more alternatives for a word, a query would match nearly everything.
MAX_ALTERNATIVES = 12
# Keywords that are looked at together: names of laws have punctuation in them, English names have spaces.
MAX_PARTS = 6


@dataclass(frozen=True, slots=True)
class SynonymMatch:
    """A word of a text and its synonyms, all folded, with a space between the runs of each."""

    word: str
    alternatives: tuple[str, ...]


@dataclass(frozen=True)
class Thesaurus:
    """Synonyms by folded word; a synonym is a text of one or more runs."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Thesaurus":
        """Build a thesaurus of pairs (word, synonym): the second may stand for the first."""
        words: dict[str, dict[str, None]] = {}
        for word, synonym in pairs:
            key = exact_key(word)
            if key and exact_key(synonym) not in ("", key):
                words.setdefault(key, {})[" ".join(runs(synonym))] = None
        return cls({key: tuple(synonyms)[:MAX_ALTERNATIVES] for key, synonyms in words.items()})

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        """Return the lengths of the words by first character, the longest first."""
        lengths: dict[str, set[int]] = {}
        for word in self.words:
            lengths.setdefault(word[0], set()).add(len(word))
        return {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}

    def __contains__(self, word: str) -> bool:
        return word in self.words

    def matches_in(self, text: str) -> list[SynonymMatch]:
        """Return the words of a text that have synonyms, from left to right, the longest at each position.

        A word of another script than Han counts only as a whole run.
        """
        synonyms_by_word: dict[str, tuple[str, ...]] = {}
        for group in self.grouped(runs(text)):
            if len(group) > 1:
                synonyms_by_word[" ".join(group)] = self.words["".join(group)]
            else:
                synonyms_by_word.update((word, self.words[word]) for word in self._words_in(group[0]))
        return [SynonymMatch(word, synonyms) for word, synonyms in synonyms_by_word.items()]

    def grouped(self, text_runs: Sequence[str]) -> list[tuple[str, ...]]:
        """Return runs in groups: neighbours that are a word of the thesaurus together, every other run alone."""
        groups: list[tuple[str, ...]] = []
        start = 0
        while start < len(text_runs):
            sizes = range(min(MAX_PARTS, len(text_runs) - start), 1, -1)
            size = next((size for size in sizes if "".join(text_runs[start : start + size]) in self), 1)
            groups.append(tuple(text_runs[start : start + size]))
            start += size
        return groups

    def _words_in(self, run: str) -> Iterable[str]:
        if not is_han(run):
            yield from (run,) if run in self else ()
            return
        start = 0
        while start < len(run):
            word = self._longest_word_at(run, start)
            if word:
                yield word
            start += len(word) or 1

    def _longest_word_at(self, run: str, start: int) -> str:
        lengths = self._lengths.get(run[start], ())
        return next((word for size in lengths if (word := run[start : start + size]) in self), "")

    def variants(self, keyword: str) -> list[str]:
        """Return the keyword with a word in it replaced by a synonym, in every way there is."""
        variants = [
            keyword.replace(match.word, synonym, 1)
            for match in self.matches_in(keyword)
            for synonym in match.alternatives
        ]
        return [variant for variant in dict.fromkeys(variants) if variant != keyword][:MAX_ALTERNATIVES]
