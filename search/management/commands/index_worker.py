"""Keeps the indexes up to date. Several workers may run; the embedded engine lets one write at a time."""

import logging
import signal
import time
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections

from search.engines.base import Engine, SearchUnavailable, WriterBusy
from search.engines.configured import engine_names, get_engine
from search.indexing.outbox import drain, drain_all
from search.indexing.rebuilding import abandon_dead, rebuild
from search.indexing.watching import has_index

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
# The longest pause while an engine is away; each failure doubles it.
MAX_PAUSE_SECONDS = 10.0
# Batches of one engine before the next one has its turn.
MAX_BATCHES_IN_A_ROW = 200
# How soon the worker notices that it is to stop.
STOP_CHECK_SECONDS = 0.1


@dataclass(slots=True)
class _EngineTurn:
    """The next turn of an engine, by the monotonic clock; the pause grows while the engine is away."""

    engine: Engine
    pause: float = POLL_SECONDS
    due_at: float = 0.0


class Command(BaseCommand):
    help = "Indexes records as they change. Run one beside the server (`worker` does); --once empties the queue and ends."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true")
        parser.add_argument(
            "--pause", type=float, default=POLL_SECONDS, help="seconds between looks at the queue"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        engines = [get_engine(name) for name in engine_names()]
        if options["once"]:
            for engine in engines:
                ensure_index(engine)
                drain_all(engine)
            return
        self._stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._work([_EngineTurn(engine) for engine in engines], options["pause"])

    def _work(self, turns: list[_EngineTurn], pause: float) -> None:
        """Serve the engines in turn until the process is told to stop."""
        while not self._stopping:
            # As Django does between requests: a connection that the database has closed is opened anew.
            close_old_connections()
            for turn in turns:
                if not self._stopping and time.monotonic() >= turn.due_at:
                    is_available = self._serve(turn.engine)
                    turn.pause = pause if is_available else min(turn.pause * 2, MAX_PAUSE_SECONDS)
                    turn.due_at = time.monotonic() + turn.pause
            self._sleep(min(turn.due_at for turn in turns) - time.monotonic())

    def _serve(self, engine: Engine) -> bool:
        """Drain an engine's queue; return False if the engine or the database is away (the rows stay in the queue)."""
        try:
            drain_queue(engine)
        except WriterBusy:
            # Another worker writes: nothing is wrong.
            return True
        except (SearchUnavailable, OSError, DatabaseError) as error:
            logger.warning("%s: cannot index now: %s", engine.name, type(error).__name__)
            return False
        except Exception:
            # A fault in one engine or record: the others go on, and the rows stay in the queue.
            logger.exception("%s: cannot index now", engine.name)
            return False
        return True

    def _stop(self, *args: Any) -> None:
        self._stopping = True

    def _sleep(self, seconds: float) -> None:
        wake_at = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < wake_at:
            time.sleep(STOP_CHECK_SECONDS)


def ensure_index(engine: Engine) -> None:
    """Build the index if there is none that can be read."""
    abandon_dead(engine)
    if not has_index(engine):
        rebuild(engine)


def drain_queue(engine: Engine) -> None:
    """Index what waits for an engine, up to `MAX_BATCHES_IN_A_ROW` batches; build its index first if there is none."""
    ensure_index(engine)
    for _batch in range(MAX_BATCHES_IN_A_ROW):
        if not drain(engine):
            return
