"""An uploaded file as rows of known fields, whatever its format."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inquiry.intake.fields import ERROR_HEADING, FIELDS, field_of, folded
from inquiry.intake.sheets import Table, decode, read_csv, read_xlsx

HEAD_ROWS = 10
OLE = b"\xd0\xcf\x11\xe0"


@dataclass
class RawRow:
    """One row as it stood: `cells` under the file's own headings, `values` by field."""

    number: int
    cells: list[Any]
    values: dict[str, Any]


@dataclass
class RawFile:
    """The rows of a file; `ignored` are headings that mean nothing here."""

    headings: list[str]
    rows: list[RawRow] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_rows(content: bytes) -> RawFile:
    """Rows of an Excel workbook, a CSV file or a JSON list, told apart by their bytes.

    Raises ValidationError where the file as a whole cannot be read.
    """
    if not content.strip():
        raise ValidationError(_("The file is empty."))
    if content.startswith(OLE):
        raise ValidationError(
            _("This is an old or encrypted Excel file. Save it as .xlsx without a password.")
        )
    if content.startswith(b"PK"):
        return _from_table(read_xlsx(content))
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        return _from_json(content)
    return _from_table(read_csv(content))


def _from_table(table: Table) -> RawFile:
    place, fields = _head(table)
    headings = [str(cell or "").strip() for cell in table.rows[place][1]]
    while not headings[-1]:
        headings.pop()
    file = RawFile(headings, ignored=_ignored(headings, fields))
    for number, cells in table.rows[place + 1 :]:
        values = {name: cells[index] for index, name in fields.items() if index < len(cells)}
        if any(value not in (None, "") for value in values.values()):
            file.rows.append(RawRow(number, list(cells), values))
    if not file.rows:
        raise ValidationError(_("The file has no rows."))
    return file


def _head(table: Table) -> tuple[int, dict[int, str]]:
    """Where the row of headings stands, and which field each column holds."""
    for place, (_number, cells) in enumerate(table.rows[:HEAD_ROWS]):
        fields: dict[int, str] = {}
        for index, cell in enumerate(cells):
            name = field_of(str(cell)) if cell not in (None, "") else None
            if name and name not in fields.values():
                fields[index] = name
        if "text" in fields.values():
            return place, fields
    raise ValidationError(_("There is no column for the text of the question. Use the template's headings."))


def _ignored(headings: list[str], fields: dict[int, str]) -> list[str]:
    own = folded(ERROR_HEADING)
    return [
        each for index, each in enumerate(headings) if each and index not in fields and folded(each) != own
    ]


def _from_json(content: bytes) -> RawFile:
    try:
        data = json.loads(decode(content))
    except (ValueError, RecursionError):  # a number of thousands of digits is a ValueError
        raise ValidationError(_("This is not valid JSON.")) from None
    if isinstance(data, dict):
        data = next((value for value in data.values() if isinstance(value, list)), None)
    if not isinstance(data, list) or not data:
        raise ValidationError(_("The JSON file is not a list of questions."))
    keys = list(dict.fromkeys(key for entry in data if isinstance(entry, dict) for key in entry))
    fields = {index: name for index, key in enumerate(keys) if (name := field_of(key))}
    if "text" not in fields.values():
        raise ValidationError(
            _("There is no column for the text of the question. Use the template's headings.")
        )
    headings = [FIELDS[fields[index]].heading if index in fields else key for index, key in enumerate(keys)]
    file = RawFile(headings, ignored=_ignored(headings, fields))
    for number, entry in enumerate(data, start=1):
        cells = [entry.get(key) for key in keys] if isinstance(entry, dict) else [None] * len(keys)
        file.rows.append(RawRow(number, cells, {name: cells[index] for index, name in fields.items()}))
    return file
