"""`manage.py worker` and its duties, in processes of their own on a real SQLite file."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.db import connection

from portal.foundation.worker.duties import duties
from tests.conftest import ROOT
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif("TONGTANG_TEST_DATABASE_URL" in os.environ, reason="locks an SQLite file")


class Portal:
    """A portal of the demo's settings in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "tongtang.sqlite3"
        self.log = folder / "log"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
            "TONGTANG_DATA_DIR": str(folder),
            "PYTHONUNBUFFERED": "1",
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    def call(self, *arguments: str) -> str:
        options = {"cwd": ROOT, "env": self.environment, "text": True, "check": True}
        return subprocess.run(self.command(*arguments), capture_output=True, **options).stdout

    def enqueue(self, *tasks: str) -> None:
        calls = "; ".join(f"failing_tasks.{task}.enqueue()" for task in tasks)
        self.call("shell", "--no-imports", "-c", f"from tests.foundation import failing_tasks; {calls}")

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen]:
        with self.log.open("w") as log:
            process = subprocess.Popen(
                self.command(*arguments), cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
            try:
                yield process
            finally:
                process.terminate()
                assert process.wait(60) is not None

    def rows(self, statement: str) -> list[tuple]:
        with closing(sqlite3.connect(self.database, timeout=30)) as database:
            return database.execute(statement).fetchall()

    def execute(self, statement: str) -> None:
        with closing(sqlite3.connect(self.database, timeout=30)) as database, database:
            database.execute(statement)

    def statuses(self) -> dict[str, str]:
        rows = self.rows("SELECT task_path, status FROM django_tasks_database_dbtaskresult")
        return {path.rpartition(".")[2]: status for path, status in rows}

    def processes(self, duty: str) -> list[int]:
        """Return the numbers of the processes that the supervisor has started for a duty."""
        return [int(pid) for pid in re.findall(rf"{duty}: started as process (\d+)", self.log.read_text())]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the write lock of the database, as a long transaction of another process does."""
        with closing(sqlite3.connect(self.database, isolation_level=None, timeout=30)) as database:
            database.execute("BEGIN EXCLUSIVE")
            yield
            database.execute("ROLLBACK")


@pytest.fixture
def portal(tmp_path, db) -> Portal:
    portal = Portal(tmp_path)
    with closing(sqlite3.connect(portal.database)) as file:
        connection.connection.backup(file)
        file.execute("PRAGMA journal_mode=WAL")
    return portal


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_supervisor_starts_again_what_died_and_ends_all(portal):
    with portal.running("worker") as supervisor:
        wait_until(lambda: all(portal.processes(duty) for duty in duties()))
        [first] = portal.processes("clock")
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: len(portal.processes("clock")) == 2)
        assert f"clock: ended with status {-signal.SIGKILL}; again in 1 s" in portal.log.read_text()
        os.kill(portal.processes("clock")[-1], signal.SIGKILL)
        wait_until(lambda: len(portal.processes("clock")) == 3)
        assert "again in 2 s" in portal.log.read_text()
        assert supervisor.poll() is None
        pids = [portal.processes(duty)[-1] for duty in duties()]
    assert supervisor.returncode == 0
    assert [pid for pid in pids if is_running(pid)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="prctl")
def test_no_process_outlives_a_killed_supervisor(portal):
    with portal.running("worker", "--duty", "clock") as supervisor:
        wait_until(lambda: portal.processes("clock"))
        supervisor.kill()
        [pid] = portal.processes("clock")
        wait_until(lambda: not is_running(pid))


def test_failing_task_ends_no_worker(portal):
    portal.enqueue("fail", "succeed")
    with portal.running("db_worker", "--interval", "0.1", "--no-startup-delay") as worker:
        wait_until(lambda: portal.statuses() == {"fail": "FAILED", "succeed": "SUCCESSFUL"})
        assert worker.poll() is None


def test_task_that_kills_its_worker_is_given_up(portal):
    portal.enqueue("kill_worker", "succeed")
    with portal.running("worker", "--duty", "tasks"):
        wait_until(lambda: portal.statuses() == {"kill_worker": "FAILED", "succeed": "SUCCESSFUL"})
        assert len(portal.processes("tasks")) == 4
    [(workers,)] = portal.rows(
        "SELECT worker_ids FROM django_tasks_database_dbtaskresult WHERE task_path LIKE '%kill_worker'"
    )
    assert workers.count(",") == 2


@pytest.mark.parametrize("duty", ["index", "tasks", "clock"])
def test_locked_database_ends_no_duty(portal, duty):
    """The lock is held for longer than Django waits for it (20 s)."""
    if duty == "tasks":
        portal.enqueue("succeed")
    registered = duties()[duty]
    arguments = [argument.format(worker_id="w") for argument in registered.arguments]
    with portal.locked(), portal.running(registered.command, *arguments) as worker:
        expected = {"index": "cannot index now", "tasks": "tasks wait for", "clock": "database is locked"}
        wait_until(lambda: expected[duty] in portal.log.read_text() or worker.poll() is not None)
        assert worker.poll() is None
    # The lock above ends after the worker does: start it again to see that it works, and lock it while it runs.
    with portal.running(registered.command, *arguments) as worker:
        with portal.locked():
            time.sleep(1)
        if duty == "tasks":
            wait_until(lambda: portal.statuses() == {"succeed": "SUCCESSFUL"})
        if duty == "clock":
            wait_until(lambda: portal.rows("SELECT 1 FROM foundation_clockjob WHERE finished_at IS NOT NULL"))
        assert worker.poll() is None


def test_worker_ends_on_sigterm_though_the_end_of_its_task_cannot_be_written(portal):
    portal.enqueue("stop_worker_with_the_database_locked")
    with portal.running("db_worker", "--no-startup-delay", "--worker-id", "first") as worker:
        assert worker.wait(60) == 0
    assert portal.statuses() == {"stop_worker_with_the_database_locked": "RUNNING"}


def test_task_of_a_killed_supervisor_is_begun_again_by_another(portal):
    """Neither the supervisor nor its worker could say a word: the clock notices that the worker is no longer alive."""
    portal.enqueue("wait_until_killed")
    with portal.running("worker", "--duty", "tasks") as supervisor:
        wait_until(lambda: portal.statuses() == {"wait_until_killed": "RUNNING"})
        supervisor.kill()
        os.kill(portal.processes("tasks")[-1], signal.SIGKILL)
    portal.call("shell", "--no-imports", "-c", REQUEUE)
    assert portal.statuses() == {"wait_until_killed": "RUNNING"}
    portal.execute("UPDATE foundation_taskworker SET seen_at = datetime('now', '-4 minutes')")
    portal.call("shell", "--no-imports", "-c", REQUEUE)
    assert portal.statuses() == {"wait_until_killed": "READY"}
    assert portal.rows("SELECT * FROM foundation_taskworker") == []


REQUEUE = "from portal.foundation.worker.interrupted_tasks import requeue_lost_tasks; requeue_lost_tasks()"
