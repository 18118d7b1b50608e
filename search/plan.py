"""What a query means, without saying how: a small tree that each engine compiles into its own terms.

Text fields are "text.u", "text.b", "headings.u" and "headings.b": unigrams (and words of other scripts), and pairs
of neighbouring Han characters. Every other field holds whole values: "key", "source", "names" (titles, numbers and
their readings, as autocomplete looks them up), "cites" (articles), "audience" and the facets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

TEXT_FIELDS = ("text.u", "text.b", "headings.u", "headings.b")
RELEVANCE, DATE, WEIGHT = "relevance", "date", "weight"


@dataclass(frozen=True, slots=True)
class MatchAll:
    pass


@dataclass(frozen=True, slots=True)
class Term:
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Terms:
    """One of these values; never scored."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """A whole value that begins so; never scored."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A term within `distance` insertions, deletions, replacements or swaps of neighbours; never scored."""

    field: str
    value: str
    distance: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms at consecutive positions; at least two. Only "text.u" knows positions."""

    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Boost:
    node: "Node"
    weight: float


@dataclass(frozen=True, slots=True)
class Constant:
    """Scores `score` wherever `node` matches."""

    node: "Node"
    score: float


@dataclass(frozen=True, slots=True)
class Bool:
    """`should` clauses add to the score; at least `minimum` must match (0: optional beside `must`)."""

    must: tuple["Node", ...] = ()
    should: tuple["Node", ...] = ()
    must_not: tuple["Node", ...] = ()
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class RarestTerms:
    """One at least of the rarest terms, in order of rarity while they hold to both limits.

    `share`: together they stand in at most this share of all documents (`least` terms are taken whatever their
    number, and `floor` documents are never too many); `most`: so many terms. `nodes` are what is asked for each
    term, the term itself where there are none. How rare a term is, the engine knows: `resolved` puts the choice in
    the place of the question.
    """

    terms: tuple[Term, ...]
    nodes: tuple["Node", ...] = ()
    max_share: float = 1.0
    min_terms: int = 0
    min_budget: int = 0
    max_terms: int = 0


Node = MatchAll | Term | Terms | Prefix | Fuzzy | Phrase | Boost | Constant | Bool | RarestTerms


@dataclass(frozen=True, slots=True)
class Plan:
    """`match` decides and scores; `filters` (one per facet, plus the audience) only narrow.

    A facet's counts obey every filter except its own, so that its other values stay on offer.
    """

    match: Node
    audience: Terms
    filters: tuple[Terms, ...] = ()
    sort: str = RELEVANCE
    offset: int = 0
    limit: int = 10
    facets: tuple[str, ...] = ()

    def narrowed(self, *, without: str = "") -> Node:
        """The whole query as one node, leaving out the filter on the field `without`."""
        return Bool(must=(self.match, self.audience, *self.kept(without=without)))

    def kept(self, *, without: str = "") -> tuple[Terms, ...]:
        return tuple(item for item in self.filters if item.field != without)

    def facet_groups(self) -> dict[str, list[str]]:
        """Facets counted under the same filters, by the filter that they leave out ("" for none)."""
        filtered = {item.field for item in self.filters}
        groups: dict[str, list[str]] = {}
        for facet in self.facets:
            groups.setdefault(facet if facet in filtered else "", []).append(facet)
        return groups


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many of `documents` each term stands; hidden ones count, so a reader is never shown these numbers."""

    documents: int
    of: Mapping[Term, int] = field(default_factory=dict)

    def rarest(self, asked: RarestTerms) -> list[int]:
        """Places of the chosen terms. Terms that no document has choose nothing."""
        counts = [(self.of.get(term, 0), place) for place, term in enumerate(asked.terms)]
        limit = max(asked.max_share * self.documents, asked.min_budget)
        chosen: list[int] = []
        total = 0
        for count, place in sorted(pair for pair in counts if pair[0]):
            total += count
            if (total > limit and len(chosen) >= asked.min_terms) or 0 < asked.max_terms <= len(chosen):
                break
            chosen.append(place)
        return chosen


def undecided_choices(node: Node) -> Iterable[RarestTerms]:
    """Every choice by rarity in the tree that does not take all of its terms."""
    match node:
        case RarestTerms():
            if not _takes_all(node):
                yield node
        case Boost(inner) | Constant(inner):
            yield from undecided_choices(inner)
        case Bool():
            for part in (*node.must, *node.should, *node.must_not):
                yield from undecided_choices(part)


def resolved(node: Node, frequencies: Frequencies) -> Node:
    """The tree with each choice by rarity made."""
    match node:
        case RarestTerms():
            nodes = node.nodes or node.terms
            places = range(len(nodes)) if _takes_all(node) else frequencies.rarest(node)
            return Bool(should=tuple(nodes[place] for place in places) or (Terms("key", ()),), minimum=1)
        case Boost() | Constant():
            return replace(node, node=resolved(node.node, frequencies))
        case Bool():
            return Bool(
                must=tuple(resolved(part, frequencies) for part in node.must),
                should=tuple(resolved(part, frequencies) for part in node.should),
                must_not=tuple(resolved(part, frequencies) for part in node.must_not),
                minimum=node.minimum,
            )
        case _:
            return node


def _takes_all(asked: RarestTerms) -> bool:
    return asked.max_share >= 1 and not 0 < asked.max_terms < len(asked.terms)
