"""Claims the jobs that are due, by their rows, and runs them: several clocks may run, each job runs once."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterable

from django.db.models import F, Q
from django.utils import timezone

from portal.foundation.models import ClockJob
from portal.foundation.worker.jobs import Job, jobs

logger = logging.getLogger(__name__)

# A clock that has not finished a job by then is taken for dead, and another one may run it.
CLAIM_LIFETIME = dt.timedelta(hours=1)
FIRST_RETRY = dt.timedelta(minutes=1)


def run_due_jobs(
    registered: Iterable[Job] | None = None, *, is_stopping: Callable[[], bool] = lambda: False
) -> list[str]:
    """Run what is due and return the names of the jobs that went well.

    A job without a row has never run and is due at once; one that was missed while no clock ran is run once.
    A job that fails is tried again after a pause that doubles, at the latest when it would be due anyway.
    """
    finished = []
    for job in jobs() if registered is None else registered:
        if is_stopping():
            break
        claim = _claim(job)
        if claim is not None and _run(job, claim):
            finished.append(job.name)
    return finished


def _claim(job: Job) -> uuid.UUID | None:
    """Claim a job that is due; None where it is not, or where another clock has been faster."""
    now = timezone.now()
    due = ClockJob.objects.filter(name=job.name, due_at__lte=now)
    if not due.exists():
        _row, is_new = ClockJob.objects.get_or_create(name=job.name, defaults={"due_at": now})
        if not is_new:
            return None
    claim = uuid.uuid4()
    # One UPDATE, which both databases serialize: its condition holds for one clock only.
    is_free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    claimed_count = due.filter(is_free).update(
        claim=claim, claimed_until=now + CLAIM_LIFETIME, started_at=now
    )
    return claim if claimed_count else None


def _run(job: Job, claim: uuid.UUID) -> bool:
    # A clock whose claim has run out meanwhile no longer writes the row.
    row = ClockJob.objects.filter(name=job.name, claim=claim)
    try:
        job.run()
    except Exception:
        logger.exception("the job %s has failed", job.name)
        failures = row.values_list("failures", flat=True).first() or 0
        now = timezone.now()
        # The exponent is bounded, since a timedelta of 2 ** 40 minutes does not exist.
        retry_at = now + FIRST_RETRY * 2 ** min(failures, 12)
        due_at = min(retry_at, max(job.next_after(now), now + FIRST_RETRY))
        row.update(due_at=due_at, claim=None, claimed_until=None, failures=F("failures") + 1)
        return False
    now = timezone.now()
    row.update(due_at=job.next_after(now), claim=None, claimed_until=None, finished_at=now, failures=0)
    return True
