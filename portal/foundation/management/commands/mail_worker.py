"""Sends letters: the duty of `manage.py worker` that alone speaks to the mail server."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.management.base import CommandParser

from portal.foundation.mail.delivering import deliver_letters, retry_parked
from portal.foundation.worker.polling import PollingCommand


class Command(PollingCommand):
    help = "Sends the letters that wait. --once sends what is due and ends; --retry-parked also tries parked ones again."
    poll_seconds: ClassVar[float] = 2.0

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--retry-parked", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retry_parked"]:
            self.stderr.write(f"{retry_parked()} parked letters are tried again")
        super().handle(*args, **options)

    def work(self) -> bool:
        return not deliver_letters(is_stopping=self.is_stopping).is_server_away
