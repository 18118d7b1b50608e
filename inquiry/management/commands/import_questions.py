"""Import questions from a sheet or from published answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.models import TrainingSession
from inquiry.services.intake_files import IntakeReport, import_intake_file, read_intake_file
from portal.foundation.numbers import record_numbered
from portal.foundation.sheets import CellError


class Command(BaseCommand):
    """Prints the outcome of an import; with --json one object and nothing else on standard output."""

    help = (
        "Import questions from an Excel, CSV or JSON file. State secrets and work secrets do not belong in it: rows with a "
        "mark of classification are held back until a reviewer decides."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="XLSX, CSV, or JSON of published answers")
        parser.add_argument("--session", metavar="NUMBER", help="training session, such as TT-2026-03")
        parser.add_argument("--sheet", metavar="NAME", help="one sheet of a workbook instead of all of them")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, store nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        report, readable = self._import(options)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
        else:
            self._print(report, dry_run=options["dry_run"])
        if not readable:
            sys.exit(1)

    def _import(self, options: dict[str, Any]) -> tuple[IntakeReport, bool]:
        path: Path = options["file"]
        session = self._session(options["session"])
        try:
            content = path.read_bytes()
            intake = read_intake_file(
                name=path.name, content=content, session=session, sheet=options["sheet"] or ""
            )
        except OSError as error:
            return self._failed(path, error.strerror or "cannot be read"), False
        except ValidationError as error:
            return self._failed(path, error.messages[0]), False
        report = import_intake_file(intake=intake, actor=None, dry_run=options["dry_run"])
        report.file = str(path)
        return report, True

    def _session(self, number: str | None) -> TrainingSession | None:
        if not number:
            return None
        session = record_numbered(TrainingSession.objects.all(), number)
        if session is None:
            raise CommandError(f"There is no training session {number}.")
        return session

    def _failed(self, path: Path, message: str) -> IntakeReport:
        return IntakeReport(str(path), errors=[CellError(None, "file", message)])

    def _print(self, report: IntakeReport, *, dry_run: bool) -> None:
        for error in report.errors:
            location = f"row {error.row}, {error.field}" if error.row else error.field
            if len(report.sheets) > 1:
                location = f"{error.sheet}, {location}"
            self.stderr.write(f"{location}: {error.message}")
        verb = "would be imported" if dry_run else "imported"
        self.stdout.write(
            f"{report.file}: {report.imported} {verb}, {report.already_there} already there, "
            f"{report.rejected} rejected, {report.held} held back for a secrecy review"
        )
