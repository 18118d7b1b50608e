"""The queue between records and indexes: rows are written with the change and drained by any number of workers.

No older state follows a newer one, because a worker first sees a row (so the change is committed), then takes a version,
then reads the record. Whoever takes a greater version reads the record later. An engine that knows versions refuses
smaller ones afterwards; one that does not has a single writer. A row is removed only after the index holds a state that
was read after the row was seen; a refused write leaves its row for another attempt.
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
from search.indexing.states import DATABASE_ERRORS, Record, read_states, source_of
from search.models import IndexBuild, IndexVersion, OutboxEntry
from search.models.outbox import OutboxQuerySet
from search.rules import can_retry_indexing

logger = logging.getLogger(__name__)

BATCH_SIZE = 500
MAX_ATTEMPTS = 8
MAX_RETRY_DELAY = dt.timedelta(minutes=10)
# Errors of the engine or the database, not of a record: all rows wait, none is parked.
OUTAGES = (SearchUnavailable, WriterBusy, OSError, *DATABASE_ERRORS)
# Versions are rows of a table, of which only the number matters: each thousandth removes those before it.
VERSIONS_PER_CLEANUP = 1_000
OVERTAKEN_DELAY = dt.timedelta(seconds=1)
# How long to wait for another writer without any progress.
WRITER_TIMEOUT_SECONDS = 60.0
POLL_SECONDS = 0.05


@transaction.atomic
def enqueue(kind: str, ids: Iterable[int], *, engines: Sequence[str] | None = None) -> None:
    """Write one row for each record and engine, all configured ones by default.

    Call it inside the transaction of the change, so that there is a row if and only if there is a change.
    """
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
    """Return a version greater than all earlier ones. Take it before reading the records."""
    version = IndexVersion.objects.create().pk
    if version % VERSIONS_PER_CLEANUP == 0:
        IndexVersion.objects.filter(pk__lt=version).delete()
    return version


@dataclass(frozen=True, slots=True)
class _Claim:
    """Records that this worker brings up to date, their rows, and the builds that had finished when they were claimed."""

    records: list[Record]
    rows: dict[Record, list[int]]
    finished_builds: frozenset[int]


def drain(engine: Engine, *, limit: int = BATCH_SIZE) -> int:
    """Index the current states of the records that have waited longest; return the number of records indexed.

    Raises WriterBusy, SearchUnavailable or OSError if the engine cannot be written now.
    """
    if not OutboxEntry.objects.for_engine(engine.name).ready().exists():
        return 0
    with engine.exclusive(), _row_locks():
        claim = _claim(engine, limit)
        if not claim.records:
            return 0
        indexed = _index(engine, claim.records, claim.rows)
        _settle(engine, [pk for record in indexed for pk in claim.rows[record]], claim.finished_builds)
        return len(indexed)


def drain_all(engine: Engine, *, timeout: float = WRITER_TIMEOUT_SECONDS) -> None:
    """Drain until no row is ready.

    While another worker writes, wait up to `timeout` seconds without progress; then raise WriterBusy, or return if the
    other worker has the rows in hand.
    """
    deadline = time.monotonic() + timeout
    while OutboxEntry.objects.for_engine(engine.name).ready().exists():
        try:
            count = drain(engine)
        except WriterBusy:
            if time.monotonic() > deadline:
                raise
            count = 0
        if count:
            deadline = time.monotonic() + timeout
        elif time.monotonic() > deadline:
            return
        else:
            time.sleep(POLL_SECONDS)


def _row_locks() -> AbstractContextManager[object]:
    """Keep the locks of claimed rows until they are settled; SQLite would lock the whole database, so not there."""
    return transaction.atomic() if connection.features.has_select_for_update_skip_locked else nullcontext()


def _claim(engine: Engine, limit: int) -> _Claim:
    """Claim rows that no other worker holds. The states are read after this, so they include every change claimed."""
    entries = OutboxEntry.objects.for_engine(engine.name)
    ready = _locked(entries.ready())[:limit]
    records = list(dict.fromkeys((kind, pk) for _row, kind, pk in ready))
    rows: dict[Record, list[int]] = {}
    for kind in {kind for kind, _pk in records}:
        ids = [pk for name, pk in records if name == kind]
        # All rows of these records, also those behind the limit: one state answers all of them.
        for row, _kind, object_id in _locked(entries.waiting().filter(kind=kind, object_id__in=ids)):
            rows.setdefault((kind, object_id), []).append(row)
    finished = IndexBuild.objects.finished(engine.name).values_list("pk", flat=True)
    return _Claim([record for record in records if record in rows], rows, frozenset(finished))


def _locked(rows: OutboxQuerySet) -> QuerySet[OutboxEntry, tuple[int, str, int]]:
    """Lock rows, passing over those that another worker has locked; (primary key, kind, id of the record)."""
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.values_list("pk", "kind", "object_id")


def _index(engine: Engine, records: Sequence[Record], rows: dict[Record, list[int]]) -> list[Record]:
    """Index records; return those that the index holds now. If a batch fails, its records are tried one by one."""
    try:
        version = next_version()
        outcome = engine.apply(read_states(records), version=version)
    except OUTAGES:
        raise
    except Exception as error:
        if len(records) == 1:
            _postpone(engine, records[0], rows[records[0]], type(error).__name__)
            return []
        return [indexed for record in records for indexed in _index(engine, [record], rows)]
    records_by_source = {source_of(record): record for record in records}
    for source, reason in outcome.refused.items():
        record = records_by_source[source]
        _postpone(engine, record, rows[record], reason)
    overtaken = outcome.overtaken - outcome.refused.keys()
    _put_off([pk for source in overtaken for pk in rows[records_by_source[source]]])
    not_indexed = overtaken | outcome.refused.keys()
    return [record for source, record in records_by_source.items() if source not in not_indexed]


def _put_off(rows: Sequence[int]) -> None:
    """Make rows that a later state has overtaken wait a moment, so that others come first."""
    OutboxEntry.objects.filter(pk__in=rows).update(not_before=timezone.now() + OVERTAKEN_DELAY)


def _postpone(engine: Engine, record: Record, rows: Sequence[int], reason: str) -> None:
    """Make rows wait twice as long after each failure, and park them after the last.

    `reason` is the name of an error: its message might quote a record.
    """
    logger.warning("%s cannot index %s:%s: %s", engine.name, *record, reason)
    now = timezone.now()
    for row in OutboxEntry.objects.filter(pk__in=rows):
        row.attempts += 1
        row.last_error = reason[:200]
        row.not_before = now + min(dt.timedelta(seconds=2**row.attempts), MAX_RETRY_DELAY)
        row.parked_at = now if row.attempts >= MAX_ATTEMPTS else None
        row.save(update_fields=["attempts", "last_error", "not_before", "parked_at"])


@transaction.atomic
def _settle(engine: Engine, rows: Sequence[int], finished_builds: frozenset[int]) -> None:
    """Remove rows whose records are indexed; mark them done while an index is being built, which may lack the change.

    If a build was published since the rows were claimed, they stay as they are, because it is not known which of the
    two indexes was written.
    """
    # This lock on the running build comes first, as in `rebuilding._finish`: no build is published between the checks.
    running = IndexBuild.objects.running(engine.name).select_for_update().exists()
    if not finished_builds.issuperset(IndexBuild.objects.finished(engine.name).values_list("pk", flat=True)):
        return
    for start in range(0, len(rows), BATCH_SIZE):
        batch = OutboxEntry.objects.filter(pk__in=rows[start : start + BATCH_SIZE])
        if running:
            batch.update(done_at=timezone.now())
        else:
            batch.delete()


@transaction.atomic
def retry_parked(*, actor: User, engine_name: str = "", row: int | None = None) -> int:
    """Give parked rows another round of attempts; return their number.

    Takes one row, the rows of one engine, or all. Raises PermissionDenied unless the actor may do so.
    """
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
