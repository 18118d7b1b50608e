"""Tasks that a worker of a test runs."""

from __future__ import annotations

import os
import signal

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
