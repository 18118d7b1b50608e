"""Documents made of records, in several processes where there are many."""

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

from django.db import connection, connections

from search.documents.base import SearchDocument
from search.indexing.states import DATABASE_AWAY
from search.kinds import RECORD_KINDS

# From so many records on, documents are made in several processes.
MANY = 20_000
# Steps under way for each process.
AHEAD = 3


def records_to_index() -> int:
    return sum(kind.model._default_manager.count() for kind in RECORD_KINDS.values())


def _chunks() -> Iterator[tuple[str, list[int]]]:
    """Primary keys of every kind in steps; paged by key, so that records made meanwhile move nothing."""
    for kind in RECORD_KINDS.values():
        last = 0
        while ids := list(
            kind.model._default_manager.filter(pk__gt=last)
            .order_by("pk")
            .values_list("pk", flat=True)[: kind.batch_size]
        ):
            yield kind.name, ids
            last = ids[-1]


Prepare = Callable[[Iterable[SearchDocument]], list[Any]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """`documents` of so many records, ready to be added, and the reasons by source of those that failed."""

    kind: str
    records: int
    documents: list[Any]
    failed: dict[str, str] = field(default_factory=dict)


def _prepare(prepare: Prepare, kind: str, ids: list[int]) -> Prepared:
    try:
        return Prepared(kind, len(ids), prepare(RECORD_KINDS[kind].documents(ids)))
    except DATABASE_AWAY:
        raise
    except Exception as error:
        if len(ids) == 1:
            return Prepared(kind, 1, [], {f"{kind}:{ids[0]}": type(error).__name__})
        apart = [_prepare(prepare, kind, [pk]) for pk in ids]
        return Prepared(
            kind,
            len(ids),
            [document for one in apart for document in one.documents],
            {source: reason for one in apart for source, reason in one.failed.items()},
        )


@dataclass(frozen=True, slots=True)
class WorkerPool:
    executor: ProcessPoolExecutor
    size: int


def prepared(prepare: Prepare, pool: WorkerPool | None) -> Iterator[Prepared]:
    if pool is None:
        for kind, ids in _chunks():
            yield _prepare(prepare, kind, ids)
        return
    under_way: deque[Future[Prepared]] = deque()
    for kind, ids in _chunks():
        if len(under_way) >= AHEAD * pool.size:
            yield under_way.popleft().result()
        under_way.append(pool.executor.submit(_prepare, prepare, kind, ids))
    while under_way:
        yield under_way.popleft().result()


@contextmanager
def worker_pool(processes: int | None) -> Iterator[WorkerPool | None]:
    """Processes with database connections of their own; none for few records, or inside a transaction.

    They are forked before any thread of the new index starts. Documents hold no cycles, so that looking for some
    would only cost time.
    """
    wanted = processes if processes is not None else (os.cpu_count() or 1)
    too_few = processes is None and records_to_index() < MANY
    if wanted < 2 or too_few or connection.in_atomic_block or _is_in_memory():
        yield None
        return
    connections.close_all()
    fork = get_context("fork")
    with ProcessPoolExecutor(wanted, mp_context=fork, initializer=gc.disable) as executor:
        executor.submit(os.getpid).result()
        yield WorkerPool(executor, wanted)


def _is_in_memory() -> bool:
    return connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"])
