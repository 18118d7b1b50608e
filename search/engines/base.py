"""What every engine can do. An engine knows documents and plans, never records or users."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from search.documents.base import SearchDocument, SourceState
from search.plan import Frequencies, Plan, Term

# Deepest hit that can be read (offset + limit).
MAX_WINDOW = 10_000
# Values of one facet that are counted, the most frequent ones.
FACET_SIZE = 500


class SearchUnavailable(Exception):
    """The engine cannot answer now: it is away, or has no index for this code yet."""


class NoIndex(SearchUnavailable):
    """There is no index to read yet, or it was written for other code: rebuild it."""


class WriterBusy(Exception):
    """Another process is writing (a second worker) or building."""


@dataclass(frozen=True, slots=True)
class EngineHit:
    document: SearchDocument
    score: float


@dataclass(frozen=True, slots=True)
class EngineResult:
    total: int
    hits: tuple[EngineHit, ...]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write could not do: sources that a later state has overtaken, and sources refused, with the reason."""

    overtaken: frozenset[str] = frozenset()
    refused: dict[str, str] = field(default_factory=dict)

    def __or__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.overtaken | other.overtaken, self.refused | other.refused)


@dataclass(frozen=True, slots=True)
class Indexed:
    """What an index holds of one document: enough to tell whether it is still true."""

    key: str
    source: str
    digest: str


class Build(Protocol):
    """A new index beside the live one, made of what `Engine.prepare` yields.

    `refused` are sources that the engine did not take, with the reason.
    """

    refused: dict[str, str]

    def add(self, prepared: Sequence[Any], *, version: int) -> None: ...

    def replace(self, states: Sequence[SourceState], *, version: int) -> Outcome: ...

    def settle(self) -> None:
        """Everything added so far can be searched once the build is published; more may follow."""
        ...

    def ready(self) -> None:
        """Do what takes long before publishing; only a few changes follow."""
        ...

    def publish(self) -> None:
        """In one step in the place of the live index, which is removed."""
        ...

    def discard(self) -> None:
        """Leave nothing of it, unless it is published."""
        ...


class Engine(Protocol):
    """Reads raise SearchUnavailable where the engine cannot answer, writes also WriterBusy."""

    name: str

    def search(self, plan: Plan) -> EngineResult: ...

    def counts(self, plans: Sequence[Plan]) -> list[int]:
        """How many documents each plan finds."""
        ...

    def scan(self, plan: Plan, *, limit: int = MAX_WINDOW) -> Iterator[EngineHit]:
        """The plan's hits from the first on, by a cursor over one state of the index; offset and limit do not count."""
        ...

    def frequencies(self, terms: Sequence[Term]) -> Frequencies: ...

    def exclusive(self) -> AbstractContextManager[None]:
        """Held from reading records until they are applied, where the engine cannot tell older states from newer.

        Raises WriterBusy where another process holds it.
        """
        ...

    def apply(self, states: Sequence[SourceState], *, version: int) -> Outcome:
        """Replace each source's documents; applying the same again changes nothing.

        `version` is greater than that of every state read before this one. Searches see the change on return.
        """
        ...

    def prepare(self, documents: Iterable[SearchDocument]) -> list[Any]:
        """Documents as a build takes them. May run in another process: neither engine nor result hold anything open."""
        ...

    def build(self) -> Build: ...

    def contents(self, sources: Sequence[str] | None = None) -> Iterator[Indexed]:
        """Every document that somebody may find, or those of these sources."""
        ...

    def ping(self) -> None:
        """Returns where searches can be answered now; says so within a few seconds otherwise (SearchUnavailable)."""
        ...

    def size(self) -> tuple[int, int]:
        """(documents that somebody may find, bytes on disk)."""
        ...
