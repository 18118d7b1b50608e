"""Load the demo: sample norms, people, sessions, questions and what became of them."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.home.demo.loader.loading import load_demo
from portal.home.demo.loader.organisation import PASSWORD, accounts
from portal.home.demo.loader.registry import Registry
from portal.org.models import User


class Command(BaseCommand):
    help = "Loads the demo content and prints its accounts. Running it again adds nothing twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-index", action="store_true", help="do not write the search index")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        registry = load_demo(index=not options["no_index"])
        self.stdout.write(self._summary(registry, time.monotonic() - started))
        self.stdout.write(self._table())

    def _summary(self, registry: Registry, seconds: float) -> str:
        new = [f"{count} {name}" for name, count in registry.made.items() if count]
        return f"Demo loaded in {seconds:.1f} s: {', '.join(new) or 'nothing new'}."

    def _table(self) -> str:
        people = User.objects.in_bulk([row["username"] for row in accounts()], field_name="username")
        lines = [f"\nAccounts (password {PASSWORD}):"]
        for row in accounts():
            if person := people.get(row["username"]):
                lines.append(f"  {person.username:<26} {person.display_name}  {person.office}")
        return "\n".join(lines)
