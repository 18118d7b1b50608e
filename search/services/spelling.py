"""Pinyin read as the words it stands for, and better spellings of what was not found.

Both choose among characters that are read alike the way that makes pairs of characters which the index knows: a walk
over the word (Viterbi) that weighs how often each pair stands there. How often is asked of the whole index, so that a
word is shown only after a count has said that this reader would find something by it.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from search.analysis import is_han, runs
from search.chinese import readings, syllables
from search.engines.base import Engine
from search.plan import Frequencies, Fuzzy, Term
from search.planning import keyword_plan, plan_for
from search.query import SearchQuery
from search.services.answering import ask

SHORTEST_PINYIN = 4
LONGEST_PINYIN = 40
LONGEST_SYLLABLE = 6
MOST_SYLLABLES = 8
CANDIDATES = 24
"""Characters considered for one syllable: the most frequent ones."""
ALIKE = 10
"""Characters considered in the place of another one."""
KEEP = 4
"""Words that are counted for the reader."""
UNKNOWN_PAIR = -12.0
CHANGED = -3.0
LONGEST_WORD = 12
MOST_WORDS = 6
RARER = 20
"""A better spelling is found at least so many times as often as what was typed."""
SOUNDS_ALIKE = (
    ("zh", "z"),
    ("ch", "c"),
    ("sh", "s"),
    ("ang", "an"),
    ("eng", "en"),
    ("ing", "in"),
    ("n", "l"),
)


def read_pinyin(
    engine: Engine, query: SearchQuery, tokens: frozenset[str]
) -> tuple[SearchQuery, tuple[tuple[str, str], ...]]:
    """The query with keywords in pinyin put as Han words, and which were; a word that is found as typed stays."""
    typed = [word for word in query.parsed.keywords if _may_be_pinyin(word)]
    if not typed:
        return query, ()
    found_as_typed = engine.counts([keyword_plan(word, tokens) for word in typed])
    read: dict[str, str] = {}
    for word, count in zip(typed, found_as_typed, strict=True):
        if not count and (meant := _meant_by(engine, word, tokens)):
            read[word] = meant
    if not read:
        return query, ()
    keywords = tuple(read.get(word, word) for word in query.parsed.keywords)
    return query.meaning(keywords), tuple(read.items())


def better_spelling(query: SearchQuery, tokens: frozenset[str], *, engine: Engine | None = None) -> str:
    """The text with misspelled keywords put right, where the reader finds more by it; empty where there is none."""
    words = [word for word in query.parsed.keywords if 1 < len(word) <= LONGEST_WORD][:MOST_WORDS]
    if not words:
        return ""
    changed = ask(lambda one: _corrections(one, words, tokens), engine=engine).value
    text = query.text
    for word, better in changed.items():
        text = _put(text, word, better)
    return text if changed and text != query.text else ""


def _put(text: str, word: str, better: str) -> str:
    if word in text:
        return text.replace(word, better)
    parts = [better if runs(part) == [word] else part for part in text.split()]
    return " ".join(parts)


# Pinyin


def _may_be_pinyin(word: str) -> bool:
    return word.isascii() and word.isalpha() and SHORTEST_PINYIN <= len(word) <= LONGEST_PINYIN


def _meant_by(engine: Engine, word: str, tokens: frozenset[str]) -> str:
    """The Han word that is read so and that this reader finds most often."""
    found = {
        "".join(path): None
        for read in segmentations(word)
        for path in _paths(
            engine, [[(character, 0.0) for character in syllables()[one]] for one in read], CANDIDATES
        )
    }
    return _most_found(engine, list(found), tokens)


def segmentations(word: str) -> list[list[str]]:
    """The ways to cut a word into two or more syllables, those with the fewest first."""
    known = syllables()
    ways: list[list[list[str]]] = [[[]], *([] for _place in word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            if word[start:end] in known:
                ways[end] += [[*way, word[start:end]] for way in ways[start] if len(way) < MOST_SYLLABLES][
                    :KEEP
                ]
    return sorted((way for way in ways[-1] if len(way) > 1), key=len)[:2]


# Spelling


def _corrections(engine: Engine, words: Sequence[str], tokens: frozenset[str]) -> dict[str, str]:
    counts = engine.counts([keyword_plan(word, tokens) for word in words])
    changed: dict[str, str] = {}
    for word, count in zip(words, counts, strict=True):
        candidates = _alike(engine, word) if is_han(word) else _near(engine, word, tokens)
        better = _most_found(
            engine, [one for one in candidates if one != word], tokens, more_than=count * RARER
        )
        if better:
            changed[word] = better
    return changed


def _alike(engine: Engine, word: str) -> list[str]:
    """What sounds the same or nearly so, and the word with two neighbours changed round."""
    choices = [
        [(character, 0.0), *((other, CHANGED) for other in _sounding_like(character))] for character in word
    ]
    found = ["".join(path) for path in _paths(engine, choices, ALIKE)]
    swapped = [
        word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in range(len(word) - 1)
    ]
    return [*found, *swapped]


def _sounding_like(character: str) -> Iterable[str]:
    for read in readings().get(character, ())[:2]:
        for syllable in _sounds(read):
            yield from (other for other in syllables().get(syllable, ()) if other != character)


def _sounds(syllable: str) -> list[str]:
    """The syllable and those that many people pronounce like it."""
    found = {syllable}
    for one, other in SOUNDS_ALIKE:
        for known in list(found):
            if one in ("ang", "eng", "ing"):
                found |= {known[: -len(one)] + other} if known.endswith(one) else set()
                found |= {known[: -len(other)] + one} if known.endswith(other) else set()
            elif known.startswith(one):
                found.add(other + known[len(one) :])
            elif known.startswith(other):
                found.add(one + known[len(other) :])
    return sorted(found & syllables().keys(), key=lambda each: each != syllable)


def _near(engine: Engine, word: str, tokens: frozenset[str]) -> list[str]:
    """Words of other scripts that differ by one or two letters, out of texts that the reader may see."""
    if len(word) < SHORTEST_PINYIN:
        return []
    distance = 1 if len(word) < 8 else 2
    found = engine.search(plan_for(Fuzzy("text.u", word, distance), tokens, limit=20))
    near: dict[str, int] = {}
    for hit in found.hits:
        for other in set(runs(hit.document.text)):
            if not is_han(other) and other != word and OSA.distance(word, other) <= distance:
                near[other] = near.get(other, 0) + 1
    return sorted(near, key=lambda other: -near[other])


# What the index knows


@dataclass(frozen=True, slots=True)
class _Path:
    weight: float
    characters: str


Choices = list[list[tuple[str, float]]]
"""For each place, characters with what choosing them costs."""


def _paths(engine: Engine, choices: Choices, most: int) -> list[str]:
    """The likeliest words that take one character of each place: every pair in them is known."""
    known = _known_characters(engine, choices, most)
    pairs = {
        Term("text.b", one + other)
        for left, right in itertools.pairwise(known)
        for (one, _cost), (other, _other_cost) in itertools.product(left, right)
    }
    if not pairs or not all(known):
        return []
    weights = _weights(engine.frequencies(list(pairs)))
    best = [_Path(cost, character) for character, cost in known[0]]
    for place in known[1:]:
        grown = [
            _Path(
                path.weight + cost + weights.get(path.characters[-1] + character, UNKNOWN_PAIR),
                path.characters + character,
            )
            for path in best
            for character, cost in place
        ]
        best = sorted(grown, key=lambda path: -path.weight)[: KEEP * most]
    whole = [path for path in best if all(a + b in weights for a, b in itertools.pairwise(path.characters))]
    return [path.characters for path in whole[:KEEP]]


def _known_characters(engine: Engine, choices: Choices, most: int) -> Choices:
    """Of each place the most frequent characters of the index; what was typed stays."""
    characters = {character for place in choices for character, _cost in place}
    counted = engine.frequencies([Term("text.u", character) for character in characters])
    kept: Choices = []
    for place in choices:
        frequent = sorted(
            dict(place).items(), key=lambda pair: (pair[1] != 0, -counted.of[Term("text.u", pair[0])])
        )
        kept.append(
            [pair for pair in frequent[: most + 1] if counted.of[Term("text.u", pair[0])] or pair[1] == 0]
        )
    return kept


def _weights(frequencies: Frequencies) -> dict[str, float]:
    return {term.token: math.log(count) for term, count in frequencies.of.items() if count}


def _most_found(engine: Engine, words: Sequence[str], tokens: frozenset[str], *, more_than: int = 0) -> str:
    """The word by which this reader finds most, if that is more than so many."""
    if not words:
        return ""
    counts = engine.counts([keyword_plan(word, tokens) for word in words])
    count, word = max(zip(counts, words, strict=True), key=lambda pair: pair[0])
    return word if count > more_than else ""
