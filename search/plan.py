"""A query as a small tree of nodes, independent of any engine; each engine compiles it into its own query language.

Text fields are "text.u", "text.b", "headings.u" and "headings.b": unigrams (and words of other scripts), and bigrams
of neighbouring Han characters. Every other field holds whole values: "key", "source", "names" (titles, numbers and
their readings, as autocomplete looks them up), "cites" (articles), "audience" and the facets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

TEXT_FIELDS = ("text.u", "text.b", "headings.u", "headings.b")
RELEVANCE, DATE, WEIGHT = "relevance", "date", "weight"


@dataclass(frozen=True, slots=True)
class MatchAll:
    """Matches every document."""


@dataclass(frozen=True, slots=True)
class Term:
    """Matches documents that hold one term: a unigram or bigram of a text field, a whole value of another field."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Matches documents that hold any of these values, none where there are no values; never scored."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Matches whole values that begin with `value`; never scored."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Matches terms within `distance` edits of `value`; never scored.

    An edit inserts, deletes or replaces a character, or swaps two neighbours.
    """

    field: str
    value: str
    distance: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """Matches terms (two or more) at consecutive positions. Only "text.u" stores positions."""

    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Boost:
    """Multiplies the score of `node` by `weight`."""

    node: "Node"
    weight: float


@dataclass(frozen=True, slots=True)
class Constant:
    """Scores `score` wherever `node` matches."""

    node: "Node"
    score: float


@dataclass(frozen=True, slots=True)
class Bool:
    """Combines nodes: `should` clauses add to the score; at least `minimum` of them must match.

    A minimum of 0 makes `should` optional beside `must`.
    """

    must: tuple["Node", ...] = ()
    should: tuple["Node", ...] = ()
    must_not: tuple["Node", ...] = ()
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class RarestTerms:
    """Matches documents that hold at least one of the rarest `terms`, chosen when the engine knows their frequencies.

    Terms are taken in order of rarity while the documents that hold them, added up, stay within a budget: `max_share`
    of all documents, or `min_budget` documents where that is more. The first `min_terms` are taken whatever they
    cost; `max_terms` limits their number (0: no limit). `nodes` replace the terms in the query, one for each term;
    without them the terms themselves are used. `resolved` puts the choice in the place of this node.
    """

    terms: tuple[Term, ...]
    nodes: tuple["Node", ...] = ()
    max_share: float = 1.0
    min_terms: int = 0
    min_budget: int = 0
    max_terms: int = 0

    @property
    def takes_all(self) -> bool:
        """True if every term is taken, however frequent it is."""
        return self.max_share >= 1 and not 0 < self.max_terms < len(self.terms)


Node = MatchAll | Term | Terms | Prefix | Fuzzy | Phrase | Boost | Constant | Bool | RarestTerms


@dataclass(frozen=True, slots=True)
class Plan:
    """One search: `match` decides and scores; `filters` (one for each facet) and `audience` only narrow.

    The counts of a facet obey every filter except the facet's own, so that its other values stay on offer.
    """

    match: Node
    audience: Terms
    filters: tuple[Terms, ...] = ()
    sort: str = RELEVANCE
    offset: int = 0
    limit: int = 10
    facets: tuple[str, ...] = ()

    def narrowed(self, *, without: str = "") -> Node:
        """Return the whole query as one node, leaving out the filter on the field `without`."""
        return Bool(must=(self.match, self.audience, *self.filters_except(without)))

    def filters_except(self, field: str) -> tuple[Terms, ...]:
        return tuple(condition for condition in self.filters if condition.field != field)

    def facet_groups(self) -> dict[str, list[str]]:
        """Group facets that are counted under the same filters, by the filter that they leave out ("" for none)."""
        filtered = {condition.field for condition in self.filters}
        groups: dict[str, list[str]] = {}
        for facet in self.facets:
            groups.setdefault(facet if facet in filtered else "", []).append(facet)
        return groups


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Document frequencies of terms in an index of `documents`.

    Documents that the reader may not see count, too, so these numbers are never shown.
    """

    documents: int
    by_term: Mapping[Term, int] = field(default_factory=dict)

    def rarest(self, choice: RarestTerms) -> list[int]:
        """Return the indexes of the chosen terms, the rarest first; terms that no document holds are not chosen."""
        frequencies = ((self.by_term.get(term, 0), index) for index, term in enumerate(choice.terms))
        budget = max(choice.max_share * self.documents, choice.min_budget)
        chosen: list[int] = []
        cost = 0
        for frequency, index in sorted(pair for pair in frequencies if pair[0]):
            cost += frequency
            is_too_costly = cost > budget and len(chosen) >= choice.min_terms
            if is_too_costly or 0 < choice.max_terms <= len(chosen):
                break
            chosen.append(index)
        return chosen


def unresolved_choices(node: Node) -> Iterable[RarestTerms]:
    """Yield every choice in the tree that depends on how frequent its terms are."""
    match node:
        case RarestTerms():
            if not node.takes_all:
                yield node
        case Boost(inner) | Constant(inner):
            yield from unresolved_choices(inner)
        case Bool():
            for clause in (*node.must, *node.should, *node.must_not):
                yield from unresolved_choices(clause)


def unscored(node: Node) -> Node:
    """Return a tree that matches the same documents without what only adds to their score: for counting."""
    match node:
        case Boost() | Constant():
            return unscored(node.node)
        case RarestTerms():
            return replace(node, nodes=tuple(unscored(clause) for clause in node.nodes))
        case Bool():
            is_optional = bool(node.must) and not node.minimum
            return Bool(
                must=tuple(unscored(clause) for clause in node.must),
                should=() if is_optional else tuple(unscored(clause) for clause in node.should),
                must_not=tuple(unscored(clause) for clause in node.must_not),
                minimum=node.minimum,
            )
        case _:
            return node


def resolved(node: Node, frequencies: Frequencies) -> Node:
    """Return the tree with every `RarestTerms` replaced by the terms that it chooses."""
    match node:
        case RarestTerms():
            nodes = node.nodes or node.terms
            indexes = range(len(nodes)) if node.takes_all else frequencies.rarest(node)
            # No term is in the index: an empty `Terms` makes the clause match nothing.
            return Bool(should=tuple(nodes[index] for index in indexes) or (Terms("key", ()),), minimum=1)
        case Boost() | Constant():
            return replace(node, node=resolved(node.node, frequencies))
        case Bool():
            return Bool(
                must=tuple(resolved(clause, frequencies) for clause in node.must),
                should=tuple(resolved(clause, frequencies) for clause in node.should),
                must_not=tuple(resolved(clause, frequencies) for clause in node.must_not),
                minimum=node.minimum,
            )
        case _:
            return node
