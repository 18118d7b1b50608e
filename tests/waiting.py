"""Waiting for what must come true, instead of sleeping for a while and hoping that it has."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connections

POLL_SECONDS = 0.02


def wait_until(is_true: Callable[[], bool], *, seconds: float = 120.0) -> float:
    """Poll a condition until it holds; return after how many seconds, and fail after `seconds`."""
    started = time.monotonic()
    while not is_true():
        assert time.monotonic() - started < seconds, "this did not come true in time"
        time.sleep(POLL_SECONDS)
    return time.monotonic() - started


class WorkerThread(threading.Thread):
    """A thread with database connections of its own; `join` returns its result, or raises what was raised in it."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._act = act
        self.error: BaseException | None = None
        self.result: object = None
        self.start()

    def run(self) -> None:
        try:
            self.result = self._act()
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()

    def join(self, timeout: float | None = 60.0) -> object:
        super().join(timeout)
        assert not self.is_alive(), "the thread has not ended in time"
        if self.error:
            raise self.error
        return self.result


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run all acts at the same moment, each in a thread; return their results in the same order."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        barrier.wait(60)
        return act()

    threads = [WorkerThread(lambda act=act: run(act)) for act in acts]
    return [thread.join() for thread in threads]
