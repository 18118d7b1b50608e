import codecs
import datetime
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext, gettext_noop, ngettext
from tqdm import tqdm

from norms.importing.errors import UnreadableSource
from norms.importing.files import printable_path, read_file, source_files
from norms.services.importing import ImportResult, failed_result, import_norm, preview_norm
from norms.services.register import FAILED, Register
from portal.org.models import User
from portal.org.rules import is_reviewer

STATUS_NAMES = {
    "created": gettext_noop("new document"),
    "new_version": gettext_noop("new version"),
    "unchanged": gettext_noop("unchanged"),
    "failed": gettext_noop("failed"),
}


class Command(BaseCommand):
    help = (
        "Import normative documents from DOCX, Markdown and plain text files or folders of them. State secrets and work "
        "secrets do not belong in them: a file with a mark of classification is not taken unless a reviewer decided."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="files or folders")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object on one line for each file"
        )

        parser.add_argument(
            "--date",
            type=datetime.date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the date of promulgation of files that have none in their text or name",
        )

        parser.add_argument(
            "--reviewed-by",
            metavar="USERNAME",
            help="the secrecy reviewer who decided that files with a mark of classification may be imported",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files = list(source_files(options["paths"]))
        actor, results = self.reviewer(options["reviewed_by"]), []
        for result in self.results(files, dry_run=options["dry_run"], day=options["date"], actor=actor):
            results.append((result.status, bool(result.warnings)))
            self.show(result, as_json=options["json"])
        if not options["json"]:
            self.sum_up([status for status, _warned in results], dry_run=options["dry_run"])
        elif not files:
            self.stderr.write(gettext("There is nothing to import."))
        if any(status == FAILED for status, _warned in results):
            sys.exit(1)

    def reviewer(self, username: str | None) -> User | None:
        """Return the reviewer named on the command line. Raises CommandError for anybody else."""
        if not username:
            return None
        user = User.objects.active().filter(username__iexact=username).first()
        if user is None or not is_reviewer(user):
            raise CommandError(gettext("%(name)s is no secrecy reviewer.") % {"name": username})
        return user

    def results(
        self, files: list[Path], *, dry_run: bool, day: datetime.date | None, actor: User | None
    ) -> Iterable[ImportResult]:
        register = Register()
        bar = tqdm(files, file=sys.stderr, disable=not sys.stderr.isatty(), unit="file", leave=False)
        for path in bar:
            label = printable_path(path)
            try:
                content = read_file(path)
            except UnreadableSource as error:
                yield failed_result(label, str(error))
                continue
            name = printable_path(Path(path.name))
            if dry_run:
                yield preview_norm(
                    name=name,
                    content=content,
                    register=register,
                    label=label,
                    fallback_day=day,
                    actor=actor,
                )
            else:
                yield import_norm(name=name, content=content, actor=actor, label=label, fallback_day=day)

    def show(self, result: ImportResult, *, as_json: bool) -> None:
        if as_json:
            self.write(json.dumps(result.as_json(), ensure_ascii=_encoding() != "utf-8"))
            return
        status = gettext(STATUS_NAMES[result.status])
        if result.status == FAILED:
            self.write(f"{status}  {result.file}\n    {result.error}")
            return
        counts = gettext("%(articles)s articles, %(provisions)s provisions, %(characters)s characters") % {
            "articles": result.articles,
            "provisions": result.provisions,
            "characters": result.characters,
        }
        self.write(f"{status}  {result.title}  ({result.file})\n    {counts}")
        for warning in result.warnings:
            self.write(f"    ! {warning}")

    def sum_up(self, statuses: list[str], *, dry_run: bool) -> None:
        total = ngettext("%(count)s file", "%(count)s files", len(statuses)) % {"count": len(statuses)}
        parts = [f"{gettext(name)} {statuses.count(status)}" for status, name in STATUS_NAMES.items()]
        self.write(f"\n{total}: {', '.join(parts)}")
        if dry_run:
            self.write(gettext("Dry run: nothing was written."))

    def write(self, text: str) -> None:
        """Write text in what standard output can show, whatever its encoding."""
        encoding = _encoding()
        with tqdm.external_write_mode(file=sys.stdout):
            self.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _encoding() -> str:
    return codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name
