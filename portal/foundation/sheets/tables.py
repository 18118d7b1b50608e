"""Read a file as tables: find the headings, give the rows below them by field, say what was not read."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.foundation.joining import listed
from portal.foundation.sheets.cells import SheetCell
from portal.foundation.sheets.columns import Layout
from portal.foundation.sheets.delimited import (
    decoded,
    delimiters_of,
    first_rows,
    mark_swallowed_rows,
    read_csv,
)
from portal.foundation.sheets.errors import CellError, SheetError
from portal.foundation.sheets.excel import read_workbook
from portal.foundation.sheets.grids import Grid, GridRow
from portal.foundation.workbooks.limits import MAX_ROWS_ABOVE_HEADINGS

ZIP_START = b"PK"
# Old binary workbooks, and new ones with a password, are compound files.
COMPOUND_FILE_START = b"\xd0\xcf\x11\xe0"
EMPTY_CELL = SheetCell(0, 0, None)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row below the headings: its cells by field, and all of them in the order of the headings."""

    number: int
    cells: dict[str, SheetCell]
    originals: tuple[SheetCell, ...] = ()
    sheet: str = ""

    @property
    def texts(self) -> dict[str, str]:
        return {name: cell.text for name, cell in self.cells.items()}

    @property
    def errors(self) -> list[CellError]:
        """Return errors of cells that cannot be read; importers add those of values that make no sense to them."""
        return [
            CellError(self.number, name, cell.error, self.sheet)
            for name, cell in self.cells.items()
            if cell.error
        ]


@dataclass(slots=True)
class Table:
    """One sheet with headings. `columns` are the columns that hold a field, `ignored` headings that mean nothing."""

    sheet: str
    headings: list[str]
    columns: dict[int, str]
    rows: list[TableRow]
    ignored: list[str]
    is_cut: bool = False


@dataclass(slots=True)
class TableFile:
    """The tables of a file.

    `tables` are the sheets that were read; `sheets` the names of all that could be, `unread` of visible ones with
    content that were not. A CSV file is one table without a name.
    """

    tables: list[Table]
    sheets: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def rows(self) -> list[TableRow]:
        return [row for table in self.tables for row in table.rows]

    @property
    def ignored(self) -> list[str]:
        return list(dict.fromkeys(heading for table in self.tables for heading in table.ignored))

    @property
    def read_sheets(self) -> list[str]:
        return [table.sheet for table in self.tables if table.sheet]

    @property
    def has_choice(self) -> bool:
        return len(self.sheets) > 1

    @property
    def is_complete(self) -> bool:
        """True where every sheet that has rows to read was read."""
        return set(self.sheets) <= set(self.read_sheets)


def read_tables(content: bytes, *, layout: Layout, max_rows: int, sheet: str = "") -> TableFile:
    """Read an Excel workbook or a CSV file, told apart by their bytes; raises SheetError.

    All sheets with the headings of `layout` are read, or the one called `sheet`.
    """
    if not content.strip():
        raise SheetError(_("The file is empty."))
    if content.startswith(COMPOUND_FILE_START):
        raise SheetError(_("This is an old or encrypted Excel file. Save it as .xlsx without a password."))
    if content.startswith(ZIP_START):
        # A row more than is taken tells that there are too many.
        grids = read_workbook(content, max_rows=max_rows + MAX_ROWS_ABOVE_HEADINGS + 1)
    else:
        grids = [_csv_grid(content, layout, max_rows + MAX_ROWS_ABOVE_HEADINGS + 1)]
    file = _choose([_table_of(grid, layout) for grid in grids if grid.rows], layout, sheet)
    _check_size(file.tables, max_rows)
    return file


def _csv_grid(content: bytes, layout: Layout, max_rows: int) -> Grid:
    """Read with the delimiter under which most headings are recognised; the first of equals has it."""
    delimiters, text = delimiters_of(decoded(content))

    def recognised(delimiter: str) -> int:
        head = _heading_row(first_rows(text, delimiter, MAX_ROWS_ABOVE_HEADINGS + 1), layout)
        return len(head[1]) if head else 0

    delimiter = max(delimiters, key=recognised)
    grid = read_csv(text, delimiter, max_rows=max_rows)
    head = _heading_row(grid, layout)
    if head:
        mark_swallowed_rows(grid, delimiter, columns=max(grid.rows[head[0]].cells))
    return grid


