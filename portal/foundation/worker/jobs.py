"""The registry of jobs: what the clock does by itself, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management import call_command
from django.utils import timezone

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done every so often, or every day at a time (`at`, in the portal's time zone)."""

    name: str
    run: Callable[[], object]
    every: dt.timedelta
    at: dt.time | None = None

    def next_after(self, now: dt.datetime) -> dt.datetime:
        """Return when the job is due after `now`; whatever was missed before is skipped."""
        if self.at is None:
            return now + self.every
        due_at = timezone.make_aware(dt.datetime.combine(timezone.localdate(now), self.at))
        while due_at <= now:
            due_at += DAY
        return due_at


_jobs: dict[str, Job] = {}


def register_job(
    name: str, run: Callable[[], object], *, every: dt.timedelta = DAY, at: dt.time | None = None
) -> None:
    """Let the clock call `run`; apps call this when they are ready. `at` is for jobs that run once a day.

    Raises ValueError for a time of the day with another interval.
    """
    if at is not None and every != DAY:
        raise ValueError(f"{name}: a time of the day needs an interval of one day")
    _jobs[name] = Job(name, run, every, at)


def register_command_job(command: str, *, every: dt.timedelta = DAY, at: dt.time | None = None) -> None:
    """Let the clock call a command of `manage.py`; the job has its name."""
    register_job(command, lambda: call_command(command, verbosity=0), every=every, at=at)


def jobs() -> list[Job]:
    """Return the registered jobs, in the order of their registration."""
    return list(_jobs.values())
