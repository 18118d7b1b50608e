"""Makes documents from records, in several processes if there are many."""

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
from search.indexing.states import DATABASE_ERRORS
from search.kinds import RECORD_KINDS

# With fewer records, starting processes takes longer than it saves.
MIN_RECORDS_FOR_PROCESSES = 20_000
# Batches that wait for each process: enough to keep it busy, few enough to bound the memory.
BATCHES_PER_PROCESS = 3


def records_to_index() -> int:
    """Return the number of records of all kinds."""
    return sum(kind.model._default_manager.count() for kind in RECORD_KINDS.values())


def _batches() -> Iterator[tuple[str, list[int]]]:
    """Yield (kind, primary keys) of all records; paged by key, so that records added meanwhile shift nothing."""
    for kind in RECORD_KINDS.values():
        last_id = 0
        while ids := list(
            kind.model._default_manager.filter(pk__gt=last_id)
            .order_by("pk")
            .values_list("pk", flat=True)[: kind.batch_size]
        ):
            yield kind.name, ids
            last_id = ids[-1]


PrepareFunction = Callable[[Iterable[SearchDocument]], list[Any]]


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """Documents of one batch of records, ready to be added.

    `failed` maps the sources of records whose documents cannot be made to the name of the error.
    """

    kind: str
    records: int
    documents: list[Any]
    failed: dict[str, str] = field(default_factory=dict)


def _prepare(prepare: PrepareFunction, kind: str, ids: list[int]) -> PreparedBatch:
    """PrepareFunction one batch; if that fails, each of its records by itself, to find out which ones fail."""
    try:
        return PreparedBatch(kind, len(ids), prepare(RECORD_KINDS[kind].documents(ids)))
    except DATABASE_ERRORS:
        raise
    except Exception as error:
        if len(ids) == 1:
            return PreparedBatch(kind, 1, [], {f"{kind}:{ids[0]}": type(error).__name__})
        singles = [_prepare(prepare, kind, [pk]) for pk in ids]
        return PreparedBatch(
            kind,
            len(ids),
            [document for single in singles for document in single.documents],
            {source: reason for single in singles for source, reason in single.failed.items()},
        )


@dataclass(frozen=True, slots=True)
class WorkerPool:
    """An executor with `size` processes."""

    executor: ProcessPoolExecutor
    size: int


def prepared_batches(prepare: PrepareFunction, pool: WorkerPool | None) -> Iterator[PreparedBatch]:
    """Yield all records as documents, batch by batch in a fixed order; without a pool, in this process."""
    if pool is None:
        for kind, ids in _batches():
            yield _prepare(prepare, kind, ids)
        return
    pending: deque[Future[PreparedBatch]] = deque()
    for kind, ids in _batches():
        if len(pending) >= BATCHES_PER_PROCESS * pool.size:
            yield pending.popleft().result()
        pending.append(pool.executor.submit(_prepare, prepare, kind, ids))
    while pending:
        yield pending.popleft().result()


@contextmanager
def worker_pool(processes: int | None) -> Iterator[WorkerPool | None]:
    """Start processes with database connections of their own; yield None for few records, or in a transaction.

    Processes are forked before any thread of the new index starts.
    """
    size = processes if processes is not None else (os.cpu_count() or 1)
    too_few = processes is None and records_to_index() < MIN_RECORDS_FOR_PROCESSES
    if size < 2 or too_few or connection.in_atomic_block or _is_in_memory():
        yield None
        return
    # A connection must not be shared with a forked process.
    connections.close_all()
    fork = get_context("fork")
    # Documents hold no reference cycles, so collecting garbage in the processes would only cost time.
    with ProcessPoolExecutor(size, mp_context=fork, initializer=gc.disable) as executor:
        # The first task starts all processes: none is forked later, when this process has threads.
        executor.submit(os.getpid).result()
        yield WorkerPool(executor, size)


def _is_in_memory() -> bool:
    return connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"])
