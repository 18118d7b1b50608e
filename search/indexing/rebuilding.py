"""A whole index from the database, which alone holds the truth, while searches and changes go on.

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
from search.indexing.preparing import WorkerPool, prepared, records_to_index, worker_pool
from search.indexing.states import read_possible_states
from search.models import IndexBuild, OutboxEntry

logger = logging.getLogger(__name__)

Progress = Callable[[str, int], None]

# Seconds to wait for a worker that is writing.
WRITER_TIMEOUT_SECONDS = 60.0
# Changes that are left for the moment in which nobody else writes.
FEW = 200
STEP = 500
BUILDS_KEPT = 20
SIGN_OF_LIFE = 5.0


def rebuild(engine: Engine, *, progress: Progress | None = None, processes: int | None = None) -> int:
    """Build beside the live index, catch up, then swap; the number of records read.

    Raises WriterBusy where another build is running, SearchUnavailable where the engine is away.
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
    """Forget a build that came to nothing, unless it has ended well meanwhile.

    What workers kept for it is done again, which is never wrong: it may have been killed after its index went live.
    """
    for unfinished in IndexBuild.objects.running(entry.engine).select_for_update().filter(pk=entry.pk):
        unfinished.delete()
        OutboxEntry.objects.for_engine(entry.engine).filter(done_at__isnull=False).update(done_at=None)


def abandon_dead(engine: Engine) -> None:
    """Builds that were killed; until then every row that is done is kept for them."""
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
        raise WriterBusy(f"{engine.name} is being rebuilt") from None


def _build(engine: Engine, entry: IndexBuild, pool: WorkerPool | None, progress: Progress | None) -> int:
    count = 0
    last_sign = time.monotonic()
    failed: dict[str, str] = {}
    version = next_version()
    build = engine.build()
    try:
        for done in prepared(engine.prepare, pool):
            build.add(done.documents, version=version)
            failed |= done.failed
            count += done.records
            if progress:
                progress(done.kind, done.records)
            if time.monotonic() - last_sign > SIGN_OF_LIFE:
                last_sign = time.monotonic()
                _give_sign(entry, count)
        build.settle()
        _finish(engine, entry, build, failed)
    except BaseException:
        build.discard()
        raise
    return count


def _give_sign(entry: IndexBuild, count: int) -> None:
    if not IndexBuild.objects.filter(pk=entry.pk).update(seen_at=timezone.now(), done=count):
        raise _given_up(entry)


def _given_up(entry: IndexBuild) -> WriterBusy:
    return WriterBusy(f"the build of {entry.engine} was taken for dead and given up by another process")


def _finish(engine: Engine, entry: IndexBuild, build: Build, failed: dict[str, str]) -> None:
    caught: set[int] = set()
    while len(_catch_up(engine, build, caught, failed)) > FEW:
        build.settle()
        _give_sign(entry, entry.records)
    build.ready()
    with _exclusively(engine), transaction.atomic():
        if not IndexBuild.objects.running(engine.name).select_for_update().filter(pk=entry.pk):
            raise _given_up(entry)
        _catch_up(engine, build, caught, failed)
        build.publish()
        _close(engine, entry, caught)
        _set_aside(engine, failed | build.refused)


def _catch_up(engine: Engine, build: Build, caught: set[int], failed: dict[str, str]) -> list[int]:
    """Bring the new index up to every change that a row asks for; the rows."""
    rows = [
        (pk, (kind, object_id))
        for pk, kind, object_id in OutboxEntry.objects.for_engine(engine.name)
        .order_by("pk")
        .values_list("pk", "kind", "object_id")
        if pk not in caught
    ]
    records = list(dict.fromkeys(record for _pk, record in rows))
    for start in range(0, len(records), STEP):
        version = next_version()
        outcome = build.replace(read_possible_states(records[start : start + STEP], failed), version=version)
        failed |= outcome.refused
    caught.update(pk for pk, _record in rows)
    return [pk for pk, _record in rows]


def _close(engine: Engine, entry: IndexBuild, caught: Iterable[int]) -> None:
    """Rows that the new index holds go, unless a worker has one in hand; the others are to be done again."""
    rows = OutboxEntry.objects.for_engine(engine.name)
    gone = list(caught)
    for start in range(0, len(gone), STEP):
        some = rows.filter(pk__in=gone[start : start + STEP])
        if connection.features.has_select_for_update_skip_locked:
            some = rows.filter(
                pk__in=list(some.select_for_update(skip_locked=True).values_list("pk", flat=True))
            )
        some.delete()
    rows.filter(done_at__isnull=False).update(done_at=None)
    now = timezone.now()
    IndexBuild.objects.filter(pk=entry.pk).update(finished_at=now, seen_at=now, done=entry.records)
    over = IndexBuild.objects.over(engine.name).values_list("pk", flat=True)
    IndexBuild.objects.filter(pk__in=list(over[BUILDS_KEPT:])).delete()


def _set_aside(engine: Engine, failed: dict[str, str]) -> None:
    """Records that could not be indexed wait where failed changes wait, for somebody to look."""
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
    deadline = time.monotonic() + WRITER_TIMEOUT_SECONDS
    while True:
        with suppress(WriterBusy):
            held = engine.exclusive()
            held.__enter__()
            break
        if time.monotonic() > deadline:
            raise WriterBusy(f"{engine.name}: another process has been writing for a minute")
        time.sleep(0.1)
    try:
        yield
    finally:
        held.__exit__(None, None, None)
