"""Import questions from files: template, preview with the errors of each row, import, rejected rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import TrainingSession
from inquiry.enums import HeldKind, QuestionOrigin
from inquiry.intake.fields import ERROR_HEADING, LAYOUT, folded
from inquiry.intake.files import is_error_heading, read_rows
from inquiry.intake.rows import DUPLICATE, GOOD, REJECTED, IntakeRow, RowChecker
from inquiry.intake.template import template_csv, template_xlsx
from inquiry.models import HeldSubmission, Question, ReceivedAnswer
from inquiry.rules import can_import_questions
from inquiry.services.audit import record_action, require
from inquiry.services.categories import map_category
from inquiry.services.holding import hold, marks_of
from inquiry.services.questions import store_question
from inquiry.services.submissions import Asker, Wording, content_of
from portal.foundation.joining import labelled
from portal.foundation.sheets import CellError, TableFile, write_csv, write_xlsx
from portal.org.models import User

# A heading folded, and how many columns before it have the same.
HeadingKey = tuple[str, int]
# Widths of columns in characters.
HEADING_WIDTH, ERROR_WIDTH = 20, 50
DIGESTS_PER_QUERY = 500

__all__ = [
    "IntakeFile",
    "IntakeReport",
    "IntakeRow",
    "import_intake_file",
    "read_intake_file",
    "rejected_file",
    "template_file",
]


@dataclass
class IntakeFile:
    """A file that was read and checked; nothing is stored yet."""

    name: str
    tables: TableFile
    rows: list[IntakeRow]
    session: TrainingSession | None = None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The columns that the file has, as field and label in the template's order."""
        present = {name for table in self.tables.tables for name in table.columns.values()}
        return [(column.field, str(column.label)) for column in LAYOUT.columns if column.field in present]

    @property
    def errors(self) -> list[CellError]:
        return [error for row in self.rows for error in row.errors]

    @property
    def ignored(self) -> list[str]:
        """Headings that mean nothing here; their cells are not imported."""
        return self.tables.ignored

    @property
    def good(self) -> int:
        return self._count(GOOD)

    @cached_property
    def held(self) -> int:
        """How many of the good rows bear a mark of classification."""
        return sum(map(is_held_back, self.rows))

    @property
    def already_there(self) -> int:
        return self._count(DUPLICATE)

    @property
    def rejected(self) -> int:
        return self._count(REJECTED)

    def _count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)


@dataclass
class IntakeReport:
    """The outcome of importing a file; `numbers` are those of the new questions, `sheets` those that were read."""

    file: str
    imported: int = 0
    already_there: int = 0
    rejected: int = 0
    held: int = 0
    errors: list[CellError] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "imported": self.imported,
            "already_there": self.already_there,
            "rejected": self.rejected,
            # Rare: it is there where it says something.
            **({"held": self.held} if self.held else {}),
            "errors": [self._as_dict(error) for error in self.errors],
        }

    def _as_dict(self, error: CellError) -> dict[str, Any]:
        """Return an error for scripts, with its sheet where several were read."""
        fields = {"row": error.row, "field": error.field, "message": error.message}
        return fields | ({"sheet": error.sheet} if len(self.sheets) > 1 else {})


def template_file(format: str) -> bytes:
    """Return the sheet to fill in, as `xlsx` or `csv`."""
    return template_csv() if format == "csv" else template_xlsx()


def read_intake_file(
    *, name: str, content: bytes, session: TrainingSession | None = None, sheet: str = ""
) -> IntakeFile:
    """Read a file and check every row; `sheet` reads one sheet of several.

    Raises ValidationError where the file as a whole cannot be read.
    """
    if len(content) > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES >> 20
        raise ValidationError(_("The file is larger than %(limit)d MB.") % {"limit": limit})
    tables = read_rows(content, sheet=sheet)
    checker = RowChecker(session)
    rows = [checker.check(row) for row in tables.rows]
    _mark_imported(rows)
    return IntakeFile(name, tables, rows, session)


def _mark_imported(rows: Iterable[IntakeRow]) -> None:
    """Mark rows that were imported before, or stand in the file a second time."""
    good = [row for row in rows if row.state == GOOD]
    digests = [row.digest for row in good]
    imported: set[str] = set()
    # Digests are looked up in parts, since databases limit the variables of a query.
    for start in range(0, len(digests), DIGESTS_PER_QUERY):
        part = digests[start : start + DIGESTS_PER_QUERY]
        imported.update(
            digest for (digest,) in Question.objects.filter(digest__in=part).values_list("digest") if digest
        )
        waiting = HeldSubmission.objects.filter(digest__in=part).values_list("digest", flat=True)
        imported.update(digest for digest in waiting if digest)
    for row in good:
        if row.digest in imported:
            row.state = DUPLICATE
        imported.add(row.digest)


