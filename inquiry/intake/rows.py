"""Check the rows of a file: their values, and their errors in the reader's language."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import TrainingSession
from inquiry.enums import Naming, QuestionKind
from inquiry.intake.fields import KIND_NAMES, LAYOUT, NAMING_NAMES, choice_of, folded
from inquiry.intake.names import split_office
from inquiry.intake.offices import OfficeBook
from inquiry.intake.values import as_date, language_of
from portal.foundation.letters import is_blank
from portal.foundation.limits import (
    MAX_CATEGORY_CHARS,
    MAX_OFFICE_NAME_CHARS,
    MAX_PERSON_NAME_CHARS,
    MAX_TEXT_CHARS,
    MAX_TITLE_CHARS,
)
from portal.foundation.numbers import number_candidates
from portal.foundation.sheets import CellError, SheetCell, TableRow
from portal.org.models import Department, Office

# The longest values of fields, in characters; the model has the same limits.
LIMITS = {
    "text": MAX_TEXT_CHARS,
    "title": MAX_TITLE_CHARS,
    "name": MAX_PERSON_NAME_CHARS,
    "office": MAX_OFFICE_NAME_CHARS,
    "category": MAX_CATEGORY_CHARS,
}
# What becomes of a row: it is imported, was imported before, or goes back to its sender.
GOOD, DUPLICATE, REJECTED = "good", "already_there", "rejected"


@dataclass
class IntakeRow:
    """A row with its values by field, its errors, and what becomes of it."""

    source: TableRow
    values: dict[str, str]
    errors: list[CellError] = field(default_factory=list)
    state: str = GOOD
    kind: str = QuestionKind.QUESTION
    naming: str = Naming.OFFICE
    raised_on: dt.date | None = None
    session: TrainingSession | None = None
    department: Department | None = None
    office: Office | None = None
    office_name: str = ""
    person: str = ""
    digest: str = ""

    @property
    def number(self) -> int:
        return self.source.number

    @property
    def sheet(self) -> str:
        return self.source.sheet

    @property
    def lang(self) -> str:
        return language_of(self.values.get("text", ""))

    def reject(self, name: str, message: str) -> None:
        """Add an error to a field, unless the cell could not be read in the first place."""
        cell = self.source.cells.get(name)
        if cell is None or not cell.error:
            self.errors.append(CellError(self.number, name, message, self.sheet))
        self.state = REJECTED


@dataclass
class RowChecker:
    """Reads offices and sessions once for all rows of a file."""

    session: TrainingSession | None
    book: OfficeBook = field(default_factory=OfficeBook.load)
    sessions: dict[str, TrainingSession] = field(default_factory=dict)
    # By what a row prints: rows of several people who asked the same, in the order of the file.
    askers: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sessions = {row.number.upper(): row for row in TrainingSession.objects.all()}

    def check(self, source: TableRow) -> IntakeRow:
        """Return a row with what it says and what is wrong with it."""
        errors = source.errors
        row = IntakeRow(source, source.texts, errors, REJECTED if errors else GOOD)
        self._check_text(row)
        self._check_choices(row)
        self._check_date(row, source.cells.get("date"))
        self._check_session(row)
        self._resolve_asker(row)
        row.digest = self._digest(row)
        return row

    def _digest(self, row: IntakeRow) -> str:
        """Return a fingerprint that equal rows share, whatever their file, format and width of letters.

        It rests on what the question prints and never on who asked: else a sheet that is sent with the name of a
        suspect would be told "already there". Rows of one file that differ in the asker alone are numbered instead.
        """
        printed = _printed_content(row)
        asker = folded(row.person), folded(row.office_name)
        askers = self.askers.setdefault(_fingerprint(printed), [])
        if asker not in askers:
            askers.append(asker)
        return _fingerprint(printed | {"position": askers.index(asker)})

    def _check_text(self, row: IntakeRow) -> None:
        if is_blank(row.values.get("text", "")):
            row.reject("text", _("The text is missing."))
        for name, limit in LIMITS.items():
            if len(row.values.get(name, "")) > limit:
                row.reject(
                    name,
                    _("%(column)s has more than %(limit)d characters.")
                    % {"column": LAYOUT.by_field[name].label, "limit": limit},
                )

    def _check_choices(self, row: IntakeRow) -> None:
        kind, naming = row.values.get("kind", ""), row.values.get("naming", "")
        if kind:
            row.kind = choice_of(kind, KIND_NAMES) or ""
            if not row.kind:
                row.reject("kind", _("Write 问题, 意见 or 建议 (question, opinion, suggestion)."))
        if naming:
            row.naming = choice_of(naming, NAMING_NAMES) or ""
            if not row.naming:
                row.reject("naming", _("Write 姓名和单位, 仅单位 or 匿名 (full, office, anonymous)."))
        if row.naming == Naming.FULL and not row.values.get("name"):
            row.reject("name", _("A name is needed where the asker is to be named."))

    def _check_date(self, row: IntakeRow, cell: SheetCell | None) -> None:
        if cell is None or cell.error:
            return
        try:
            row.raised_on = as_date(cell.value)
        except ValueError:
            row.reject("date", _("This is not a date. Write it like 2026-04-17 or 2026年4月17日."))
            return
        if row.raised_on and row.raised_on > timezone.localdate():
            row.reject("date", _("This day is still to come."))

    def _check_session(self, row: IntakeRow) -> None:
        number = row.values.get("session", "")
        row.session = self._session_by_number(number) if number else self.session
        if number and row.session is None:
            row.reject("session", _("There is no training session of this number."))

    def _session_by_number(self, number: str) -> TrainingSession | None:
        candidates = number_candidates(number)
        return next((self.sessions[number] for number in candidates if number in self.sessions), None)

    def _resolve_asker(self, row: IntakeRow) -> None:
        """Find the office, the department and the name of the person who asked."""
        received = row.values.get("office", "")
        row.office_name, name_at_end = split_office(received)
        row.office = self.book.office(row.office_name) or self.book.office(received)
        if row.office and name_at_end and row.office == self.book.office(received):
            # An office is registered under the whole text: what looked like a name belongs to it.
            row.office_name, name_at_end = received, ""
        row.person = row.values.get("name", "") or name_at_end
        department_name = row.values.get("department", "")
        row.department = (
            row.office.department if row.office else self.book.department(department_name or row.office_name)
        )
        if department_name and self.book.department(department_name) is None:
            row.reject("department", _("There is no department of this name."))


def _printed_content(row: IntakeRow) -> dict[str, Any]:
    """Return the values of a row that its question shows to everybody, as they are compared."""
    content: dict[str, Any] = {name: folded(value) for name, value in row.values.items() if value}
    # An answer or a category that was added later does not make it another question.
    for name in ("answer", "category", "name", "office"):
        content.pop(name, None)
    if row.naming == Naming.FULL:
        content["name"] = folded(row.person)
    if row.naming != Naming.ANONYMOUS:
        content["office"] = folded(row.office_name)
    return content | {
        "kind": row.kind,
        "naming": row.naming,
        "text": " ".join(row.values.get("text", "").split()),
        "date": row.raised_on.isoformat() if row.raised_on else "",
    }


def _fingerprint(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
