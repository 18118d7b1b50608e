"""Compares each index with the database, and repairs it on demand."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from search.engines.base import SearchUnavailable, WriterBusy
from search.engines.configured import engine_names, get_engine
from search.indexing.checking import CheckResult, check, repair
from search.indexing.preparing import records_to_index

# Exit statuses.
DIFFERS = 1
AWAY = 2
# How many keys of each sort of difference are printed.
MAX_PRINTED_KEYS = 5


class Command(BaseCommand):
    help = "Compares the database with each configured engine's index. Exit status 1 where they differ, 2 where an engine is away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--engine", action="append", choices=engine_names(), help="may be repeated")
        parser.add_argument("--repair", action="store_true", help="index again what differs")
        parser.add_argument("--json", action="store_true", help="one JSON object on a line for each engine")
        parser.add_argument("--processes", type=int, help="that make documents; 1 for none beside this one")

    def handle(self, *args: Any, **options: Any) -> None:
        away: list[str] = []
        differs = False
        for name in options["engine"] or engine_names():
            try:
                result = self._checked(name, options)
            except WriterBusy as error:
                away.append(f"{name}: {error}.")
            except (SearchUnavailable, OSError) as error:
                away.append(f"{name} cannot be reached: {error}.")
            else:
                differs |= bool(result.differences)
                self._print(result, as_json=options["json"])
        if away:
            raise CommandError("\n".join(away), returncode=AWAY)
        if differs:
            sys.exit(DIFFERS)

    def _checked(self, name: str, options: dict[str, Any]) -> CheckResult:
        engine = get_engine(name)
        with tqdm(total=records_to_index(), desc=name, unit="", disable=None, leave=False) as bar:

            def advance(count: int) -> None:
                bar.update(count)

            result = check(engine, progress=advance, processes=options["processes"])
        return repair(engine, result) if options["repair"] else result

    def _print(self, result: CheckResult, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(counts_of(result)))
            return
        self.stdout.write(in_words(result))
        for sort in ("missing", "stale", "orphaned"):
            if keys := sorted(getattr(result, sort)):
                more = f" and {len(keys) - MAX_PRINTED_KEYS} more" if len(keys) > MAX_PRINTED_KEYS else ""
                self.stderr.write(f"  {sort}: {', '.join(keys[:MAX_PRINTED_KEYS])}{more}")


def counts_of(result: CheckResult) -> dict[str, str | int]:
    """Return the numbers of a result, as `--json` prints them."""
    return {
        "engine": result.engine,
        "checked": result.checked,
        "missing": len(result.missing),
        "stale": len(result.stale),
        "orphaned": len(result.orphaned),
    }


def in_words(result: CheckResult) -> str:
    """Return a result as one line of text."""
    if not result.has_index:
        return f"{result.engine}: no index; the database has {result.checked} documents"
    if not result.differences:
        return f"{result.engine}: {result.checked} documents, nothing differs"
    counts = counts_of(result)
    differences = ", ".join(f"{counts[sort]} {sort}" for sort in ("missing", "stale", "orphaned"))
    return f"{result.engine}: {result.checked} documents; {differences}"