@transaction.atomic
def import_intake_file(*, intake: IntakeFile, actor: User | None, dry_run: bool = False) -> IntakeReport:
    """Store the good rows, each once; an imported question has no user. `actor` is None for a command."""
    if actor is not None:
        require(can_import_questions(actor))
    report = IntakeReport(intake.name, rejected=intake.rejected, errors=intake.errors)
    report.already_there, report.sheets = intake.already_there, intake.tables.read_sheets
    for row in intake.rows:
        if row.state != GOOD:
            continue
        if marks := marks_of(*_texts(row)):
            report.held += 1
            if not dry_run:
                _hold(row, marks)
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
    """Return the new question's number; None if somebody imported the same row at this moment."""
    try:
        with transaction.atomic():
            return _create(row).number
    except IntegrityError:
        if Question.objects.filter(digest=row.digest).exists():
            return None
        raise


def is_held_back(row: IntakeRow) -> bool:
    """Return whether a row that can come in bears a mark of classification: a reviewer decides about it first."""
    return row.state == GOOD and bool(marks_of(*_texts(row)))


def _texts(row: IntakeRow) -> list[str]:
    return [row.values.get(name, "") for name in ("text", "title", "answer")]


def _hold(row: IntakeRow, marks: list[str]) -> None:
    """Hold a row back until a reviewer decides."""
    content = content_of(
        _wording(row),
        row.naming,
        _asker(row),
        origin=_origin(row),
        category=row.values.get("category", ""),
        answer=row.values.get("answer", ""),
    )
    text = row.values["text"]
    hold(kind=HeldKind.QUESTION, text=text, marks=marks, content=content, user=None, digest=row.digest)


def _wording(row: IntakeRow) -> Wording:
    return Wording(
        kind=row.kind,
        text=row.values["text"],
        title=row.values.get("title", ""),
        lang=row.lang,
        session=row.session,
        raised_on=row.raised_on or _day_in(row.session),
    )


def _asker(row: IntakeRow) -> Asker:
    return Asker(name=row.person, department=row.department, office=row.office, office_name=row.office_name)


def _origin(row: IntakeRow) -> str:
    return QuestionOrigin.PUBLISHED if row.values.get("answer") else QuestionOrigin.SHEET


def _create(row: IntakeRow) -> Question:
    answer = row.values.get("answer", "")
    question = store_question(
        wording=_wording(row),
        naming=row.naming,
        asker=_asker(row),
        origin=_origin(row),
        digest=row.digest,
        category_received=row.values.get("category", ""),
    )
    if answer:
        ReceivedAnswer.objects.create(question=question, text=answer)
    map_category(question)
    return question


def _day_in(session: TrainingSession | None) -> dt.date:
    """Return the day of a row that has none: the session's last day, or today while it lasts."""
    today = timezone.localdate()
    return min(session.ends_on, today) if session else today


def rejected_file(*, intake: IntakeFile, format: str) -> bytes:
    """Return the rejected rows under their own headings, to correct and send again.

    A last column says what is wrong. The rows of several sheets share one, with the headings of all of them.
    """
    headings: dict[HeadingKey, str] = {}
    for table in intake.tables.tables:
        for key, heading in _keyed(table.headings):
            if not is_error_heading(heading):
                headings.setdefault(key, heading)
    keys_by_sheet = {
        table.sheet: [key for key, _heading in _keyed(table.headings)] for table in intake.tables.tables
    }
    rows = []
    for row in intake.rows:
        if row.state == REJECTED:
            texts = dict(
                zip(keys_by_sheet[row.sheet], (cell.text for cell in row.source.originals), strict=False)
            )
            rows.append([*(texts.get(key, "") for key in headings), _error_text(row)])
    header = [*headings.values(), ERROR_HEADING]
    if format == "csv":
        return write_csv(header, rows)
    widths = [HEADING_WIDTH] * len(headings) + [ERROR_WIDTH]
    return write_xlsx(header, rows, title=_("Rejected rows"), widths=widths)


def _keyed(headings: Iterable[str]) -> Iterator[tuple[HeadingKey, str]]:
    """Yield headings with what identifies them across sheets: the folded text, and how often it came before."""
    counts: Counter[str] = Counter()
    for heading in headings:
        key = folded(heading)
        yield (key, counts[key]), heading
        counts[key] += 1


def _error_text(row: IntakeRow) -> str:
    labels = {name: column.label for name, column in LAYOUT.by_field.items()}
    return "；".join(labelled(labels[error.field], error.message) for error in row.errors)
