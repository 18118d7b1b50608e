"""The one process that keeps the index up to date."""

import logging
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections

from search.engines.base import Engine, SearchUnavailable, WriterBusy
from search.engines.configured import engine_names, get_engine
from search.services.outbox import drain
from search.services.rebuilding import rebuild

logger = logging.getLogger(__name__)

PAUSE = 0.5
LONGEST_PAUSE = 30.0
ROUNDS_AT_ONCE = 200


class Command(BaseCommand):
    help = "Indexes records as they change. Run one beside the server; --once empties the queue and ends."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true")
        parser.add_argument("--pause", type=float, default=PAUSE, help="seconds between looks at the queue")

    def handle(self, *args: Any, **options: Any) -> None:
        engines = [get_engine(name) for name in engine_names()]
        if options["once"]:
            for engine in engines:
                empty(engine)
            return
        self._stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        pause = options["pause"]
        while not self._stopping:
            close_old_connections()
            troubled = [engine for engine in engines if not self._serve(engine)]
            pause = min(pause * 2, LONGEST_PAUSE) if troubled else options["pause"]
            self._sleep(pause)

    def _serve(self, engine: Engine) -> bool:
        """False where the engine or the database cannot be reached now; the queue keeps everything."""
        try:
            empty(engine)
        except WriterBusy:
            return True
        except (SearchUnavailable, OSError, DatabaseError) as error:
            logger.warning("%s: cannot index now: %s", engine.name, type(error).__name__)
            return False
        return True

    def _stop(self, *args: Any) -> None:
        self._stopping = True

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(0.1)


def empty(engine: Engine) -> None:
    """Drain until nothing is ready; where there is no index that can be read, build it."""
    try:
        engine.size()
    except SearchUnavailable:
        rebuild(engine)
    for _round in range(ROUNDS_AT_ONCE):
        if not drain(engine):
            return
