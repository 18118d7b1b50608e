"""Tasks whose worker died, or could not write down how they ended."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.foundation.worker.heartbeats import alive_workers, delete_silent_workers

# A task that has ended its worker so often is given up.
MAX_STARTS = 3
# A task that has been running for so long will not end: its worker hangs.
MAX_RUNNING = dt.timedelta(hours=6)


class TaskInterruptedError(Exception):
    """The worker of a task died before it had finished."""


def requeue_interrupted(worker_id: str) -> int:
    """Put back into the queue what a worker of this id left running; return how many tasks that were.

    A task that was begun `MAX_STARTS` times is marked as failed.
    """
    interrupted = [result for result in DBTaskResult.objects.running() if worker_id in result.worker_ids[-1:]]
    for result in interrupted:
        if len(result.worker_ids) >= MAX_STARTS:
            result.set_failed(TaskInterruptedError())
        else:
            DBTaskResult.objects.running().filter(pk=result.pk).update(status="READY", started_at=None)
    return len(interrupted)


def requeue_lost_tasks() -> int:
    """Put back into the queue what workers that are no longer alive left running; return how many tasks that were.

    Whatever killed a worker and its supervisor, another worker goes on within minutes.
    """
    last_workers = {
        worker_id for result in DBTaskResult.objects.running() for worker_id in result.worker_ids[-1:]
    }
    count = sum(requeue_interrupted(worker_id) for worker_id in last_workers - alive_workers())
    delete_silent_workers()
    return count


def fail_lost_tasks() -> int:
    """Mark as failed what has been running for longer than `MAX_RUNNING`; return how many tasks that were."""
    lost = DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - MAX_RUNNING)
    for result in lost:
        result.set_failed(TaskInterruptedError())
    return len(lost)
