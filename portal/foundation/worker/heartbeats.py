"""The signs of life by which workers of tasks are told from those that died."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection
from django.utils import timezone

from portal.foundation.models import TaskWorker

logger = logging.getLogger(__name__)

BEAT_SECONDS = 20.0
# A worker that was not seen for so long is dead. A locked database may swallow several beats.
MAX_SILENCE = dt.timedelta(minutes=3)


def beat(worker_id: str) -> None:
    """Write down that a worker is alive."""
    TaskWorker.objects.update_or_create(worker_id=worker_id, defaults={"seen_at": timezone.now()})


@contextmanager
def beating(worker_id: str) -> Iterator[None]:
    """Let a thread beat while a worker works; afterwards the worker is known to have ended."""
    has_ended = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(worker_id, has_ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        has_ended.set()
        _forget(worker_id)


def alive_workers() -> set[str]:
    """Return the ids of workers that were seen lately."""
    alive = TaskWorker.objects.filter(seen_at__gte=timezone.now() - MAX_SILENCE)
    return set(alive.values_list("worker_id", flat=True))


def delete_silent_workers() -> int:
    """Delete the rows of workers that died without a word; return how many there were."""
    return TaskWorker.objects.filter(seen_at__lt=timezone.now() - MAX_SILENCE).delete()[0]


def _beat_until(worker_id: str, has_ended: threading.Event) -> None:
    while not has_ended.wait(BEAT_SECONDS):
        try:
            beat(worker_id)
        except DatabaseError as error:
            # The next beat opens the database anew.
            logger.warning("a sign of life could not be written: %s", type(error).__name__)
        finally:
            connection.close()


def _forget(worker_id: str) -> None:
    try:
        TaskWorker.objects.filter(worker_id=worker_id).delete()
    except DatabaseError:
        # Its silence tells the same, later.
        logger.debug("the end of a worker could not be written")
