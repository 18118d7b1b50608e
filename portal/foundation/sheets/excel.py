"""Reading Excel workbooks (.xlsx): the visible sheets as grids.

A process of its own reads the file, without Django and under limits of memory and time; what it answered is kept beside the
upload, so that preview and saving read the file once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import re
from typing import Any

from django.utils.translation import gettext as _

from portal.foundation.isolation import read_isolated
from portal.foundation.sheets.cells import CellValue, SheetCell, address_of, error_value_message, text_cell
from portal.foundation.sheets.errors import SheetError
from portal.foundation.sheets.grids import Grid, GridRow, MergedArea
from portal.foundation.sheets.styles import date_of, kinds_of_styles
from portal.foundation.uploads import store_result, stored_result
from portal.foundation.workbooks import errors
from portal.foundation.workbooks.limits import (
    MAX_CELL_CHARACTERS,
    MAX_ERROR_CHARACTERS,
    MAX_MERGED_CELLS,
    MAX_SECONDS,
    MAX_UNPACKED_BYTES,
)
from portal.foundation.workbooks.worksheets import FORMULA_KIND, MISSING_KIND, TEXT_KIND

PURPOSE = "workbooks"
MODULE = "portal.foundation.workbooks"
# Python reads more as a number than a spreadsheet writes: nan, 1_000, digits of other scripts.
INTEGER = re.compile(r"[+-]?[0-9]{1,15}\Z")
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\Z")


def read_workbook(content: bytes, *, max_rows: int) -> list[Grid]:
    """Return the visible sheets of a workbook, each with at most `max_rows` filled rows; raises SheetError."""
    key = hashlib.sha256(b"%d:" % max_rows + content).hexdigest()[:32]
    answer = stored_result(purpose=PURPOSE, key=key)
    if answer is None:
        answer = read_in_process(content, max_rows=max_rows)
        store_result(purpose=PURPOSE, key=key, content=answer)
    workbook = json.loads(answer)
    if "error" in workbook:
        raise SheetError(_message(workbook["error"]))
    cells = _Cells(workbook)
    return [_grid(sheet, cells) for sheet in workbook["sheets"]]


def read_in_process(content: bytes, *, max_rows: int) -> bytes:
    """Return what the process that reads a workbook answers (`workbooks.reading.read_as_json`).

    One that needs more memory or time than it may, or ends otherwise, answers with an error as well.
    """
    answer = read_isolated(MODULE, str(max_rows), content, seconds=MAX_SECONDS, with_packages=False)
    return answer or json.dumps({"error": errors.TOO_MUCH_WORK}).encode()


def _message(code: str) -> str:
    """Return the reason of a refusal in the reader's language."""
    messages = {
        errors.DAMAGED: _("This is not an Excel workbook, or it is damaged."),
        errors.TOO_LARGE: _("The workbook unpacks to more than %(limit)d MB.")
        % {"limit": MAX_UNPACKED_BYTES >> 20},
        errors.DEFINES_ENTITIES: _("The workbook defines XML entities, which no spreadsheet does."),
        errors.TOO_MANY_CELLS: _(
            "The workbook has more cells than the portal reads. Split it, or delete empty rows and columns."
        ),
        errors.TOO_MANY_CHARACTERS: _("The file has more text than the portal reads; send it in parts."),
        errors.TOO_MANY_MERGED_CELLS: _("A sheet of the workbook merges more than %(limit)d cells.")
        % {"limit": MAX_MERGED_CELLS},
        errors.ALL_HIDDEN: _("All sheets of the workbook are hidden."),
        errors.TOO_MUCH_WORK: _(
            "Reading the workbook takes more memory or time than the portal gives. Save it anew, or send it in parts."
        ),
    }
    return messages[code]


def _grid(sheet: dict[str, Any], cells: _Cells) -> Grid:
    grid = Grid(sheet["name"], is_cut=sheet["is_cut"])
    grid.merged = [MergedArea(*area) for area in sheet["merged"]]
    for number, row in sheet["rows"]:
        row_cells = (
            (column, cells.cell(number, column, kind, content, style)) for column, kind, content, style in row
        )
        filled = {column: cell for column, cell in row_cells if not cell.is_empty}
        if filled:
            grid.rows.append(GridRow(number, filled))
    grid.spread_merged()
    return grid


class _Cells:
    """Makes cells of what a workbook stores, with its styles."""

    def __init__(self, workbook: dict[str, Any]) -> None:
        formats = {int(number): code for number, code in workbook["formats"].items()}
        self._kinds = kinds_of_styles(workbook["styles"], formats)
        self._since_1904 = workbook["since_1904"]

    def cell(self, row: int, column: int, kind: str, stored: str, style: int) -> SheetCell:
        address = address_of(row, column)
        if kind == TEXT_KIND:
            return text_cell(row, column, stored)
        if kind == FORMULA_KIND:
            message = _("The formula in %(cell)s has no stored result. Paste its value instead.")
            return SheetCell(row, column, stored[:MAX_CELL_CHARACTERS], message % {"cell": address})
        if kind == MISSING_KIND:
            message = _("%(cell)s refers to a text that the workbook does not hold.")
            return SheetCell(row, column, "", message % {"cell": address})
        if kind == "e":
            stored = stored[:MAX_ERROR_CHARACTERS] or "#VALUE!"
            return SheetCell(row, column, stored, error_value_message(address, stored))
        return SheetCell(row, column, self._plain_value(kind, stored, style))

    def _plain_value(self, kind: str, stored: str, style: int) -> CellValue:
        """Return a truth value, a date, a number, or the text where it is none of them."""
        stored = stored.strip()
        if kind == "b":
            return stored not in ("", "0", "false")
        if kind == "d":
            return _date_of_text(stored[:MAX_CELL_CHARACTERS])
        if not NUMBER.match(stored):
            return stored[:MAX_CELL_CHARACTERS]
        number = int(stored) if INTEGER.match(stored) else float(stored)
        if math.isinf(number):
            return stored[:MAX_CELL_CHARACTERS]
        style_kind = self._kinds[style] if 0 <= style < len(self._kinds) else ""
        return date_of(number, style_kind, since_1904=self._since_1904) if style_kind else number


def _date_of_text(text: str) -> CellValue:
    """Return a date that was stored as ISO 8601, or the text where it is not one."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.replace(tzinfo=None)
