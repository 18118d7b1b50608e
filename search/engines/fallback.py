"""Searching with the first configured engine that can answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from search.engines.base import Engine, SearchUnavailable
from search.engines.configured import engine_names, get_engine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """The value that an engine returned; `is_fallback` where it is not the first configured engine."""

    value: T
    engine: str
    is_fallback: bool


def with_fallback(request: Callable[[Engine], T], *, engine: Engine | None = None) -> Answer[T]:
    """Send a request to the first configured engine, or to the next one while that is unavailable.

    With `engine`, only that one is used. Raises SearchUnavailable, with the reason of the first engine, where none
    can answer.
    """
    if engine is not None:
        return Answer(request(engine), engine.name, False)
    first_error: SearchUnavailable | None = None
    for index, name in enumerate(engine_names()):
        try:
            return Answer(request(get_engine(name)), name, index > 0)
        except SearchUnavailable as error:
            first_error = first_error or error
    raise first_error or SearchUnavailable("no engine is configured")
