"""The whole index anew from the database."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from search.engines.base import WriterBusy
from search.engines.configured import engine_names, get_engine
from search.services.rebuilding import rebuild, records_to_index

PATIENCE = 60
"""Seconds to wait for a worker that is writing."""


class Command(BaseCommand):
    help = "Builds each configured engine's index from the database and puts it in place of the old one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--engine", action="append", choices=engine_names(), help="may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in options["engine"] or engine_names():
            self._rebuild(name)

    def _rebuild(self, name: str) -> None:
        engine = get_engine(name)
        started = time.monotonic()
        with tqdm(total=records_to_index(), desc=name, unit="", disable=None) as bar:

            def advance(_kind: str, count: int) -> None:
                bar.update(count)

            self._once_free(name, lambda: rebuild(engine, progress=advance))
        documents, size = engine.size()
        self.stderr.write(
            f"{name}: {documents} documents, {size / 1e6:.1f} MB, {time.monotonic() - started:.1f} s"
        )

    def _once_free(self, name: str, work: Any) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                work()
                return
            except WriterBusy:
                if time.monotonic() > deadline:
                    raise CommandError(f"{name}: another process has been writing for a minute.") from None
                time.sleep(0.2)
