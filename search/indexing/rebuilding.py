"""Builds a whole index from the database while searches and changes go on.

The new index is filled from the database, then catches up with what has changed since, and is put in the place of
the live one while nobody else settles rows. Workers meanwhile keep the live index up to date and keep their rows.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from search.engines.base import Build, Engine, WriterBusy
from search.indexing.outbox import MAX_ATTEMPTS, next_version
from search.indexing.preparing import WorkerPool, prepared_batches, records_to_index, worker_pool
from search.indexing.states import read_readable_states
from search.models import IndexBuild, OutboxEntry

logger = logging.getLogger(__name__)

Progress = Callable[[str, int], None]

# How long to wait for a worker that is writing.
WRITER_TIMEOUT_SECONDS = 60.0
POLL_SECONDS = 0.1
# So few changes are left for the moment in which no worker may write.
MAX_LAST_CHANGES = 200
BATCH_SIZE = 500
# Finished builds that are kept: the admin shows the last one, and workers compare them when they settle rows.
MAX_FINISHED_BUILDS = 20
# Far less than `BUILD_TIMEOUT`, after which a silent build is taken for dead.
HEARTBEAT_SECONDS = 5.0


def rebuild(engine: Engine, *, progress: Progress | None = None, processes: int | None = None) -> int:
    """Build a new index beside the live one, catch up with the outbox, then swap; return the number of records read.

    Raises WriterBusy if another build is running, SearchUnavailable if the engine is away.
    """
    entry = _begin(engine)
    try:
        with worker_pool(processes) as pool:
            return _build(engine, entry, pool, progress)
    except BaseException:
        abandon(entry)
        raise


@transaction.atomic
def abandon(entry: IndexBuild) -> None:
    """Forget an unfinished build.

    Rows that workers have kept for it are indexed again, which does no harm: the build may have been killed after its
    index went live.
    """
    for build in IndexBuild.objects.running(entry.engine).select_for_update().filter(pk=entry.pk):
        build.delete()
        OutboxEntry.objects.for_engine(entry.engine).filter(done_at__isnull=False).update(done_at=None)


def abandon_dead(engine: Engine) -> None:
    """Forget builds that were killed; until then every indexed row would be kept for them."""
    for entry in IndexBuild.objects.running(engine.name):
        if entry.is_dead:
            logger.warning("%s: the build of %s was killed", engine.name, entry.started_at)
            abandon(entry)


def _begin(engine: Engine) -> IndexBuild:
    abandon_dead(engine)
    try:
        with transaction.atomic():
            return IndexBuild.objects.create(engine=engine.name, records=records_to_index())
    except IntegrityError:
        # The constraint on unfinished builds: another process was quicker.
        raise WriterBusy(f"{engine.name} is being rebuilt") from None


def _build(engine: Engine, entry: IndexBuild, pool: WorkerPool | None, progress: Progress | None) -> int:
    count = 0
    last_heartbeat = time.monotonic()
    failed: dict[str, str] = {}
    version = next_version()
    build = engine.build()
    try:
        for batch in prepared_batches(engine.prepare, pool):
            build.add(batch.documents, version=version)
            failed |= batch.failed
            count += batch.records
            if progress:
                progress(batch.kind, batch.records)
            if time.monotonic() - last_heartbeat > HEARTBEAT_SECONDS:
                last_heartbeat = time.monotonic()
                _send_heartbeat(entry, count)
        build.settle()
        _finish(engine, entry, build, failed)
    except BaseException:
        build.discard()
        raise
    return count


def _send_heartbeat(entry: IndexBuild, count: int) -> None:
    """Note that the build is alive. Raises WriterBusy if another process has taken it for dead."""
    if not IndexBuild.objects.filter(pk=entry.pk).update(seen_at=timezone.now(), done=count):
        raise _abandoned(entry)


def _abandoned(entry: IndexBuild) -> WriterBusy:
    return WriterBusy(f"the build of {entry.engine} was taken for dead and given up by another process")


def _finish(engine: Engine, entry: IndexBuild, build: Build, failed: dict[str, str]) -> None:
    """Catch up with the outbox and swap; then record what could not be indexed."""
    applied: set[int] = set()
    while _catch_up(engine, build, applied, failed) > MAX_LAST_CHANGES:
        build.settle()
        _send_heartbeat(entry, entry.records)
    build.ready()
    # The order of locks: the engine's writer, then the build. Workers that settle rows lock the build, too, so none is
    # settled between the last catch-up and the swap.
    with _exclusively(engine), transaction.atomic():
        if not IndexBuild.objects.running(engine.name).select_for_update().filter(pk=entry.pk):
            raise _abandoned(entry)
        _catch_up(engine, build, applied, failed)
        build.publish()
        _close(engine, entry, applied)
        _park(engine, failed | build.refused)


def _catch_up(engine: Engine, build: Build, applied: set[int], failed: dict[str, str]) -> int:
    """Apply the changes of all rows that are not in `applied` yet; return the number of those rows."""
    rows = [
        (pk, (kind, object_id))
        for pk, kind, object_id in OutboxEntry.objects.for_engine(engine.name)
        .order_by("pk")
        .values_list("pk", "kind", "object_id")
        if pk not in applied
    ]
    records = list(dict.fromkeys(record for _pk, record in rows))
    for start in range(0, len(records), BATCH_SIZE):
        version = next_version()
        states = read_readable_states(records[start : start + BATCH_SIZE], failed)
        outcome = build.replace(states, version=version)
        failed |= outcome.refused
    applied.update(pk for pk, _record in rows)
    return len(rows)


def _close(engine: Engine, entry: IndexBuild, applied: Iterable[int]) -> None:
    """Finish the build: remove rows whose changes the new index holds, and have the other rows done again.

    A row that a worker has in hand stays, since the worker may have written the old index.
    """
    rows = OutboxEntry.objects.for_engine(engine.name)
    row_ids = list(applied)
    for start in range(0, len(row_ids), BATCH_SIZE):
        batch = rows.filter(pk__in=row_ids[start : start + BATCH_SIZE])
        if connection.features.has_select_for_update_skip_locked:
            batch = rows.filter(
                pk__in=list(batch.select_for_update(skip_locked=True).values_list("pk", flat=True))
            )
        batch.delete()
    rows.filter(done_at__isnull=False).update(done_at=None)
    now = timezone.now()
    IndexBuild.objects.filter(pk=entry.pk).update(finished_at=now, seen_at=now, done=entry.records)
    finished = IndexBuild.objects.finished(engine.name).values_list("pk", flat=True)
    IndexBuild.objects.filter(pk__in=list(finished[MAX_FINISHED_BUILDS:])).delete()


def _park(engine: Engine, failed: dict[str, str]) -> None:
    """Write parked rows for records that could not be indexed, so that they are shown with failed changes."""
    now = timezone.now()
    for source, reason in failed.items():
        kind, _colon, pk = source.partition(":")
        logger.warning("%s cannot index %s: %s", engine.name, source, reason)
        OutboxEntry.objects.create(
            engine=engine.name,
            kind=kind,
            object_id=int(pk),
            attempts=MAX_ATTEMPTS,
            last_error=reason[:200],
            parked_at=now,
        )


@contextmanager
def _exclusively(engine: Engine) -> Iterator[None]:
    """Lock the engine, waiting for other writers. Raises WriterBusy after `WRITER_TIMEOUT_SECONDS`."""
    deadline = time.monotonic() + WRITER_TIMEOUT_SECONDS
    while True:
        with suppress(WriterBusy):
            lock = engine.exclusive()
            lock.__enter__()
            break
        if time.monotonic() > deadline:
            raise WriterBusy(f"{engine.name}: another process has been writing for a minute")
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        lock.__exit__(None, None, None)
