"""The queue between records and indexes: written with the change, drained by the worker."""

import datetime as dt
import logging
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from search.documents.base import Replacement
from search.documents.registry import SOURCES, replacements
from search.engines.base import Engine, SearchUnavailable, WriterBusy
from search.engines.configured import engine_names
from search.models import OutboxEntry

logger = logging.getLogger(__name__)

BATCH = 500
MAX_ATTEMPTS = 8
LONGEST_WAIT = dt.timedelta(minutes=10)
OUTAGES = (SearchUnavailable, WriterBusy, OSError)
"""Errors of the engine, not of a record: everything waits, nothing is set aside."""

Record = tuple[str, int]


@transaction.atomic
def enqueue(kind: str, ids: Iterable[int]) -> None:
    """To be called inside the transaction of the change; one row for each record and engine."""
    now = timezone.now()
    OutboxEntry.objects.bulk_create(
        (
            OutboxEntry(engine=name, kind=kind, object_id=pk, created_at=now, not_before=now)
            for pk in dict.fromkeys(ids)
            for name in engine_names()
        ),
        batch_size=1000,
    )


def drain(engine: Engine, *, limit: int = BATCH) -> int:
    """Bring the engine up to the present state of the records that wait first; the number of records done.

    A row is removed only after the index holds what it asked for: a crash in between repeats work and loses
    none. Raises WriterBusy, SearchUnavailable or OSError where the engine cannot be written now.
    """
    waiting = OutboxEntry.objects.for_engine(engine.name)
    if not waiting.ready().exists():
        return 0
    with engine.exclusive():
        first = list(waiting.ready().values_list("kind", "object_id")[:limit])
        records = list(dict.fromkeys(first))
        rows = _rows_of(engine, records)
        done = _index(engine, records)
        _remove(pk for record in done for pk in rows.get(record, ()))
        return len(done)


def _rows_of(engine: Engine, records: Sequence[Record]) -> dict[Record, list[int]]:
    """Rows that exist before the records are read: what they asked for is in the state that is read now."""
    found: dict[Record, list[int]] = {}
    for kind in {kind for kind, _pk in records}:
        ids = [pk for name, pk in records if name == kind]
        rows = OutboxEntry.objects.for_engine(engine.name).filter(kind=kind, object_id__in=ids)
        for pk, object_id in rows.values_list("pk", "object_id"):
            found.setdefault((kind, object_id), []).append(pk)
    return found


def _index(engine: Engine, records: Sequence[Record]) -> list[Record]:
    try:
        engine.apply(_present_state(records))
        return list(records)
    except OUTAGES:
        raise
    except Exception as error:
        if len(records) == 1:
            _postpone(engine, records[0], error)
            return []
        return [done for record in records for done in _index(engine, [record])]


def _present_state(records: Sequence[Record]) -> list[Replacement]:
    made: list[Replacement] = []
    for kind in SOURCES:
        if ids := [pk for name, pk in records if name == kind]:
            made += replacements(kind, ids)
    return made


def _postpone(engine: Engine, record: Record, error: Exception) -> None:
    """Wait twice as long after each failure; set aside after the last. The message may quote nothing."""
    logger.warning("%s cannot index %s:%s: %s", engine.name, *record, type(error).__name__)
    now = timezone.now()
    kind, object_id = record
    for row in OutboxEntry.objects.for_engine(engine.name).ready(now).filter(kind=kind, object_id=object_id):
        row.attempts += 1
        row.last_error = type(error).__name__
        row.not_before = now + min(dt.timedelta(seconds=2**row.attempts), LONGEST_WAIT)
        row.parked_at = now if row.attempts >= MAX_ATTEMPTS else None
        row.save(update_fields=["attempts", "last_error", "not_before", "parked_at"])


def retry_parked(*, engine_name: str = "") -> int:
    """Give rows that were set aside another round of attempts."""
    rows = OutboxEntry.objects.parked()
    if engine_name:
        rows = rows.for_engine(engine_name)
    return rows.update(parked_at=None, attempts=0, not_before=timezone.now())


def _remove(ids: Iterable[int]) -> None:
    gone = list(ids)
    for start in range(0, len(gone), BATCH):
        OutboxEntry.objects.filter(pk__in=gone[start : start + BATCH]).delete()
