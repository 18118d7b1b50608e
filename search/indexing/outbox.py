"""The queue between records and indexes: written with the change, drained by any number of workers.

Why no older state follows a newer one: a worker first sees a row (so the change is committed), then takes a version,
then reads the record. Whoever takes a greater version later reads the record later, and an engine that knows versions
refuses the smaller one afterwards; one that does not is held by a single writer. A row goes only after the index holds
a state that was read after the row was seen; a refused write leaves its row for another try.
"""

import datetime as dt
import logging
import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log

from portal.org.models import User
from search.engines.base import Engine, SearchUnavailable, WriterBusy
from search.engines.configured import engine_names
from search.indexing.states import DATABASE_AWAY, Record, read_states, source_of
from search.models import IndexBuild, IndexVersion, OutboxEntry
from search.models.outbox import OutboxQuerySet
from search.rules import can_retry_indexing

logger = logging.getLogger(__name__)

BATCH = 500
MAX_ATTEMPTS = 8
LONGEST_WAIT = dt.timedelta(minutes=10)
# Errors of the engine or the database, not of a record: everything waits, nothing is set aside.
OUTAGES = (SearchUnavailable, WriterBusy, OSError, *DATABASE_AWAY)
KEEP_VERSIONS = 1_000
MOMENT = dt.timedelta(seconds=1)
WRITER_TIMEOUT_SECONDS = 60.0
PAUSE = 0.05


@transaction.atomic
def enqueue(kind: str, ids: Iterable[int], *, engines: Sequence[str] | None = None) -> None:
    """To be called inside the transaction of the change; one row for each record and engine (all that are configured)."""
    now = timezone.now()
    names = engine_names() if engines is None else engines
    OutboxEntry.objects.bulk_create(
        (
            OutboxEntry(engine=name, kind=kind, object_id=pk, created_at=now, not_before=now)
            for pk in dict.fromkeys(ids)
            for name in names
        ),
        batch_size=1000,
    )


def next_version() -> int:
    """Greater than every version taken before; to be taken before records are read."""
    version = IndexVersion.objects.create().pk
    if version % KEEP_VERSIONS == 0:
        IndexVersion.objects.filter(pk__lt=version).delete()
    return version


@dataclass(frozen=True, slots=True)
class _Claim:
    """Records that this worker brings up to date, the rows that asked for it, and the builds over by then."""

    records: list[Record]
    rows: dict[Record, list[int]]
    builds: frozenset[int]


def drain(engine: Engine, *, limit: int = BATCH) -> int:
    """Bring the engine up to the present state of the records that wait first; the number of records done.

    Raises WriterBusy, SearchUnavailable or OSError where the engine cannot be written now.
    """
    if not OutboxEntry.objects.for_engine(engine.name).ready().exists():
        return 0
    with engine.exclusive(), _holding_rows():
        claim = _claim(engine, limit)
        if not claim.records:
            return 0
        done = _index(engine, claim.records, claim.rows)
        _settle(engine, [pk for record in done for pk in claim.rows[record]], claim.builds)
        return len(done)


def drain_all(engine: Engine, *, timeout: float = WRITER_TIMEOUT_SECONDS) -> None:
    """Until nothing is ready. Another worker that is writing is waited for, for so many seconds without progress."""
    deadline = time.monotonic() + timeout
    while OutboxEntry.objects.for_engine(engine.name).ready().exists():
        try:
            done = drain(engine)
        except WriterBusy:
            if time.monotonic() > deadline:
                raise
            done = 0
        if done:
            deadline = time.monotonic() + timeout
        elif time.monotonic() > deadline:
            return
        else:
            time.sleep(PAUSE)


def _holding_rows() -> AbstractContextManager[object]:
    """Claimed rows are locked until they are settled; SQLite, which locks everything, is left alone meanwhile."""
    return transaction.atomic() if connection.features.has_select_for_update_skip_locked else nullcontext()


