"""What every engine can do. An engine knows documents and plans, never records or users."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from search.documents.base import Replacement, SearchDocument
from search.plan import Plan

MAX_WINDOW = 10_000
"""Deepest hit that can be paged to (offset + limit)."""


class SearchUnavailable(Exception):
    """There is no index to read yet, or it was written for other code: rebuild it."""


class WriterBusy(Exception):
    """Another process is writing (a rebuild, or a second worker)."""


@dataclass(frozen=True, slots=True)
class EngineHit:
    document: SearchDocument
    score: float


@dataclass(frozen=True, slots=True)
class EngineResult:
    total: int
    hits: tuple[EngineHit, ...]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


class IndexBuilder(Protocol):
    """Fills a new index beside the live one."""

    def add(self, documents: Iterable[SearchDocument]) -> None: ...


class Engine(Protocol):
    name: str

    def search(self, plan: Plan) -> EngineResult: ...

    def count(self, plan: Plan) -> int: ...

    def titles_with_prefix(self, prefix: str, plan: Plan) -> list[SearchDocument]:
        """Documents of the plan whose title, ignoring spaces and punctuation, begins with `prefix`."""
        ...

    def exclusive(self) -> AbstractContextManager[None]:
        """Held from reading records until they are applied, so that no older state follows a newer one.

        Raises WriterBusy where another process holds it.
        """
        ...

    def apply(self, replacements: Sequence[Replacement]) -> None:
        """Replace each source's documents in one step; applying the same again changes nothing."""
        ...

    def rebuild(self) -> AbstractContextManager[IndexBuilder]:
        """A new index, put in place of the live one on a clean exit and thrown away on an error.

        To be called inside `exclusive`; searches go on in the live index meanwhile.
        """
        ...

    def size(self) -> tuple[int, int]:
        """(documents, bytes on disk)."""
        ...
