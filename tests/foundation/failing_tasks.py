"""Tasks that a worker of a test runs."""

from __future__ import annotations

import os
import signal
import sqlite3
from threading import Event

from django.conf import settings
from django.db import connection

try:
    from django.tasks import task
except ImportError:
    from django_tasks import task


@task()
def fail() -> None:
    raise SystemExit("a task that fails")


@task()
def kill_worker() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@task()
def succeed() -> str:
    return "done"


@task()
def wait_until_killed() -> None:
    """Run for so long that the test kills the worker meanwhile."""
    Event().wait(60)


@task()
def stop_worker_with_the_database_locked() -> None:
    """Let SIGTERM come, and then be unable to write down how the task ended."""
    locked = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None, timeout=30)
    locked.execute("BEGIN EXCLUSIVE")
    # The lock outlives this function, and ends with the process.
    held.append(locked)
    with connection.cursor() as cursor:
        # So that the worker gives up at once what it tries six times, for 20 s each.
        cursor.execute("PRAGMA busy_timeout = 50")
    os.kill(os.getpid(), signal.SIGTERM)


held: list[sqlite3.Connection] = []
