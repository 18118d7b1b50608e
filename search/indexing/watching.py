"""How the queue and the engines are, for people and for machines that watch."""

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

SWAP_SECONDS = 0.2
ANSWERS, NO_INDEX, AWAY = "answers", "no_index", "away"


@dataclass(frozen=True, slots=True)
class KindCount:
    kind: str
    waiting: int
    parked: int


@dataclass(frozen=True, slots=True)
class QueueState:
    """Rows of one engine: `waiting` will be done or tried again, `parked` were set aside."""

    engine: str
    waiting: int = 0
    parked: int = 0
    oldest: dt.datetime | None = None
    kinds: tuple[KindCount, ...] = ()

    @property
    def is_late(self) -> bool:
        """The oldest row that waits is older than it should ever get."""
        longest = dt.timedelta(minutes=settings.SEARCH_QUEUE_MINUTES)
        return self.oldest is not None and timezone.now() - self.oldest > longest

    @property
    def is_red(self) -> bool:
        return self.is_late or self.parked > 0

    @property
    def oldest_minutes(self) -> int:
        return int((timezone.now() - self.oldest).total_seconds() // 60) if self.oldest else 0


@dataclass(frozen=True, slots=True)
class EngineState:
    """One configured engine. `answer` is ANSWERS, NO_INDEX or AWAY; sizes are known where it answers."""

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
    """Of each configured engine, in their order; one query."""
    rows = (
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
    found = list(rows)
    return [_queue_state(name, [row for row in found if row["engine"] == name]) for name in engine_names()]


def engine_states() -> list[EngineState]:
    """Of each configured engine; two queries, and one short question to each."""
    builds = list(IndexBuild.objects.filter(engine__in=engine_names()))
    return [
        _engine_state(queue, place == 0, [build for build in builds if build.engine == queue.engine])
        for place, queue in enumerate(queue_states())
    ]


def has_index(engine: Engine) -> bool:
    """Asked twice, since a question may meet an index that is being replaced. Raises SearchUnavailable."""
    for pause in (SWAP_SECONDS, 0.0):
        try:
            engine.ping()
        except NoIndex:
            time.sleep(pause)
        else:
            return True
    return False


def answering_engine() -> str:
    """The first that can answer searches, or "" where none can."""
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
