"""States of the queue and of the engines, for the admin and for health checks."""

import datetime as dt
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone

from search.engines.base import Engine, NoIndex, SearchUnavailable
from search.engines.configured import engine_names, get_engine
from search.models import IndexBuild, OutboxEntry

# How long an index may be missing while it is swapped.
SWAP_SECONDS = 0.2
ANSWERS, NO_INDEX, AWAY = "answers", "no_index", "away"


@dataclass(frozen=True, slots=True)
class KindCount:
    """The number of rows of one kind of record."""

    kind: str
    waiting: int
    parked: int


@dataclass(frozen=True, slots=True)
class QueueState:
    """Rows of one engine: those `waiting` will be tried, those `parked` wait for somebody to retry them.

    `oldest` is when the first of the waiting changes was made. It is shown nowhere: where one question waits, its minute
    would tell who was signed in then and asked it.
    """

    engine: str
    waiting: int = 0
    parked: int = 0
    oldest: dt.datetime | None = None
    kinds: tuple[KindCount, ...] = ()

    @property
    def is_late(self) -> bool:
        """True if a change has waited longer than `SEARCH_QUEUE_MINUTES`."""
        max_age = dt.timedelta(minutes=settings.SEARCH_QUEUE_MINUTES)
        return self.oldest is not None and timezone.now() - self.oldest > max_age

    @property
    def is_red(self) -> bool:
        """True if somebody should look at the queue."""
        return self.is_late or self.parked > 0


@dataclass(frozen=True, slots=True)
class EngineState:
    """One configured engine. `answer` is ANSWERS, NO_INDEX or AWAY; the sizes are 0 unless it answers."""

    name: str
    is_first: bool
    answer: str
    queue: QueueState
    documents: int = 0
    size: int = 0
    build: IndexBuild | None = None
    built_at: dt.datetime | None = None

    @property
    def built_percent(self) -> int:
        if self.build is None or not self.build.records:
            return 0
        return min(100, 100 * self.build.done // self.build.records)


def queue_states() -> list[QueueState]:
    """Return the queue of each configured engine, in their order; one query."""
    counts = list(
        OutboxEntry.objects.waiting()
        .filter(engine__in=engine_names())
        .values("engine", "kind")
        .annotate(
            waiting=Count("pk", filter=Q(parked_at=None)),
            parked=Count("pk", filter=Q(parked_at__isnull=False)),
            oldest=Min("created_at", filter=Q(parked_at=None)),
        )
        .order_by("engine", "kind")
    )
    return [_queue_state(name, [row for row in counts if row["engine"] == name]) for name in engine_names()]


def engine_states() -> list[EngineState]:
    """Return the state of each configured engine; two queries, and one short request to each engine."""
    builds = list(IndexBuild.objects.filter(engine__in=engine_names()))
    return [
        _engine_state(queue, index == 0, [build for build in builds if build.engine == queue.engine])
        for index, queue in enumerate(queue_states())
    ]


def has_index(engine: Engine) -> bool:
    """Return whether the engine has an index that can be read. Raises SearchUnavailable if it is away."""
    # Two tries, because the first may come while the index is being swapped.
    for pause in (SWAP_SECONDS, 0.0):
        try:
            engine.ping()
        except NoIndex:
            time.sleep(pause)
        else:
            return True
    return False


def answering_engine() -> str:
    """Return the name of the first engine that answers, "" if none does."""
    return next((name for name in engine_names() if _answer_of(get_engine(name)) == ANSWERS), "")


def _queue_state(name: str, rows: Sequence[Mapping[str, Any]]) -> QueueState:
    return QueueState(
        engine=name,
        waiting=sum(row["waiting"] for row in rows),
        parked=sum(row["parked"] for row in rows),
        oldest=min((row["oldest"] for row in rows if row["oldest"]), default=None),
        kinds=tuple(KindCount(row["kind"], row["waiting"], row["parked"]) for row in rows),
    )


def _engine_state(queue: QueueState, is_first: bool, builds: Iterable[IndexBuild]) -> EngineState:
    engine = get_engine(queue.engine)
    answer = _answer_of(engine)
    documents, size = _size_of(engine) if answer == ANSWERS else (0, 0)
    return EngineState(
        name=queue.engine,
        is_first=is_first,
        answer=answer,
        queue=queue,
        documents=documents,
        size=size,
        build=next((build for build in builds if not build.finished_at), None),
        built_at=max((build.finished_at for build in builds if build.finished_at), default=None),
    )


def _answer_of(engine: Engine) -> str:
    try:
        engine.ping()
    except NoIndex:
        return NO_INDEX
    except (SearchUnavailable, OSError):
        return AWAY
    return ANSWERS


def _size_of(engine: Engine) -> tuple[int, int]:
    try:
        return engine.size()
    except (SearchUnavailable, OSError):
        return 0, 0