def _table_of(grid: Grid, layout: Layout) -> Table:
    """Return the table of a grid; one without any recognised heading has no columns."""
    head = _heading_row(grid, layout)
    if head is None:
        return Table(grid.name, [], {}, [], [])
    index, columns = head
    cells = grid.rows[index].cells
    width = max(cells)
    headings = [cells.get(column, EMPTY_CELL).text for column in range(1, width + 1)]
    ignored = [
        heading for column, heading in enumerate(headings, start=1) if heading and column not in columns
    ]
    rows = [row for below in grid.rows[index + 1 :] if (row := _table_row(below, columns, width, grid.name))]
    return Table(grid.name, headings, columns, rows, ignored, grid.is_cut)


def _table_row(row: GridRow, columns: dict[int, str], width: int, sheet: str) -> TableRow | None:
    """Return the row by field, or None where no column that is read has anything in it."""
    cells = {
        name: row.cells.get(column) or SheetCell(row.number, column, None) for column, name in columns.items()
    }
    if all(cell.is_empty for cell in cells.values()):
        return None
    originals = tuple(row.cells.get(column, EMPTY_CELL) for column in range(1, width + 1))
    return TableRow(row.number, cells, originals, sheet)


def _heading_row(grid: Grid, layout: Layout) -> tuple[int, dict[int, str]] | None:
    """Return the index of the row of headings, and the fields by column.

    It is the first row that has the required headings, unless a row above it has more of the others: then it is
    data that read like headings. Without such a row it is the one with most headings, so that the message can say
    which are missing.
    """
    candidates = [
        (index, fields)
        for index, row in enumerate(grid.rows[: MAX_ROWS_ABOVE_HEADINGS + 1])
        if (fields := _fields_of(row, layout))
    ]
    complete = [
        (index, fields)
        for position, (index, fields) in enumerate(candidates)
        if layout.required <= set(fields.values())
        and all(len(above) <= len(fields) for _index, above in candidates[:position])
    ]
    if not complete:
        return max(candidates, key=lambda candidate: len(candidate[1]), default=None)
    index, fields = complete[0]
    if len(grid.rows[index].cells) == 1:
        # A single cell above several headings is a title, even if it reads like a heading (问题).
        index, fields = next((candidate for candidate in complete if len(candidate[1]) > 1), complete[0])
    return _below_merged_headings(grid, layout, index, fields)


def _below_merged_headings(
    grid: Grid, layout: Layout, index: int, fields: dict[int, str]
) -> tuple[int, dict[int, str]]:
    """Return the lowest row of headings in two rows, of which some are merged downwards."""
    number = grid.rows[index].number
    bottom = max(
        (area.last_row for area in grid.merged if area.first_row <= number <= area.last_row), default=0
    )
    while index + 1 < len(grid.rows) and grid.rows[index + 1].number <= bottom:
        lower = _fields_of(grid.rows[index + 1], layout)
        if len(lower) < len(fields) or not layout.required <= set(lower.values()):
            break
        index, fields = index + 1, lower
    return index, fields


def _fields_of(row: GridRow, layout: Layout) -> dict[int, str]:
    return layout.fields_of(
        (column, cell.text) for column, cell in sorted(row.cells.items()) if not cell.error
    )


def _choose(tables: list[Table], layout: Layout, sheet: str) -> TableFile:
    """Keep the tables that are read, and say which others there are; raises SheetError where none is."""
    complete = [table for table in tables if layout.required <= set(table.columns.values())]
    if not complete:
        raise SheetError(_missing_headings(tables, layout))
    filled = [table for table in complete if table.rows]
    if not filled:
        raise SheetError(_("The file has no rows."))
    if sheet:
        chosen = [table for table in filled if table.sheet == sheet]
        if not chosen:
            raise SheetError(_("The file has no sheet %(name)s with rows to read.") % {"name": sheet})
    else:
        # Beside a sheet with several headings, one with a single one is likely to be notes about them.
        enough = min(2, max(len(table.columns) for table in filled))
        chosen = [table for table in filled if len(table.columns) >= enough]
    names = {table.sheet for table in chosen}
    # A sheet with headings and nothing below them is left out without a word.
    unread = [
        table.sheet for table in tables if table.sheet not in names and (table.rows or table not in complete)
    ]
    return TableFile(chosen, [table.sheet for table in filled if table.sheet], unread)


def _missing_headings(tables: list[Table], layout: Layout) -> str:
    if not tables:
        return _("The file has no rows.")
    best = max(tables, key=lambda table: len(table.columns))
    absent = [
        column for column in layout.columns if column.required and column.field not in best.columns.values()
    ]
    message = _("There is no column %(names)s. Use the template's headings.")
    return message % {"names": listed(column.label for column in absent)}


def _check_size(tables: list[Table], max_rows: int) -> None:
    if any(table.is_cut for table in tables) or sum(len(table.rows) for table in tables) > max_rows:
        message = _("The file has more than %(limit)s rows; send it in parts.")
        raise SheetError(message % {"limit": max_rows})
