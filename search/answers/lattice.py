"""Likeliest readings of a lattice: candidates for each character of a text, weighed by the pairs in the index.

Frequencies are those of the whole index, hidden documents included: callers show no reading before they have counted
that this reader finds something by it.
"""

import heapq
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.engines.base import Engine
from search.plan import Term

# Candidate characters for one position with the cost of each, on the scale of natural logarithms of counts.
Candidates = Sequence[tuple[str, float]]
Lattice = Sequence[Candidates]

# The most frequent candidates of a position; homophones beyond these are rare characters.
MAX_CHARACTERS = 40
# Pairs of one request to the engine; longer texts get fewer candidates for each position.
MAX_PAIRS = 4_000
# Best paths that are carried on for each last character, and returned at the end.
MAX_PATHS = 4
# Cost of two neighbours that are a pair nowhere in the index: they are read as the end and the beginning of words.
BREAK_COST = 4.0


@dataclass(frozen=True, slots=True)
class LikelyText:
    """A text with spaces between its words, and the sum of the costs of its characters.

    `looseness` is that of its loosest word of two characters: the logarithm of how many times as often the rarer of
    the two occurs anywhere as beside the other. Neighbours by chance are loose; three characters in a row are
    hardly ever neighbours by chance.
    """

    text: str
    cost: float
    looseness: float = 0.0

    def score(self, count: int) -> float:
        """Return how likely it is that this reading was meant, if it occurs in so many documents."""
        return math.log(count) - self.cost - self.looseness


@dataclass(frozen=True, slots=True)
class _Frequencies:
    """Logarithms of the number of documents with a character or pair; those that occur nowhere are missing."""

    characters: dict[str, float]
    pairs: dict[str, float]

    def looseness(self, text: str) -> float:
        return max((self._looseness_of(part) for part in text.split() if len(part) == 2), default=0.0)

    def _looseness_of(self, pair: str) -> float:
        return min(map(self.characters.__getitem__, pair)) - self.pairs[pair]


@dataclass(frozen=True, slots=True)
class _Path:
    """The beginning of a reading, up to some position of the lattice."""

    likelihood: float
    cost: float
    text: str

    @property
    def ends_in_a_word(self) -> bool:
        """True where the last word has two characters or more: only there may the path end or break."""
        return len(self.text) > 1 and self.text[-2] != " "

    @property
    def weight(self) -> float:
        return self.likelihood - self.cost


def likeliest(engine: Engine, lattices: Sequence[Lattice]) -> list[list[LikelyText]]:
    """Return the best readings of each lattice, with two requests to the engine for all of them."""
    characters = _log_frequencies(
        engine,
        "text.u",
        {character for lattice in lattices for candidates in lattice for character, _cost in candidates},
    )
    narrowed = _narrowed(lattices, characters)
    pairs = {
        first + second
        for lattice in narrowed
        for position, following in itertools.pairwise(lattice)
        for (first, _first_cost), (second, _second_cost) in itertools.product(position, following)
    }
    frequencies = _Frequencies(characters, _log_frequencies(engine, "text.b", pairs))
    return [
        [
            LikelyText(path.text, path.cost, frequencies.looseness(path.text))
            for path in _best_paths(lattice, frequencies)
        ]
        for lattice in narrowed
    ]


def _log_frequencies(engine: Engine, field: str, values: Iterable[str]) -> dict[str, float]:
    frequencies = engine.frequencies([Term(field, value) for value in values])
    return {term.value: math.log(count) for term, count in frequencies.by_term.items() if count}


def _narrowed(lattices: Sequence[Lattice], characters: dict[str, float]) -> list[Lattice]:
    """Leave each position its most frequent candidates, so that all pairs fit into one request."""
    # Only steps between two open positions multiply; their pairs grow with the square of the limit.
    open_steps = sum(
        len(position) > 1 and len(following) > 1
        for lattice in lattices
        for position, following in itertools.pairwise(lattice)
    )
    limit = min(MAX_CHARACTERS, max(1, math.isqrt(MAX_PAIRS // max(1, open_steps))))
    return [[_most_frequent(candidates, characters, limit) for candidates in lattice] for lattice in lattices]


def _most_frequent(candidates: Candidates, characters: dict[str, float], limit: int) -> Candidates:
    occurring = [candidate for candidate in candidates if candidate[0] in characters]
    return heapq.nlargest(limit, occurring, key=lambda candidate: characters[candidate[0]] - candidate[1])


def _best_paths(lattice: Lattice, frequencies: _Frequencies) -> list[_Path]:
    """Walk the lattice from left to right with the best paths to each character (Viterbi)."""
    paths_by_end = {character: [_Path(0.0, cost, character)] for character, cost in lattice[0]}
    for candidates in lattice[1:]:
        complete = _complete(paths_by_end)
        paths_by_end = {
            character: _best(
                (*_joined(paths_by_end, character, cost, frequencies), *_broken(complete, character, cost))
            )
            for character, cost in candidates
        }
    return _complete(paths_by_end)


def _complete(paths_by_end: dict[str, list[_Path]]) -> list[_Path]:
    return _best(path for paths in paths_by_end.values() for path in paths if path.ends_in_a_word)


def _joined(
    paths_by_end: dict[str, list[_Path]], character: str, cost: float, frequencies: _Frequencies
) -> Iterable[_Path]:
    """Yield the paths with the character as part of their last word."""
    for last, paths in paths_by_end.items():
        weight = frequencies.pairs.get(last + character)
        if weight is not None:
            for path in paths:
                yield _Path(path.likelihood + weight, path.cost + cost, path.text + character)


def _broken(complete: Iterable[_Path], character: str, cost: float) -> Iterable[_Path]:
    """Yield the paths with the character as the beginning of a new word."""
    for path in complete:
        yield _Path(path.likelihood, path.cost + cost + BREAK_COST, f"{path.text} {character}")


def _best(paths: Iterable[_Path]) -> list[_Path]:
    return heapq.nlargest(MAX_PATHS, paths, key=lambda path: path.weight)
