"""An uploaded file as rows by field: a sheet, or the JSON list of published answers."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from inquiry.intake.fields import ERROR_HEADING, LAYOUT, folded
from portal.foundation.sheets import (
    SheetCell,
    SheetError,
    Table,
    TableFile,
    TableRow,
    decoded,
    read_tables,
    text_of,
)

MAX_ROWS = 20_000
UTF8_MARK = b"\xef\xbb\xbf"


def read_rows(content: bytes, *, sheet: str = "") -> TableFile:
    """Read an Excel workbook, a CSV file or a JSON list, told apart by their bytes.

    `sheet` reads one sheet of several. Raises SheetError where the file as a whole cannot be read.
    """
    if content.removeprefix(UTF8_MARK).lstrip()[:1] in (b"[", b"{"):
        return _read_json(content)
    file = read_tables(content, layout=LAYOUT, max_rows=MAX_ROWS, sheet=sheet)
    for table in file.tables:
        table.ignored = [heading for heading in table.ignored if not is_error_heading(heading)]
    return file


def is_error_heading(heading: str) -> bool:
    """Return whether a heading is that of the column in which rejected rows say what is wrong."""
    return folded(heading) == folded(ERROR_HEADING)


def _read_json(content: bytes) -> TableFile:
    entries = _entries(content)
    keys = list(dict.fromkeys(key for entry in entries if isinstance(entry, dict) for key in entry))
    columns = LAYOUT.fields_of(enumerate(keys, start=1))
    if "text" not in columns.values():
        label = LAYOUT.by_field["text"].label
        raise SheetError(_("There is no column %(names)s. Use the template's headings.") % {"names": label})
    # Columns are headed as in the template, so that rejected rows come back as a sheet.
    headings = [
        LAYOUT.by_field[columns[position]].title if position in columns else key
        for position, key in enumerate(keys, start=1)
    ]
    ignored = [key for position, key in enumerate(keys, start=1) if key and position not in columns]
    rows = [_json_row(number, entry, keys, columns) for number, entry in enumerate(entries, start=1)]
    return TableFile([Table("", headings, columns, rows, ignored)])


def _entries(content: bytes) -> list[Any]:
    """Return the list that a JSON file is or holds; raises SheetError."""
    try:
        data = json.loads(decoded(content))
    except (ValueError, RecursionError):  # a number of thousands of digits is a ValueError
        raise SheetError(_("This is not valid JSON.")) from None
    if isinstance(data, dict):
        data = next((value for value in data.values() if isinstance(value, list)), None)
    if not isinstance(data, list) or not data:
        raise SheetError(_("The JSON file is not a list of questions."))
    return data


def _json_row(number: int, entry: Any, keys: list[str], columns: dict[int, str]) -> TableRow:
    values = entry if isinstance(entry, dict) else {}
    originals = tuple(
        SheetCell(number, position, _plain(values.get(key))) for position, key in enumerate(keys, start=1)
    )
    cells = {name: originals[position - 1] for position, name in columns.items()}
    return TableRow(number, cells, originals)


def _plain(value: Any) -> str | None:
    """Return what a cell would hold; lists and objects become the text that they have in Python."""
    return None if value is None else text_of(value)
