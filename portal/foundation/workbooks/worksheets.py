"""The cells of one worksheet, from the events of its XML, as they are stored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from portal.foundation.workbooks.errors import (
    TOO_MANY_CHARACTERS,
    TOO_MANY_MERGED_CELLS,
    DamagedPackageError,
    WorkbookError,
)
from portal.foundation.workbooks.limits import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_MERGED_CELLS,
    MAX_SHEET_COLUMNS,
    MAX_SHEET_ROWS,
    MAX_WORKBOOK_CHARACTERS,
)
from portal.foundation.workbooks.packages import START, TEXT
from portal.foundation.workbooks.strings import StringCollector, unescaped

ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")
INTEGER = re.compile(r"[+-]?[0-9]{1,15}\Z")
LETTERS = 26
NUMBER_KIND, SHARED_KIND, INLINE_KIND, RESULT_KIND = "n", "s", "inlineStr", "str"
# Shared and inline texts, and texts that a formula gave, are texts alike once they are read.
TEXT_KIND = "text"
# Refers to a text that the workbook does not hold.
MISSING_KIND = "missing"
# A formula without a stored result.
FORMULA_KIND = "formula"


class RawCell(NamedTuple):
    """A filled cell: its column from 1, its kind, what is stored, the index of its style."""

    column: int
    kind: str
    stored: str
    style: int


@dataclass(slots=True)
class RawSheet:
    """The filled rows of a sheet, each with its number, and its merged areas (first row, last row, columns alike)."""

    name: str
    rows: list[tuple[int, list[RawCell]]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    is_cut: bool = False


@dataclass(slots=True)
class WorkbookParts:
    """The parts that the sheets of a workbook share: names and ids of the visible ones, strings, styles.

    `styles` are the numbers of the formats by index of the style, `formats` the codes by number. `characters_left` is
    how much text the cells together may still have.
    """

    sheets: list[tuple[str, str]] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    styles: list[int] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)
    since_1904: bool = False
    characters_left: int = field(default_factory=lambda: MAX_WORKBOOK_CHARACTERS)


class SheetReader:
    """Builds a sheet; `handle` takes the events of its XML in order."""

    def __init__(self, sheet: RawSheet, parts: WorkbookParts, max_rows: int) -> None:
        self._sheet = sheet
        self._parts = parts
        self._max_rows = max_rows
        self._row, self._column = 0, 0
        self._cells: dict[int, RawCell] = {}
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

    def finished(self) -> RawSheet:
        """Return the sheet with its rows in order."""
        self._sheet.rows.sort(key=lambda row: row[0])
        return self._sheet

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
        if self._column > MAX_COLUMNS or self._sheet.is_cut:
            return
        kind, stored = self._stored(inline)
        if stored or kind not in (NUMBER_KIND, TEXT_KIND):
            style = self._attributes.get("s", "")
            index = int(style) if INTEGER.match(style) else 0
            # A character more than a cell may have tells that it has too many.
            self._cells[self._column] = RawCell(self._column, kind, stored[: MAX_CELL_CHARACTERS + 1], index)

    def _end_row(self) -> None:
        if not self._cells:
            return  # a row that is only formatted is no row
        if len(self._sheet.rows) >= self._max_rows:
            self._sheet.is_cut = True
        else:
            self._sheet.rows.append((self._row, list(self._cells.values())))

    def _stored(self, inline: str) -> tuple[str, str]:
        """Return kind and content of the cell that has just ended; `inline` is text that stood instead of a value."""
        kind, stored = self._attributes.get("t", NUMBER_KIND), "".join(self._value_parts)
        formula = "=" + "".join(self._formula_parts)
        self._value_parts.clear()
        self._formula_parts.clear()
        # A formula whose result is an empty text has the type `str`; one that was never computed has none.
        if self._has_formula and not stored and kind != RESULT_KIND:
            return FORMULA_KIND, formula
        if kind == INLINE_KIND:
            return TEXT_KIND, inline
        if kind == RESULT_KIND:
            return TEXT_KIND, unescaped(stored)
        if kind != SHARED_KIND:
            return kind, stored
        text = self._shared_string(stored)
        if text is None:
            return MISSING_KIND, ""
        self._count_characters(text)
        return TEXT_KIND, text

    def _count_characters(self, text: str) -> None:
        self._parts.characters_left -= len(text)
        if self._parts.characters_left < 0:
            raise WorkbookError(TOO_MANY_CHARACTERS)

    def _shared_string(self, stored: str) -> str | None:
        if not stored:
            return ""
        strings = self._parts.strings
        index = int(stored) if INTEGER.match(stored) else -1
        return strings[index] if 0 <= index < len(strings) else None

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
            rows, columns = zip(_row_and_column(first), _row_and_column(last or first), strict=True)
        except DamagedPackageError:
            return  # nothing depends on an area that no program can read
        area = (min(rows), max(rows), min(columns), max(columns))
        self._merged_cells += (area[1] - area[0] + 1) * (area[3] - area[2] + 1)
        if self._merged_cells > MAX_MERGED_CELLS:
            raise WorkbookError(TOO_MANY_MERGED_CELLS)
        self._sheet.merged.append(area)


def _row_and_column(address: str) -> tuple[int, int]:
    match = ADDRESS.match(address)
    if not match:
        raise DamagedPackageError
    column = 0
    for letter in match[1].upper():
        column = column * LETTERS + ord(letter) - ord("A") + 1
    return _within(match[2], 0, MAX_SHEET_ROWS), min(column, MAX_SHEET_COLUMNS)


def _within(text: str | None, default: int, limit: int) -> int:
    """Return the whole number in `text` where it counts from 1 to `limit`; raises DamagedPackageError."""
    if text is None:
        return default
    number = int(text) if INTEGER.match(text) else 0
    if not 1 <= number <= limit:
        raise DamagedPackageError
    return number
