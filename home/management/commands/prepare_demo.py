"""All that `./run demo` does before it serves, in one process: Django's start takes as long as a step or two."""

from __future__ import annotations

import gc
import io
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.foundation.checks import check_environment


class Command(BaseCommand):
    """Prints the accounts; what it is at and what it has made go to standard error."""

    help = (
        "Sets data of an earlier version aside, migrates, loads the demo, builds the index and lets the demo's people "
        "search. Running it again adds nothing twice."
    )
    # The checks of some apps read tables, which are not there yet.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--norms", metavar="DIR", help="also import a folder of official texts")

    def handle(self, *args: Any, **options: Any) -> None:
        if errors := check_environment(None):
            raise CommandError("\n".join(map(str, errors)))
        _collect_seldom()
        self.stderr.write("Preparing the database ...")
        call_command("set_earlier_data_aside", stdout=self.stderr)
        call_command("migrate", verbosity=0)
        self.stderr.write("Loading the demo ...")
        call_command("load_demo", stdout=io.StringIO(), stderr=self.stderr)
        if options["norms"]:
            self._import_norms(options["norms"])
        call_command("rebuild_index", stderr=self.stderr)
        call_command("load_demo", searches=True, stderr=self.stderr)
        call_command("load_demo", accounts=True, stdout=self.stdout)

    def _import_norms(self, folder: str) -> None:
        """Import what can be imported; the demo goes on without the rest."""
        self.stderr.write("Importing official texts ...")
        try:
            call_command("import_norms", folder, stdout=self.stderr)
        except (CommandError, SystemExit):
            self.stderr.write("Some files could not be imported; the report above says why.")


def _collect_seldom() -> None:
    """Look for garbage seldom: the portal's own modules stay, and migrations make many classes in a short time."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
