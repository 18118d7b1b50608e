"""The worker of django-tasks-db, which a locked database or a failing task does not end."""

from __future__ import annotations

import logging
import signal
import time
from typing import Any

from django.db import connections
from django_tasks_db.management.commands import db_worker

from portal.foundation.worker.heartbeats import beat, beating
from portal.foundation.worker.interrupted_tasks import requeue_interrupted

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.5
MAX_PAUSE_SECONDS = 30.0
# Without an error for so long the pause begins anew.
HEALTHY_SECONDS = 60.0
# Whoever waits for --batch to end is told sooner or later that it cannot.
MAX_BATCH_FAILURES = 5


class Command(db_worker.Command):
    """Takes the place of the package's command, since this app stands before it in INSTALLED_APPS.

    The package's worker dies where SQLite is locked when it begins a transaction, and where it cannot write down how
    a task ended. Here it starts again, and what it left as running goes back into the queue:
    by the worker itself, or by the clock once the worker is no longer alive.
    """

    help = "Runs tasks such as exports. --batch ends when nothing is left."

    def handle(self, **options: Any) -> None:
        with beating(options["worker_id"]):
            self._work(**options)

    def _work(self, **options: Any) -> None:
        pause, failures = FIRST_PAUSE_SECONDS, 0
        while True:
            started_at = time.monotonic()
            try:
                beat(options["worker_id"])
                requeue_interrupted(options["worker_id"])
                super().handle(**options)
                return
            except Exception as error:
                if _is_told_to_stop():
                    return
                failures += 1
                if options["batch"] and failures >= MAX_BATCH_FAILURES:
                    raise
                if time.monotonic() - started_at >= HEALTHY_SECONDS:
                    pause = FIRST_PAUSE_SECONDS
                logger.warning("tasks wait for %g s: %s: %s", pause, type(error).__name__, error)
                # The next look opens the database anew.
                connections.close_all()
                time.sleep(pause)
                pause = min(pause * 2, MAX_PAUSE_SECONDS)


def _is_told_to_stop() -> bool:
    """Return whether SIGTERM came while the package's worker had a task whose end it then could not write down.

    That worker notes the signal and stops after the task; the next one would know nothing of it.
    """
    worker = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return isinstance(worker, db_worker.Worker) and not worker.running
