"""Which engine answers: the first that can."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from search.engines.base import Engine, SearchUnavailable
from search.engines.configured import engine_names, get_engine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    value: T
    engine: str
    is_fallback: bool


def with_fallback(request: Callable[[Engine], T], *, engine: Engine | None = None) -> Answer[T]:
    """The first configured engine's answer, or that of one that stands by while it is away.

    Raises SearchUnavailable where none can answer: why the first one cannot.
    """
    if engine is not None:
        return Answer(request(engine), engine.name, False)
    reason: SearchUnavailable | None = None
    for place, name in enumerate(engine_names()):
        try:
            return Answer(request(get_engine(name)), name, place > 0)
        except SearchUnavailable as error:
            reason = reason or error
    raise reason or SearchUnavailable("no engine is configured")
