"""Measures the real web process over HTTP: the time of pages, and memory."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from django.test import Client

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Server:
    """A running web process; `cookie` holds the session of an analyst who is signed in."""

    port: int
    worker: int
    cookie: str

    def get(self, path: str, **query: str) -> tuple[float, bytes]:
        """Request a page; return the milliseconds and the body."""
        address = f"http://127.0.0.1:{self.port}{path}?{urlencode(query)}"
        request = urllib.request.Request(address, headers={"Cookie": self.cookie})
        started = time.perf_counter()
        with urllib.request.urlopen(request, timeout=60) as answer:
            body = answer.read()
        return (time.perf_counter() - started) * 1000, body

    def memory(self) -> dict[str, float]:
        """Return the megabytes of the worker: anonymous, and mapped from files (the index among them)."""
        lines = Path(f"/proc/{self.worker}/status").read_text().splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith("Rss")}
        return {"anonymous": sizes["RssAnon"], "mapped": sizes["RssFile"]}


@contextmanager
def served() -> Iterator[Server]:
    """Run gunicorn with one process and eight threads, on the database that Django is set up with."""
    port = _free_port()
    log = subprocess.DEVNULL
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--chdir",
        str(ROOT),
        "portal.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    process = subprocess.Popen(
        [*command, "--threads", "8", "--log-level", "error"], env=os.environ, stdout=log, stderr=log
    )
    try:
        _wait_for(port)
        yield Server(port, _child_of(process.pid), _cookie())
    finally:
        process.terminate()
        process.wait(30)


def database_queries(path: str, texts: Sequence[str]) -> list[int]:
    """Return the number of database queries of each page, after a first request has filled the caches."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = _analyst()
    client.get(path, {"q": texts[0]})
    counts = []
    for text in texts:
        with CaptureQueriesContext(connection) as queries:
            client.get(path, {"q": text})
        counts.append(len(queries))
    return counts


def _cookie() -> str:
    from django.conf import settings

    return f"{settings.SESSION_COOKIE_NAME}={_analyst().cookies[settings.SESSION_COOKIE_NAME].value}"


def _analyst() -> "Client":
    from django.test import Client

    from portal.org.models import User

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.filter(groups__name="analyst", is_active=True).first())
    return client


def _free_port() -> int:
    # Port 0 lets the system choose; another process could take it before gunicorn does, but hardly will.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    for _attempt in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5).read()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The portal did not start.")


def _child_of(parent: int) -> int:
    # gunicorn forks one worker, whose memory counts; the parent only watches it.
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(children[0])
