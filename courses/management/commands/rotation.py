"""Print the turns of a rotation."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.rotation.presentation import because
from courses.rotation.selectors import HostedTurn, Schedule, default_rotation, rotation_by_code

# A century of short turns; each is computed from all facts.
MAX_TURNS = 1200


class Command(BaseCommand):
    help = "Prints the turns of a rotation from the first on, past and coming, one in each line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rotation", metavar="CODE", help="by default the national one, else the first")
        parser.add_argument("--turns", type=int, metavar="N", help="by default until two years from now")
        parser.add_argument("--json", action="store_true", help="one JSON object in each line")

    def handle(self, *args: Any, **options: Any) -> None:
        code, count = options["rotation"], options["turns"]
        rotation = rotation_by_code(code) if code else default_rotation()
        if rotation is None:
            raise CommandError(_("There is no rotation %(code)s.") % {"code": code or ""})
        if count is not None and not 0 <= count <= MAX_TURNS:
            raise CommandError(_("Between 0 and %(most)s turns can be printed.") % {"most": MAX_TURNS})
        schedule = Schedule(rotation, timezone.localdate())
        shown = schedule.coming_years if count is None else islice(schedule, count)
        for hosted in shown:
            row = turn_row(hosted)
            line = (
                json.dumps(row, ensure_ascii=False) if options["json"] else "\t".join(map(str, row.values()))
            )
            self.stdout.write(line)


def turn_row(hosted: HostedTurn) -> dict[str, Any]:
    return {
        "turn": hosted.number,
        "office": str(hosted.office),
        "department": hosted.department.code,
        "from": hosted.turn.first_day.isoformat(),
        "until": hosted.turn.last_day.isoformat(),
        "status": hosted.status.value,
        "because": because(hosted),
    }
