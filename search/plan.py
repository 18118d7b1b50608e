"""What a query means, without saying how: a small tree that each engine compiles into its own terms.

Text fields are "text.u", "text.b", "headings.u" and "headings.b" (unigrams and bigrams). Every other field
holds whole values: "key", "kind", "number", "title" (exact key of the title), "audience" and the facets.
"""

from dataclasses import dataclass

FACETS = ("kind", "department", "session", "year", "topic", "status", "document")
VALUE_FIELDS = frozenset({"key", "source", "kind", "number", "title", "audience", "lang", *FACETS})
RELEVANCE, DATE = "relevance", "date"


@dataclass(frozen=True, slots=True)
class Everything:
    pass


@dataclass(frozen=True, slots=True)
class Term:
    field: str
    token: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these values; never scored."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens at consecutive positions; at least two."""

    field: str
    tokens: tuple[str, ...]


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


Node = Everything | Term | AnyOf | Phrase | Boost | Constant | Bool


@dataclass(frozen=True, slots=True)
class Plan:
    """`match` decides and scores; `filters` (one per facet, plus the audience) only narrow.

    A facet's counts obey every filter except its own, so that its other values stay on offer.
    """

    match: Node
    audience: AnyOf
    filters: tuple[AnyOf, ...] = ()
    sort: str = RELEVANCE
    offset: int = 0
    limit: int = 10
    facets: tuple[str, ...] = ()

    def narrowed(self, *, without: str = "") -> Node:
        """The whole query as one node, leaving out the filter on the field `without`."""
        kept = tuple(item for item in self.filters if item.field != without)
        return Bool(must=(self.match, self.audience, *kept))
