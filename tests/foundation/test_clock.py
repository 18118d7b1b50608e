"""The clock: jobs claimed by row, once each, caught up once, tried again."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from portal.foundation.models import ClockJob
from portal.foundation.worker.clock import CLAIM_LIFETIME, FIRST_RETRY, run_due_jobs
from portal.foundation.worker.jobs import Job, jobs, register_job
from tests.waiting import at_once

HOUR = dt.timedelta(hours=1)
START = dt.datetime(2026, 6, 18, 1, 0, tzinfo=dt.UTC)


class Work:
    """Something to do that counts how often it was done, and fails as long as it is told to."""

    def __init__(self) -> None:
        self.runs = 0
        self.is_failing = False

    def __call__(self) -> None:
        self.runs += 1
        if self.is_failing:
            raise RuntimeError("this job fails")


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.mark.django_db
def test_job_runs_once_in_its_interval(work):
    job = Job("test", work, HOUR)
    with time_machine.travel(START, tick=False) as now:
        assert [run_due_jobs([job]), run_due_jobs([job])] == [["test"], []]
        now.shift(HOUR)
        assert run_due_jobs([job]) == ["test"]
    assert work.runs == 2


@pytest.mark.django_db
def test_missed_job_is_caught_up_once(work):
    job = Job("test", work, HOUR)
    with time_machine.travel(START, tick=False) as now:
        run_due_jobs([job])
        now.shift(50 * HOUR)
        assert [run_due_jobs([job]), run_due_jobs([job])] == [["test"], []]
        now.shift(HOUR)
        assert run_due_jobs([job]) == ["test"]


@pytest.mark.django_db
def test_failing_job_is_tried_again_with_growing_pauses(work):
    job = Job("test", work, dt.timedelta(days=1))
    other = Job("other", Work(), HOUR)
    work.is_failing = True
    with time_machine.travel(START, tick=False) as now:
        assert run_due_jobs([job, other]) == ["other"]
        pauses = []
        for _attempt in range(4):
            row = ClockJob.objects.get(name="test")
            pauses.append(row.due_at - timezone.now())
            now.move_to(row.due_at)
            run_due_jobs([job])
        assert pauses == [FIRST_RETRY * factor for factor in (1, 2, 4, 8)]
        work.is_failing = False
        now.move_to(ClockJob.objects.get(name="test").due_at)
        assert run_due_jobs([job]) == ["test"]
        assert ClockJob.objects.get(name="test").failures == 0


@pytest.mark.django_db
def test_job_of_a_dead_clock_is_taken_over(work):
    with time_machine.travel(START, tick=False) as now:

        def die() -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run_due_jobs([Job("test", die, HOUR)])
        job = Job("test", work, HOUR)
        assert run_due_jobs([job]) == []
        now.shift(CLAIM_LIFETIME)
        assert run_due_jobs([job]) == ["test"]


@pytest.mark.django_db
def test_clock_whose_claim_ran_out_leaves_the_row_alone(work):
    with time_machine.travel(START, tick=False) as now:

        def sleep_over() -> None:
            now.shift(CLAIM_LIFETIME)
            assert run_due_jobs([Job("test", work, HOUR)]) == ["test"]
            now.shift(dt.timedelta(minutes=5))

        run_due_jobs([Job("test", sleep_over, HOUR)])
        assert ClockJob.objects.get(name="test").due_at == START + CLAIM_LIFETIME + HOUR
    assert work.runs == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.postgres
def test_clocks_at_once_run_a_job_once(work):
    job = Job("test", work, HOUR)
    at_once(*[lambda: run_due_jobs([job])] * 6)
    assert work.runs == 1


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (dt.datetime(2026, 6, 18, 3, 29), dt.datetime(2026, 6, 18, 3, 30)),
        (dt.datetime(2026, 6, 18, 3, 30), dt.datetime(2026, 6, 19, 3, 30)),
        (dt.datetime(2026, 12, 31, 23, 0), dt.datetime(2027, 1, 1, 3, 30)),
    ],
)
def test_daily_job_is_due_at_its_time(now, due):
    job = Job("test", Work(), dt.timedelta(days=1), at=dt.time(3, 30))
    zone = ZoneInfo("Asia/Shanghai")
    assert job.next_after(now.replace(tzinfo=zone)) == due.replace(tzinfo=zone)


def test_time_of_day_needs_a_daily_job():
    with pytest.raises(ValueError, match="one day"):
        register_job("test", Work(), every=HOUR, at=dt.time(3, 30))


@pytest.mark.django_db
def test_all_registered_jobs_go_well(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    call_command("clock", "--once")
    rows = {row.name: row for row in ClockJob.objects.all()}
    assert set(rows) == {job.name for job in jobs()} >= {"publish_scheduled", "prune_search_traces"}
    assert [name for name, row in rows.items() if row.failures or row.claim] == []
