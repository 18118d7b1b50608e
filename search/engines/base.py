"""What every engine can do. An engine knows documents and plans, never records or users."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from search.documents.base import SearchDocument
from search.plan import Plan

MAX_WINDOW = 10_000
"""Deepest hit that can be paged to (offset + limit)."""


class SearchUnavailable(Exception):
    """There is no index to read yet, or it was written for other code: rebuild it."""


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

    def apply(self, *, changed: Sequence[SearchDocument], removed: Sequence[str]) -> None:
        """Put the documents and take away the keys in one step; applying the same again changes nothing."""
        ...

    def rebuild(self) -> AbstractContextManager[IndexBuilder]:
        """A new index, put in place of the live one on a clean exit and thrown away on an error."""
        ...

    def size(self) -> tuple[int, int]:
        """(documents, bytes on disk)."""
        ...
