"""Questions from files: a template, a preview with errors for each row, the import, the rejected rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import TrainingSession
from inquiry.enums import QuestionOrigin
from inquiry.intake.fields import COLUMNS, ERROR_HEADING, FIELDS
from inquiry.intake.files import RawFile, read_rows
from inquiry.intake.rows import GOOD, REJECTED, THERE, IntakeRow, RowChecker, RowError
from inquiry.intake.sheets import Uncomputed, write_csv, write_xlsx
from inquiry.intake.template import template_csv, template_xlsx
from inquiry.intake.values import as_text
from inquiry.models import Question, ReceivedAnswer
from inquiry.rules import can_import_questions
from inquiry.services.audit import record_action, require
from inquiry.services.categories import map_category
from inquiry.services.questions import Asker, Wording, store_question
from portal.org.models import User

__all__ = [
    "IntakeFile",
    "IntakeReport",
    "IntakeRow",
    "RowError",
    "import_intake_file",
    "read_intake_file",
    "rejected_file",
    "template_file",
]


@dataclass
class IntakeFile:
    """A file that was read and checked; nothing is stored yet."""

    name: str
    raw: RawFile
    rows: list[IntakeRow]
    session: TrainingSession | None = None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The columns that the file has, in the template's order."""
        there = {name for row in self.rows for name in row.values}
        return [(column.field, str(column.label)) for column in COLUMNS if column.field in there]

    @property
    def errors(self) -> list[RowError]:
        return [error for row in self.rows for error in row.errors]

    @property
    def ignored(self) -> list[str]:
        """Headings that mean nothing here; their cells are not imported."""
        return self.raw.ignored

    @property
    def good(self) -> int:
        return self._count(GOOD)

    @property
    def already_there(self) -> int:
        return self._count(THERE)

    @property
    def rejected(self) -> int:
        return self._count(REJECTED)

    def _count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)


@dataclass
class IntakeReport:
    """What became of a file's rows; `numbers` are those of the new questions."""

    file: str
    imported: int = 0
    already_there: int = 0
    rejected: int = 0
    errors: list[RowError] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "imported": self.imported,
            "already_there": self.already_there,
            "rejected": self.rejected,
            "errors": [error.as_dict() for error in self.errors],
        }


def template_file(format: str) -> bytes:
    """The sheet to fill in, as `xlsx` or `csv`."""
    return template_csv() if format == "csv" else template_xlsx()


def read_intake_file(*, name: str, content: bytes, session: TrainingSession | None = None) -> IntakeFile:
    """Check every row; raises ValidationError where the file as a whole cannot be read."""
    if len(content) > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES >> 20
        raise ValidationError(_("The file is larger than %(limit)d MB.") % {"limit": limit})
    raw = read_rows(content)
    checker = RowChecker(session)
    rows = [checker.check(row) for row in raw.rows]
    _mark_known(rows)
    return IntakeFile(name, raw, rows, session)


def _mark_known(rows: Iterable[IntakeRow]) -> None:
    """A row that was imported before, or stands in the file twice, is there already."""
    good = [row for row in rows if row.state == GOOD]
    digests = [row.digest for row in good]
    seen: set[str] = set()
    for start in range(0, len(digests), 500):
        part = digests[start : start + 500]
        seen.update(
            digest for (digest,) in Question.objects.filter(digest__in=part).values_list("digest") if digest
        )
    for row in good:
        if row.digest in seen:
            row.state = THERE
        seen.add(row.digest)


@transaction.atomic
def import_intake_file(*, intake: IntakeFile, actor: User | None, dry_run: bool = False) -> IntakeReport:
    """Store the good rows, each once; an imported question has no user. `actor` is None for a command."""
    if actor is not None:
        require(can_import_questions(actor))
    report = IntakeReport(intake.name, rejected=intake.rejected, errors=intake.errors)
    report.already_there = intake.already_there
    for row in intake.rows:
        if row.state != GOOD:
            continue
        number = "" if dry_run else _store(row)
        if number is None:
            report.already_there += 1
            continue
        report.imported += 1
        report.numbers += [number] if number else []
    if report.numbers and intake.session and actor:
        record_action(intake.session, "inquiry.question.import", actor=actor, imported=report.imported)
    return report


def _store(row: IntakeRow) -> str | None:
    """The new question's number; None if somebody imported the same row at this moment."""
    try:
        with transaction.atomic():
            return _create(row).number
    except IntegrityError:
        if Question.objects.filter(digest=row.digest).exists():
            return None
        raise


def _create(row: IntakeRow) -> Question:
    answer = row.values.get("answer", "")
    question = store_question(
        wording=Wording(
            kind=row.kind,
            text=row.values["text"],
            title=row.values.get("title", ""),
            lang=row.lang,
            session=row.session,
            raised_on=row.raised_on or _day_in(row.session),
        ),
        naming=row.naming,
        asker=Asker(
            name=row.person, department=row.department, office=row.office, office_name=row.office_name
        ),
        origin=QuestionOrigin.PUBLISHED if answer else QuestionOrigin.SHEET,
        digest=row.digest,
        category_received=row.values.get("category", ""),
    )
    if answer:
        ReceivedAnswer.objects.create(question=question, text=answer)
    map_category(question)
    return question


def _day_in(session: TrainingSession | None) -> Any:
    """The day of a row that has none: the session's last day, or today while it lasts."""
    today = timezone.localdate()
    return min(session.ends_on, today) if session else today


def rejected_file(*, intake: IntakeFile, format: str) -> bytes:
    """The rejected rows under their own headings, with what is wrong in a last column, to correct and send again."""
    head = [heading for heading in intake.raw.headings if heading != ERROR_HEADING]
    keep = [place for place, heading in enumerate(intake.raw.headings) if heading != ERROR_HEADING]
    rows = [
        [*(_cell(row.cells, place) for place in keep), _said(row)]
        for row in intake.rows
        if row.state == REJECTED
    ]
    if format == "csv":
        return write_csv([*head, ERROR_HEADING], rows)
    return write_xlsx([*head, ERROR_HEADING], rows, [20] * len(head) + [50])


def _cell(cells: list[Any], place: int) -> str:
    value = cells[place] if place < len(cells) else None
    return value.formula if isinstance(value, Uncomputed) else as_text(value)


def _said(row: IntakeRow) -> str:
    return "；".join(f"{FIELDS[error.field].label}：{error.message}" for error in row.errors)
