"""The cells of one worksheet, from the events of its XML."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from openpyxl.utils import column_index_from_string

from portal.foundation.sheets.cells import CellValue, SheetCell, address_of, error_value_message, text_cell
from portal.foundation.sheets.errors import SheetError
from portal.foundation.sheets.grids import Grid, GridRow, MergedArea
from portal.foundation.sheets.limits import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_ERROR_CHARACTERS,
    MAX_MERGED_CELLS,
    MAX_SHEET_COLUMNS,
    MAX_SHEET_ROWS,
    MAX_WORKBOOK_CHARACTERS,
)
from portal.foundation.sheets.packages import START, TEXT, DamagedPackageError
from portal.foundation.sheets.strings import StringCollector, unescaped
from portal.foundation.sheets.styles import date_of

ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")
# Python reads more as a number than a spreadsheet writes: nan, 1_000, digits of other scripts.
INTEGER = re.compile(r"[+-]?[0-9]{1,15}\Z")
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\Z")


@dataclass(slots=True)
class WorkbookParts:
    """The parts that the sheets of a workbook share: names and ids of the visible ones, strings, kinds of styles.

    `characters_left` is how much text their cells together may still have.
    """

    sheets: list[tuple[str, str]] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    style_kinds: list[str] = field(default_factory=list)
    since_1904: bool = False
    characters_left: int = field(default_factory=lambda: MAX_WORKBOOK_CHARACTERS)


class SheetReader:
    """Builds the grid of a worksheet; `handle` takes the events of its XML in order."""

    def __init__(self, grid: Grid, parts: WorkbookParts, max_rows: int) -> None:
        self._grid = grid
        self._parts = parts
        self._max_rows = max_rows
        self._row, self._column = 0, 0
        self._cells: dict[int, SheetCell] = {}
        self._attributes: dict[str, str] = {}
        self._inline = StringCollector()
        self._open = ""
        self._value_parts: list[str] = []
        self._has_formula = False
        self._formula_parts: list[str] = []
        self._merged_cells = 0

    def handle(self, event: str, name: str, attributes: dict[str, str]) -> None:
        if event == TEXT:
            self._text(name)
        elif event == START:
            self._start(name, attributes)
        else:
            self._end(name)

    def finished(self) -> Grid:
        """Return the grid, its rows in order and merged cells spread over them."""
        self._grid.rows.sort(key=lambda row: row.number)
        self._grid.spread_merged()
        return self._grid

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = _within(attributes.get("r"), self._row + 1, MAX_SHEET_ROWS)
            self._column, self._cells = 0, {}
        elif name == "c":
            self._row, self._column = self._position(attributes.get("r"))
            self._attributes, self._has_formula = attributes, False
        elif name in ("v", "f"):
            self._open = name
            self._has_formula |= name == "f"
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        else:
            self._inline.start(name)

    def _text(self, text: str) -> None:
        if self._open == "v":
            self._value_parts.append(text)
        elif self._open == "f":
            self._formula_parts.append(text)
        else:
            self._inline.add(text)

    def _end(self, name: str) -> None:
        if name in ("v", "f"):
            self._open = ""
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        else:
            self._inline.end(name)

    def _end_cell(self) -> None:
        inline = self._inline.pop()
        if self._column > MAX_COLUMNS or self._grid.is_cut:
            return
        cell = self._cell(inline)
        if not cell.is_empty:
            self._cells[self._column] = cell

    def _end_row(self) -> None:
        if not self._cells:
            return  # a row that is only formatted is no row
        if len(self._grid.rows) >= self._max_rows:
            self._grid.is_cut = True
        else:
            self._grid.rows.append(GridRow(self._row, self._cells))

    def _cell(self, inline: str) -> SheetCell:
        """Return the cell that has just ended; `inline` is the text that stood in it instead of a value."""
        kind, stored = self._attributes.get("t", "n"), "".join(self._value_parts)
        formula = "=" + "".join(self._formula_parts)
        self._value_parts.clear()
        self._formula_parts.clear()
        row, column = self._row, self._column
        address = address_of(row, column)
        # A formula whose result is an empty text has the type `str`; one that was never computed has none.
        if self._has_formula and not stored and kind != "str":
            message = _("The formula in %(cell)s has no stored result. Paste its value instead.")
            return SheetCell(row, column, formula[:MAX_CELL_CHARACTERS], message % {"cell": address})
        if kind == "e":
            stored = stored[:MAX_ERROR_CHARACTERS] or "#VALUE!"
            return SheetCell(row, column, stored, error_value_message(address, stored))
        if kind == "inlineStr":
            return text_cell(row, column, inline)
        if kind == "str":
            return text_cell(row, column, unescaped(stored))
        if kind != "s":
            return SheetCell(row, column, self._plain_value(kind, stored))
        text = self._shared_string(stored)
        self._count_characters(text or "")
        if text is None:
            message = _("%(cell)s refers to a text that the workbook does not hold.")
            return SheetCell(row, column, "", message % {"cell": address})
        return text_cell(row, column, text)

    def _count_characters(self, text: str) -> None:
        self._parts.characters_left -= len(text)
        if self._parts.characters_left < 0:
            raise SheetError(_("The file has more text than the portal reads; send it in parts."))

    def _shared_string(self, stored: str) -> str | None:
        if not stored:
            return ""
        strings = self._parts.strings
        index = int(stored) if INTEGER.match(stored) else -1
        return strings[index] if 0 <= index < len(strings) else None

    def _plain_value(self, kind: str, stored: str) -> CellValue:
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
        style = self._attributes.get("s", "")
        index = int(style) if INTEGER.match(style) else 0
        kinds = self._parts.style_kinds
        style_kind = kinds[index] if 0 <= index < len(kinds) else ""
        return date_of(number, style_kind, since_1904=self._parts.since_1904) if style_kind else number

    def _position(self, address: str | None) -> tuple[int, int]:
        """Return row and column of a cell; one without an address stands right of the one before it."""
        if not address:
            return self._row, self._column + 1
        row, column = _row_and_column(address)
        # The row that the cell stands in has the last word: rows are what is counted and cut.
        return (self._row or row), column

    def _merge(self, reference: str) -> None:
        first, _colon, last = reference.strip().partition(":")
        try:
            first_row, first_column = _row_and_column(first)
            last_row, last_column = _row_and_column(last or first)
        except DamagedPackageError:
            return  # nothing depends on an area that no program can read
        area = MergedArea(
            min(first_row, last_row),
            max(first_row, last_row),
            min(first_column, last_column),
            max(first_column, last_column),
        )
        self._merged_cells += area.size
        if self._merged_cells > MAX_MERGED_CELLS:
            message = _("A sheet of the workbook merges more than %(limit)d cells.")
            raise SheetError(message % {"limit": MAX_MERGED_CELLS})
        self._grid.merged.append(area)


def _row_and_column(address: str) -> tuple[int, int]:
    match = ADDRESS.match(address)
    if not match:
        raise DamagedPackageError
    try:
        column = column_index_from_string(match[1])
    except ValueError as error:  # a name beyond ZZZ
        raise DamagedPackageError from error
    return _within(match[2], 0, MAX_SHEET_ROWS), min(column, MAX_SHEET_COLUMNS)


def _within(text: str | None, default: int, limit: int) -> int:
    """Return the whole number in `text` where it counts from 1 to `limit`; raises DamagedPackageError."""
    if text is None:
        return default
    number = int(text) if INTEGER.match(text) else 0
    if not 1 <= number <= limit:
        raise DamagedPackageError
    return number


def _date_of_text(text: str) -> CellValue:
    """Return a date that was stored as ISO 8601, or the text where it is not one."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.replace(tzinfo=None)
