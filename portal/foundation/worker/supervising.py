"""Starts one process for each duty, and starts again what died."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from types import FrameType
from uuid import uuid4

from portal.foundation.worker.duties import Duty
from portal.settings.env import BASE_DIR

POLL_SECONDS = 0.2
FIRST_PAUSE_SECONDS = 1.0
MAX_PAUSE_SECONDS = 60.0
# A process that ran so long is well: the pause before its next start begins anew.
HEALTHY_SECONDS = 60.0
# How long the processes may finish what they do after SIGTERM. Container engine and systemd must wait longer.
GRACE_SECONDS = 45.0
# prctl(2): the signal that a process gets when its parent dies, even by SIGKILL.
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class _Child:
    """A duty, its process while there is one, and when to start the next, by the monotonic clock."""

    duty: Duty
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    # The same for each process of the duty: by it the next one recognises what the last one left unfinished.
    worker_id: str = field(default_factory=lambda: uuid4().hex)


class Supervisor:
    """Keeps one process running for each duty until it is told to stop.

    It reads no database itself, so that nothing there can end it.
    """

    def __init__(self, duties: Collection[Duty], *, verbosity: int, write: Callable[[str], object]) -> None:
        self._children = [_Child(duty) for duty in duties]
        self._verbosity = verbosity
        self._write = write
        self._is_stopping = False

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            while not self._is_stopping:
                for child in self._children:
                    self._watch(child)
                time.sleep(POLL_SECONDS)
        finally:
            self._end_all()

    def _watch(self, child: _Child) -> None:
        """Start the process of a duty if there is none and its pause is over; note that one has died."""
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_at:
                self._start(child)
            return
        status = child.process.poll()
        if status is None:
            return
        if now - child.started_at >= HEALTHY_SECONDS:
            child.pause = FIRST_PAUSE_SECONDS
        self._write(f"{child.duty.name}: ended with status {status}; again in {child.pause:g} s")
        child.process = None
        child.start_at = now + child.pause
        child.pause = min(child.pause * 2, MAX_PAUSE_SECONDS)

    def _start(self, child: _Child) -> None:
        arguments = [argument.format(worker_id=child.worker_id) for argument in child.duty.arguments]
        command = [sys.executable, str(BASE_DIR / "manage.py"), child.duty.command, *arguments]
        child.process = subprocess.Popen(
            [*command, "--verbosity", str(self._verbosity)], preexec_fn=_end_with_parent
        )
        child.started_at = time.monotonic()
        self._write(f"{child.duty.name}: started as process {child.process.pid}")

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._is_stopping = True

    def _end_all(self) -> None:
        """Ask all processes to end, and kill those that have not done so within `GRACE_SECONDS`."""
        processes = [child.process for child in self._children if child.process is not None]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _end_with_parent() -> None:
    """Let the new process get SIGTERM if the supervisor is killed; nothing elsewhere than on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
