"""Import accounts from a sheet."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser

from portal.foundation.sheets import CellError
from portal.org.services.account_sheets import AccountFile, already_there, import_accounts, read_accounts
from portal.org.services.passwords import PasswordLink


@dataclass
class PeopleReport:
    """The outcome of importing a file; `links` are those for passwords that did not go out by mail."""

    file: str
    imported: int = 0
    already_there: int = 0
    rejected: int = 0
    errors: list[CellError] = field(default_factory=list)
    links: list[PasswordLink] = field(default_factory=list)
    is_several_sheets: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the report for scripts: the keys of `import_questions`, and the links of new accounts."""
        return {
            "file": self.file,
            "imported": self.imported,
            "already_there": self.already_there,
            "rejected": self.rejected,
            "errors": [self._error(error) for error in self.errors],
            "links": [{"username": link.user.username, "url": link_url(link)} for link in self.links],
        }

    def _error(self, error: CellError) -> dict[str, Any]:
        fields = {"row": error.row, "field": error.field, "message": error.message}
        return fields | ({"sheet": error.sheet} if self.is_several_sheets else {})


def link_url(link: PasswordLink) -> str:
    """Return the address of a link for the password."""
    return f"{settings.BASE_URL}{link.path}"


class Command(BaseCommand):
    """Does what the import page of people does; with --json one object and nothing else on standard output.

    The links for passwords are printed this once, as the page shows them.
    """

    help = (
        "Import accounts from an Excel or CSV file. State secrets and work secrets do not belong in it: a row with a "
        "mark of classification is refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="XLSX or CSV with the headings of the template")
        parser.add_argument("--sheet", metavar="NAME", help="one sheet of a workbook instead of all of them")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, store nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        report, is_readable = self._import(options)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
        else:
            self._print(report, dry_run=options["dry_run"])
        if not is_readable:
            sys.exit(1)

    def _import(self, options: dict[str, Any]) -> tuple[PeopleReport, bool]:
        report = PeopleReport(str(options["file"]))
        try:
            content = options["file"].read_bytes()
            file = read_accounts(data=content, sheet=options["sheet"] or "")
        except OSError as error:
            report.errors.append(CellError(None, "file", error.strerror or "cannot be read"))
            return report, False
        except ValidationError as error:
            report.errors.append(CellError(None, "file", error.messages[0]))
            return report, False
        self._import_rows(report, file, dry_run=options["dry_run"])
        return report, True

    def _import_rows(self, report: PeopleReport, file: AccountFile, *, dry_run: bool) -> None:
        existing = already_there(file.rows)
        remaining = [row for row in file.rows if row not in existing]
        report.is_several_sheets = len(file.table_file.tables) > 1
        report.already_there = len(existing)
        if dry_run:
            rejected = [row for row in remaining if row.errors]
            report.imported = len(remaining) - len(rejected)
        else:
            result = import_accounts(rows=remaining, actor=None)
            rejected, report.imported = result.rejected, len(result.links)
            report.links = [link for link in result.links if link.path]
        report.rejected = len(rejected)
        report.errors = [error for row in rejected for error in row.errors]

    def _print(self, report: PeopleReport, *, dry_run: bool) -> None:
        for error in report.errors:
            location = f"row {error.row}, {error.field}" if error.row else error.field
            self.stderr.write(f"{location}: {error.message}")
        for link in report.links:
            self.stdout.write(f"{link.user.username}\t{link_url(link)}")
        verb = "would be imported" if dry_run else "imported"
        self.stdout.write(
            f"{report.file}: {report.imported} {verb}, {report.already_there} already there, "
            f"{report.rejected} rejected"
        )
