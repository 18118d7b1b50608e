"""All that runs beside the web process, in one command."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.foundation.worker.duties import duties
from portal.foundation.worker.supervising import Supervisor


class Command(BaseCommand):
    help = (
        "Runs one process for each duty, starts again what died (after pauses that grow up to a minute), and ends "
        "them all on SIGTERM or SIGINT."
    )
    # Checks may read tables; the supervisor starts also while the database is away.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        names = ", ".join(duties())
        parser.add_argument(
            "--duty", action="append", choices=list(duties()), help=f"only these, of {names}; may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by_name = duties()
        chosen = [by_name[name] for name in options["duty"] or by_name]
        Supervisor(chosen, verbosity=options["verbosity"], write=self._write).run()

    def _write(self, line: str) -> None:
        self.stderr.write(f"worker: {line}")
        self.stderr.flush()
