"""Keeps the indexes up to date. Several may run where the engine tells older states from newer ones."""

import datetime as dt
import logging
import signal
import time
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from search.analytics.tracing import prune_traces
from search.engines.base import Engine, SearchUnavailable, WriterBusy
from search.engines.configured import engine_names, get_engine
from search.indexing.outbox import drain, drain_all
from search.indexing.rebuilding import abandon_dead, rebuild
from search.indexing.watching import has_index

logger = logging.getLogger(__name__)

PAUSE = 0.5
LONGEST_PAUSE = 10.0
ROUNDS_AT_ONCE = 200


@dataclass(slots=True)
class _Served:
    """One engine, and when its turn comes; while it is away ever more seldom."""

    engine: Engine
    pause: float = PAUSE
    due: float = 0.0


class Command(BaseCommand):
    help = (
        "Indexes records as they change and removes old traces of searches. Run one beside the server; "
        "--once empties the queue and ends."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true")
        parser.add_argument("--pause", type=float, default=PAUSE, help="seconds between looks at the queue")

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
        self._work([_Served(engine) for engine in engines], options["pause"])

    def _work(self, served: list[_Served], pause: float) -> None:
        pruned_on: dt.date | None = None
        while not self._stopping:
            close_old_connections()
            pruned_on = prune_daily(pruned_on)
            for one in served:
                if not self._stopping and time.monotonic() >= one.due:
                    is_well = self._serve(one.engine)
                    one.pause = pause if is_well else min(one.pause * 2, LONGEST_PAUSE)
                    one.due = time.monotonic() + one.pause
            self._sleep(min(one.due for one in served) - time.monotonic())

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


def ensure_index(engine: Engine) -> None:
    """Where there is no index that can be read, build it."""
    abandon_dead(engine)
    if not has_index(engine):
        rebuild(engine)


def empty(engine: Engine) -> None:
    """Drain while there is something to do."""
    ensure_index(engine)
    for _round in range(ROUNDS_AT_ONCE):
        if not drain(engine):
            return


def prune_daily(pruned_on: dt.date | None) -> dt.date | None:
    """Remove old traces of searches where that was not done today; when it was done last."""
    today = timezone.localdate()
    if pruned_on == today:
        return pruned_on
    try:
        prune_traces(today=today)
    except DatabaseError as error:
        logger.warning("old traces were not removed: %s", type(error).__name__)
        return pruned_on
    return today
