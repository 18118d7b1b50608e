"""Load the demo: sample norms, people, sessions, questions and what became of them."""

from __future__ import annotations

import logging
import time
import unicodedata
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from home.demo.loader.loading import load_demo
from home.demo.loader.organisation import PASSWORD, accounts
from home.demo.loader.registry import Registry
from home.demo.loader.searches import load_searches
from portal.org.enums import Role


class Command(BaseCommand):
    help = (
        "Loads the demo content. Running it again adds nothing twice; search needs `rebuild_index` after it, "
        "and --searches, which lets the demo's people search, needs the index."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="only print the accounts, load nothing")
        parser.add_argument("--searches", action="store_true", help="only ask the demo's searches")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["searches"]:
            self.stderr.write(_("Searches of the demo: %(count)s") % {"count": load_searches()})
            return
        if not options["accounts"]:
            started = time.monotonic()
            registry = _load_quietly()
            self.stderr.write(_summary(registry, time.monotonic() - started))
        for line in _account_lines():
            self.stdout.write(line)


def _load_quietly() -> Registry:
    """Load the demo without a log line for each revision of a case."""
    logging.disable(logging.INFO)
    try:
        return load_demo()
    finally:
        logging.disable(logging.NOTSET)


def _summary(registry: Registry, seconds: float) -> str:
    counts = ", ".join(f"{name} {count}" for name, count in registry.created.items() if count)
    return _("Demo content (%(seconds).1f s): %(made)s") % {
        "seconds": seconds,
        "made": counts or _("all there already"),
    }


def _account_lines() -> list[str]:
    rows = [
        (person.username, str(Role(role).label), str(person), str(person.office))
        for person, role in accounts()
    ]
    if not rows:
        return [_("The demo is not loaded.")]
    widths = [max(map(_columns, column)) for column in zip(*rows, strict=True)]
    head = _("Demo accounts, password %(password)s") % {"password": PASSWORD}
    return [head, *("  " + _aligned(row, widths) for row in rows)]


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    cells = [cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True)]
    return "  ".join(cells).rstrip()


def _columns(text: str) -> int:
    """Return the columns that a text takes on a terminal; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
