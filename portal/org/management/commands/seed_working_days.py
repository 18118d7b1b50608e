"""Fill in the table of holidays and make-up working days."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from portal.org.services.working_days import published_years, seed_working_days


class Command(BaseCommand):
    help = (
        "Fills in holidays and make-up working days of the years given, else of all that the installed version of "
        "chinesecalendar knows. A year that is in the table stays as it was edited."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("years", nargs="*", type=int, metavar="YEAR")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = seed_working_days(years=options["years"] or published_years(), actor=None)
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        years = ", ".join(map(str, made)) or _("all there already")
        self.stdout.write(_("Years of working days: %(years)s") % {"years": years})
