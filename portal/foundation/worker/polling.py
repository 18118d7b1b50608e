"""The base of commands that look again and again for what waits, and survive whatever goes wrong meanwhile."""

from __future__ import annotations

import logging
import signal
import time
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

logger = logging.getLogger(__name__)

MAX_PAUSE_SECONDS = 60.0
# How soon a command notices that it is to stop.
STOP_CHECK_SECONDS = 0.1


class PollingCommand(BaseCommand):
    """Calls `work` every `poll_seconds` until SIGTERM or SIGINT; after an error the pauses grow up to a minute."""

    poll_seconds: ClassVar[float] = 1.0

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what waits now, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            self.work()
            return
        self._is_stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        pause = self.poll_seconds
        while not self._is_stopping:
            # As Django does between requests: a connection that the database has closed is opened anew.
            close_old_connections()
            pause = self.poll_seconds if self._work_safely() else min(pause * 2, MAX_PAUSE_SECONDS)
            self._sleep(pause)

    def work(self) -> bool:
        """Do what waits; return False where the pause before the next look should grow."""
        raise NotImplementedError

    def is_stopping(self) -> bool:
        return getattr(self, "_is_stopping", False)

    def _work_safely(self) -> bool:
        try:
            return self.work()
        except Exception as error:
            # A locked database, one that is away, a fault in what was to be done: the next look may go well.
            logger.warning("%s: %s: %s", self.__module__.rpartition(".")[2], type(error).__name__, error)
            return False

    def _stop(self, *args: Any) -> None:
        self._is_stopping = True

    def _sleep(self, seconds: float) -> None:
        wake_at = time.monotonic() + seconds
        while not self._is_stopping and time.monotonic() < wake_at:
            time.sleep(STOP_CHECK_SECONDS)
