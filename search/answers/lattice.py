"""The likeliest texts among characters that may stand in each place, by how often their pairs stand in the index.

How often is asked of the whole index, hidden documents too: what comes out is shown to nobody before a count has
said that this reader finds something by it.
"""

import heapq
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.engines.base import Engine
from search.plan import Term

# Characters with what choosing them costs, on the scale of logarithms of counts; none costs nothing.
Place = Sequence[tuple[str, float]]
Lattice = Sequence[Place]

# Characters that are kept for one place, the most frequent ones.
MAX_CHARACTERS = 40
# Pairs that are asked for at once; longer texts keep fewer characters for a place.
MAX_PAIRS = 4_000
# Texts that are kept, at the end and for each character on the way.
KEEP = 4
# Costs that two characters stand side by side which do so nowhere: they are read as two words.
BREAK = 4.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with spaces at its breaks, and what its choices cost together.

    `looseness` is that of its loosest word of two characters: the logarithm of how many times as often the rarer of
    the two stands anywhere as it stands beside the other one. Neighbours by chance are loose; three characters in a
    row are hardly ever there by chance.
    """

    text: str
    cost: float
    looseness: float = 0.0

    def score(self, count: int) -> float:
        """The greater, the likelier that this was meant, which stands in so many documents."""
        return math.log(count) - self.cost - self.looseness


@dataclass(frozen=True, slots=True)
class _Known:
    """Logarithms of how many documents hold a character or pair; none for what stands nowhere."""

    characters: dict[str, float]
    pairs: dict[str, float]

    def looseness(self, text: str) -> float:
        return max((self._looseness_of(part) for part in text.split() if len(part) == 2), default=0.0)

    def _looseness_of(self, pair: str) -> float:
        return min(map(self.characters.__getitem__, pair)) - self.pairs[pair]


@dataclass(frozen=True, slots=True)
class _Path:
    likelihood: float
    cost: float
    text: str

    @property
    def ends_in_a_word(self) -> bool:
        return len(self.text) > 1 and self.text[-2] != " "

    @property
    def weight(self) -> float:
        return self.likelihood - self.cost


def likeliest(engine: Engine, lattices: Sequence[Lattice]) -> list[list[Reading]]:
    """The best readings of each lattice, with two requests for all of them."""
    characters = _counted(
        engine, "text.u", {one for lattice in lattices for place in lattice for one, _cost in place}
    )
    narrowed = _narrowed(lattices, characters)
    pairs = {
        one + other
        for lattice in narrowed
        for left, right in itertools.pairwise(lattice)
        for (one, _cost), (other, _other) in itertools.product(left, right)
    }
    known = _Known(characters, _counted(engine, "text.b", pairs))
    return [
        [Reading(path.text, path.cost, known.looseness(path.text)) for path in _walk(lattice, known)]
        for lattice in narrowed
    ]


def _counted(engine: Engine, field: str, values: Iterable[str]) -> dict[str, float]:
    counted = engine.frequencies([Term(field, value) for value in values])
    return {term.value: math.log(count) for term, count in counted.by_term.items() if count}


def _narrowed(lattices: Sequence[Lattice], characters: dict[str, float]) -> list[Lattice]:
    """Each place with the most frequent of its characters."""
    open_steps = sum(
        len(left) > 1 and len(right) > 1
        for lattice in lattices
        for left, right in itertools.pairwise(lattice)
    )
    most = min(MAX_CHARACTERS, max(1, math.isqrt(MAX_PAIRS // max(1, open_steps))))
    return [[_most_frequent(place, characters, most) for place in lattice] for lattice in lattices]


def _most_frequent(place: Place, characters: dict[str, float], most: int) -> Place:
    choices = [choice for choice in place if choice[0] in characters]
    return heapq.nlargest(most, choices, key=lambda choice: characters[choice[0]] - choice[1])


def _walk(lattice: Lattice, known: _Known) -> list[_Path]:
    ends = {character: [_Path(0.0, cost, character)] for character, cost in lattice[0]}
    for place in lattice[1:]:
        whole = _best(path for paths in ends.values() for path in paths if path.ends_in_a_word)
        ends = {
            character: _best((*_joined(ends, character, cost, known), *_broken(whole, character, cost)))
            for character, cost in place
        }
    return _best(path for paths in ends.values() for path in paths if path.ends_in_a_word)


def _joined(ends: dict[str, list[_Path]], character: str, cost: float, known: _Known) -> Iterable[_Path]:
    for last, paths in ends.items():
        weight = known.pairs.get(last + character)
        if weight is not None:
            for path in paths:
                yield _Path(path.likelihood + weight, path.cost + cost, path.text + character)


def _broken(whole: Iterable[_Path], character: str, cost: float) -> Iterable[_Path]:
    for path in whole:
        yield _Path(path.likelihood, path.cost + cost + BREAK, f"{path.text} {character}")


def _best(paths: Iterable[_Path]) -> list[_Path]:
    return heapq.nlargest(KEEP, paths, key=lambda path: path.weight)
