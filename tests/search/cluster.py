"""A real cluster of three nodes whose nodes are killed and frozen, and what goes on meanwhile."""

from __future__ import annotations

import fcntl
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from elasticsearch import Elasticsearch

from search.answers.searching import search
from search.engines import SearchUnavailable
from search.models import OutboxEntry
from search.query.parsing import SearchQuery
from tests.conftest import ES_STARTER, ROOT

NODES = (1, 2, 3)
FIRST_PORT = 9660
STAFF = frozenset({"all", "staff"})
NONE_DIFFER = {"missing": 0, "stale": 0, "orphaned": 0}


class RealCluster:
    """Of nodes 1, 2, ... in a folder of its own; `wipe` it at the end."""

    def __init__(self, folder: Path, port: int, *, size: int) -> None:
        self.folder = folder
        self.size = size
        self.hosts = tuple(f"http://127.0.0.1:{port + place}" for place in range(size))
        self._environment = os.environ | {
            "ES_TEST_RUN": str(folder),
            "ES_TEST_PORT": str(port),
            "ES_TEST_HEAP": os.environ.get("ES_TEST_HEAP", "512m"),
            "ES_TEST_MAJOR": os.environ.get("ES_TEST_MAJOR", "8"),
        }

    def start(self) -> None:
        """Those that do not run; back when the cluster is green."""
        self._starter("start", str(self.size))

    @contextmanager
    def starting(self) -> Iterator[None]:
        """The same, where the starter itself cannot see whether the cluster is green."""
        starter = subprocess.Popen(
            [str(ES_STARTER), "start", str(self.size)],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            starter.kill()
            starter.wait()

    def stop(self) -> None:
        self._starter("stop")

    def kill(self, *nodes: int) -> None:
        for node in nodes:
            self._starter("kill", str(node))

    def master(self) -> int:
        """Which node leads."""
        with Elasticsearch(list(self.hosts)) as client:
            return int(client.cat.master(format="json")[0]["node"].removeprefix("n"))

    @contextmanager
    def frozen(self, node: int) -> Iterator[None]:
        """The node keeps its connections and answers nothing."""
        pid = int((self.folder / f"n{node}" / "pid").read_text())
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def wipe(self) -> None:
        self._starter("wipe")

    def _starter(self, *arguments: str) -> None:
        done = subprocess.run(
            [str(ES_STARTER), *arguments], env=self._environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def real_cluster(*, size: int = len(NODES)) -> Iterator[RealCluster]:
    """Started and in the end wiped; one at a time on a machine, whatever runs the tests."""
    with (Path(tempfile.gettempdir()) / "tongtang-cluster.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in Path(tempfile.gettempdir()).glob("tongtang-cluster-*/"):  # by tests that were killed
            RealCluster(left, FIRST_PORT, size=size).wipe()
        cluster = RealCluster(Path(tempfile.mkdtemp(prefix="tongtang-cluster-")), _free_ports(), size=size)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.wipe()


def _free_ports() -> int:
    """The first of three for searches; their nodes talk to each other on ports a hundred higher."""
    for port in range(FIRST_PORT, FIRST_PORT + 90, 10):
        if all(_is_free(port + place + more) for place in range(len(NODES)) for more in (0, 100)):
            return port
    raise AssertionError("no free ports for three nodes")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


class Worker:
    """`manage.py index_worker` in a process of its own, on the database of the tests."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.log = folder / f"worker-{time.monotonic_ns()}.log"
        self._environment = os.environ | worker_environment() | environment

    def __enter__(self) -> Worker:
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "index_worker"],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=self.log.open("w"),
        )
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None


def database_url() -> str:
    """Of the PostgreSQL database that the tests run on."""
    database = connection.settings_dict
    account = quote(database["USER"]) + (f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else "")
    return f"postgres://{account}@{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}/{database['NAME']}"


def worker_environment() -> dict[str, str]:
    elastic = settings.SEARCH_ELASTICSEARCH
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
        "TONGTANG_DATABASE_URL": database_url(),
        "TONGTANG_DATA_DIR": str(Path(settings.SEARCH_INDEX_DIR).parent),
        "TONGTANG_SEARCH_ENGINES": ",".join(settings.SEARCH_ENGINES),
        "TONGTANG_ELASTICSEARCH_URL": ",".join(elastic["hosts"]),
        "TONGTANG_ELASTICSEARCH_PREFIX": elastic["prefix"],
        "TONGTANG_ELASTICSEARCH_REPLICAS": str(elastic["replicas"]),
        "TONGTANG_ELASTICSEARCH_TIMEOUT": str(elastic["timeout"]),
    }


class Searchers:
    """Threads that search all the time for what is always there, `total` of it."""

    def __init__(self, text: str, total: int, *, threads: int = 4) -> None:
        self._query = SearchQuery(text=text)
        self._total = total
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._search) for _number in range(threads)]
        self.answers = 0
        self.unavailable = 0
        self.wrong: list[str] = []
        self.longest_wait = 0.0
        self.longest_outage = 0.0

    def __enter__(self) -> Searchers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(60)

    def were_answered(self, *, longest_outage: float) -> None:
        """All the time but for so many seconds, and never wrongly."""
        assert self.wrong == [], self
        assert self.answers > 20 and self.longest_outage < longest_outage, self

    def _search(self) -> None:
        answered_at = time.monotonic()
        try:
            while not self._stopping.is_set():
                asked_at = time.monotonic()
                if self._once():
                    answered_at = time.monotonic()
                self.longest_wait = max(self.longest_wait, time.monotonic() - asked_at)
                self.longest_outage = max(self.longest_outage, time.monotonic() - answered_at)
        finally:
            connections.close_all()

    def _once(self) -> bool:
        try:
            found = search(self._query, STAFF)
        except SearchUnavailable:
            self.unavailable += 1
            time.sleep(0.05)
            return False
        except Exception as error:
            self.wrong.append(repr(error))
            return False
        if found.total != self._total or len(found.hits) != min(self._total, 10):
            self.wrong.append(f"{found.total} of {self._total} by {found.engine}")
        self.answers += 1
        return True

    def __str__(self) -> str:
        return (
            f"{self.answers} answers, {self.unavailable} unavailable, {len(self.wrong)} wrong,"
            f" longest wait {self.longest_wait:.1f} s, longest outage {self.longest_outage:.1f} s"
        )


def checked(name: str) -> dict[str, int]:
    """What `search_check` says of an engine, less how many documents it looked at."""
    said = io.StringIO()
    with suppress(SystemExit):
        call_command("search_check", "--engine", name, "--json", stdout=said)
    [line] = said.getvalue().splitlines()
    result = json.loads(line)
    assert (result.pop("engine"), result.pop("checked") > 0) == (name, True)
    return result


def nothing_waits() -> bool:
    return not OutboxEntry.objects.waiting().exists()
