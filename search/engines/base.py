"""The contract that every search engine fulfils. An engine handles documents and plans, never records or users."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from search.documents.base import SearchDocument, SourceState
from search.plan import Frequencies, Plan, Term

# The deepest hit that can be read (offset + limit), as Elasticsearch limits it by default.
MAX_WINDOW = 10_000
# How many values of one facet are counted, the most frequent ones.
FACET_SIZE = 500


class SearchUnavailable(Exception):
    """The engine cannot answer now: it is down, or has no index that this version of the code can read."""


class NoIndex(SearchUnavailable):
    """There is no index yet, or one that another version of the code has written: rebuild it."""


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
class WriteOutcome:
    """The part of a write that was not done.

    `overtaken` are sources of which the index already holds a later state; `refused` maps sources that the engine
    cannot index to the name of the error.
    """

    overtaken: frozenset[str] = frozenset()
    refused: dict[str, str] = field(default_factory=dict)

    def __or__(self, other: "WriteOutcome") -> "WriteOutcome":
        return WriteOutcome(self.overtaken | other.overtaken, self.refused | other.refused)


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """Key, source and digest of a document in an index: enough to tell whether the document is up to date."""

    key: str
    source: str
    digest: str


class Build(Protocol):
    """A new index beside the live one, filled with what `Engine.prepare` returns.

    `refused` maps sources that the engine cannot index to the name of the error.
    """

    refused: dict[str, str]

    def add(self, prepared: Sequence[Any], *, version: int) -> None: ...

    def replace(self, states: Sequence[SourceState], *, version: int) -> WriteOutcome: ...

    def settle(self) -> None:
        """Wait until everything added so far is written; more may follow."""
        ...

    def ready(self) -> None:
        """Do what takes long (merging, copies on other nodes) before publishing; only a few changes follow."""
        ...

    def publish(self) -> None:
        """Replace the live index in one step, and remove the old one."""
        ...

    def discard(self) -> None:
        """Remove what was written, unless the build is published."""
        ...


class Engine(Protocol):
    """A search engine. Reads raise SearchUnavailable where the engine cannot answer, writes also WriterBusy."""

    name: str

    def search(self, plan: Plan) -> EngineResult: ...

    def counts(self, plans: Sequence[Plan]) -> list[int]:
        """Return the number of hits of each plan."""
        ...

    def scan(self, plan: Plan, *, limit: int = MAX_WINDOW) -> Iterator[EngineHit]:
        """Yield the first `limit` hits from one state of the index, ignoring the plan's offset and limit."""
        ...

    def frequencies(self, terms: Sequence[Term]) -> Frequencies: ...

    def exclusive(self) -> AbstractContextManager[None]:
        """Lock the engine from reading records until they are applied, if it cannot tell older states from newer ones.

        Raises WriterBusy if another process holds the lock.
        """
        ...

    def apply(self, states: Sequence[SourceState], *, version: int) -> WriteOutcome:
        """Replace the documents of each source; applying the same states again changes nothing.

        `version` is greater than the version of every state that was read earlier. When the call returns, searches
        see the change.
        """
        ...

    def prepare(self, documents: Iterable[SearchDocument]) -> list[Any]:
        """Return documents as `Build.add` takes them. May run in another process, so nothing in the result is open."""
        ...

    def build(self) -> Build: ...

    def contents(self, sources: Sequence[str] | None = None) -> Iterator[IndexedDocument]:
        """Yield every document with an audience, of these sources or of all."""
        ...

    def ping(self) -> None:
        """Return if searches can be answered now; raises SearchUnavailable within a few seconds otherwise."""
        ...

    def size(self) -> tuple[int, int]:
        """Return the number of documents with an audience, and the bytes on disk."""
        ...