def _claim(engine: Engine, limit: int) -> _Claim:
    """Rows that no other worker holds. What they asked for is in the state that is read after this."""
    waiting = OutboxEntry.objects.for_engine(engine.name)
    first = _held(waiting.ready())[:limit]
    records = list(dict.fromkeys((kind, pk) for _row, kind, pk in first))
    rows: dict[Record, list[int]] = {}
    for kind in {kind for kind, _pk in records}:
        ids = [pk for name, pk in records if name == kind]
        every = _held(waiting.waiting().filter(kind=kind, object_id__in=ids))
        for row, _kind, object_id in every:
            rows.setdefault((kind, object_id), []).append(row)
    builds = IndexBuild.objects.over(engine.name).values_list("pk", flat=True)
    return _Claim([record for record in records if record in rows], rows, frozenset(builds))


def _held(rows: OutboxQuerySet) -> QuerySet[OutboxEntry, tuple[int, str, int]]:
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.values_list("pk", "kind", "object_id")


def _index(engine: Engine, records: Sequence[Record], rows: dict[Record, list[int]]) -> list[Record]:
    """The records that the index holds now. What cannot be indexed is found out one by one."""
    try:
        version = next_version()
        outcome = engine.apply(read_states(records), version=version)
    except OUTAGES:
        raise
    except Exception as error:
        if len(records) == 1:
            _postpone(engine, records[0], rows[records[0]], type(error).__name__)
            return []
        return [done for record in records for done in _index(engine, [record], rows)]
    sources = {source_of(record): record for record in records}
    for source, reason in outcome.refused.items():
        record = sources[source]
        _postpone(engine, record, rows[record], reason)
    overtaken = outcome.overtaken - outcome.refused.keys()
    _let_others_pass([pk for source in overtaken for pk in rows[sources[source]]])
    left = overtaken | outcome.refused.keys()
    return [record for source, record in sources.items() if source not in left]


def _let_others_pass(rows: Sequence[int]) -> None:
    """Rows that a later state has overtaken are looked at again, behind those that wait meanwhile."""
    OutboxEntry.objects.filter(pk__in=rows).update(not_before=timezone.now() + MOMENT)


def _postpone(engine: Engine, record: Record, rows: Sequence[int], reason: str) -> None:
    """Wait twice as long after each failure; set aside after the last. The reason may quote nothing."""
    logger.warning("%s cannot index %s:%s: %s", engine.name, *record, reason)
    now = timezone.now()
    for row in OutboxEntry.objects.filter(pk__in=rows):
        row.attempts += 1
        row.last_error = reason[:200]
        row.not_before = now + min(dt.timedelta(seconds=2**row.attempts), LONGEST_WAIT)
        row.parked_at = now if row.attempts >= MAX_ATTEMPTS else None
        row.save(update_fields=["attempts", "last_error", "not_before", "parked_at"])


@transaction.atomic
def _settle(engine: Engine, rows: Sequence[int], builds: frozenset[int]) -> None:
    """Remove rows that are done; keep them for an index that is being built, which may have read before.

    Where a build was published since the rows were claimed, they stay as they are: it is not known which of the two
    indexes was written.
    """
    running = IndexBuild.objects.running(engine.name).select_for_update().exists()
    if not builds.issuperset(IndexBuild.objects.over(engine.name).values_list("pk", flat=True)):
        return
    for start in range(0, len(rows), BATCH):
        some = OutboxEntry.objects.filter(pk__in=rows[start : start + BATCH])
        if running:
            some.update(done_at=timezone.now())
        else:
            some.delete()


@transaction.atomic
def retry_parked(*, actor: User, engine_name: str = "", row: int | None = None) -> int:
    """Give rows that were set aside another round of attempts: one, those of an engine, or all; how many."""
    if not can_retry_indexing(actor):
        raise PermissionDenied
    rows = OutboxEntry.objects.parked()
    if engine_name:
        rows = rows.for_engine(engine_name)
    if row is not None:
        rows = rows.filter(pk=row)
    first = rows.first()
    if first is None:
        return 0
    count = rows.update(parked_at=None, attempts=0, not_before=timezone.now())
    log(first, "search.retry", user=actor, data={"engine": engine_name or first.engine, "rows": count})
    return count
