"""Builds the whole index from the database."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from search.engines.base import SearchUnavailable, WriterBusy
from search.engines.configured import engine_names, get_engine
from search.indexing.preparing import records_to_index
from search.indexing.rebuilding import rebuild


class Command(BaseCommand):
    help = "Builds each configured engine's index from the database and puts it in place of the old one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--engine", action="append", choices=engine_names(), help="may be repeated")
        parser.add_argument("--processes", type=int, help="that make documents; 1 for none beside this one")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in options["engine"] or engine_names():
            self._rebuild(name, options["processes"])

    def _rebuild(self, name: str, processes: int | None) -> None:
        engine = get_engine(name)
        started = time.monotonic()
        with tqdm(total=records_to_index(), desc=name, unit="", disable=None) as bar:

            def advance(_kind: str, count: int) -> None:
                bar.update(count)

            try:
                rebuild(engine, progress=advance, processes=processes)
            except WriterBusy as error:
                raise CommandError(f"{name}: {error}.") from None
            except SearchUnavailable as error:
                raise CommandError(f"{name} cannot be reached: {error}.") from None
        documents, size = engine.size()
        self.stderr.write(
            f"{name}: {documents} documents, {size / 1e6:.1f} MB, {time.monotonic() - started:.1f} s"
        )
