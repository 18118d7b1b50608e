"""Reading CSV files: what separates their cells is learned from the headings, not guessed from frequencies."""

from __future__ import annotations

import csv
import io
import re

from django.utils.translation import gettext as _

from portal.foundation.sheets.cells import SheetCell, text_cell
from portal.foundation.sheets.errors import SheetError
from portal.foundation.sheets.grids import Grid, GridRow
from portal.foundation.sheets.writing import FORMULA_STARTS
from portal.foundation.workbooks.limits import MAX_COLUMNS

DELIMITERS = (",", ";", "\t", "|", "，", "；")
# A first line that Excel writes and reads to say what separates the cells; it counts as no row.
DELIMITER_LINE = re.compile(r'"?sep=(?P<delimiter>[^\r\n"])"?[^\S\r\n]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
# Fewer columns than these cannot be told from a text with a comma or two.
MIN_COLUMNS_OF_SWALLOWED_ROWS = 3


def decoded(content: bytes) -> str:
    """Return the text of a file: UTF-16 by its mark, else UTF-8, else GB18030 as Excel saves it in China.

    Raises SheetError where it is none of them.
    """
    encodings = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise SheetError(_("The file's encoding is unknown. Save it as UTF-8."))


def delimiters_of(text: str) -> tuple[tuple[str, ...], str]:
    """Return the delimiters to try, best first, and the text without the line that may name one."""
    match = DELIMITER_LINE.match(text)
    if not match:
        return DELIMITERS, text
    declared = match["delimiter"]
    return (declared, *(delimiter for delimiter in DELIMITERS if delimiter != declared)), text[match.end() :]


def first_rows(text: str, delimiter: str, count: int) -> Grid:
    """Return the first filled rows of a file as they read with one delimiter, whatever is wrong with them."""
    grid = Grid()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, record in enumerate(reader, start=1):
            _append(grid, number, record)
            if len(grid.rows) >= count:
                break
    except csv.Error:
        pass
    return grid


def read_csv(text: str, delimiter: str, *, max_rows: int) -> Grid:
    """Return at most `max_rows` filled rows, numbered as a spreadsheet numbers them.

    Raises SheetError with the line where a quotation mark is opened and not closed.
    """
    grid = Grid()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    first_line = 1
    try:
        for number, record in enumerate(reader, start=1):
            if len(grid.rows) >= max_rows and any(record):
                grid.is_cut = True
                break
            _append(grid, number, record)
            first_line = reader.line_num + 1
    except csv.Error as error:
        message = _("Line %(line)d: a quotation mark is opened and not closed, or text follows a closed one.")
        raise SheetError(message % {"line": first_line}) from error
    return grid


def mark_swallowed_rows(grid: Grid, delimiter: str, *, columns: int) -> None:
    """Put an error on cells that hold whole rows of the file, since a quotation mark is missing.

    Two marks that are missing in different rows close each other. The cell between them then begins with exactly
    what its row lacks and goes on with whole rows; a text of several lines does not.
    """
    if columns < MIN_COLUMNS_OF_SWALLOWED_ROWS:
        return
    for row in grid.rows:
        for column, cell in row.cells.items():
            lines = cell.text.split("\n")
            if len(lines) > 1 and _holds_rows(lines, delimiter, column, columns):
                message = _("%(cell)s holds whole rows of the file. Is a quotation mark missing?")
                row.cells[column] = SheetCell(cell.row, column, cell.value, message % {"cell": cell.address})


def _holds_rows(lines: list[str], delimiter: str, column: int, columns: int) -> bool:
    counts = [line.count(delimiter) for line in lines]
    completes_row = column + counts[0] == columns
    return (
        completes_row and all(count == columns - 1 for count in counts[1:-1]) and sum(counts) >= columns - 1
    )


def _append(grid: Grid, number: int, record: list[str]) -> None:
    cells = {
        column: text_cell(number, column, _without_guard(text.strip()))
        for column, text in enumerate(record[:MAX_COLUMNS], start=1)
        if text.strip()
    }
    if cells:
        grid.rows.append(GridRow(number, cells))


def _without_guard(text: str) -> str:
    """Return a cell without the apostrophe that keeps spreadsheets from computing it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text
