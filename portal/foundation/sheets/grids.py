"""Grids: the rows and merged areas of a sheet whose columns have no meaning yet."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace

from portal.foundation.sheets.cells import SheetCell


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row that has a filled cell; `cells` are the filled ones by column, which counts from 1."""

    number: int
    cells: dict[int, SheetCell]


@dataclass(frozen=True, slots=True)
class MergedArea:
    """Cells that are merged into the upper left one; all ends are inclusive."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    @property
    def size(self) -> int:
        return (self.last_row - self.first_row + 1) * (self.last_column - self.first_column + 1)


@dataclass(slots=True)
class Grid:
    """The filled rows of a sheet in order; `is_cut` where it has more than the reader was told to take."""

    name: str = ""
    rows: list[GridRow] = field(default_factory=list)
    merged: list[MergedArea] = field(default_factory=list)
    is_cut: bool = False

    def spread_merged(self) -> None:
        """Give every filled row the value of a cell that is merged down over it.

        A cell that is merged sideways stays in its first column, and a row that is filled by nothing but a merged
        cell stays no row.
        """
        numbers = [row.number for row in self.rows]
        for area in self.merged:
            start = bisect_left(numbers, area.first_row)
            end = bisect_right(numbers, area.last_row)
            if start == end or numbers[start] != area.first_row:
                continue  # nothing stands in the cell that counts for the others
            source = self.rows[start].cells.get(area.first_column)
            if source is not None:
                for row in self.rows[start + 1 : end]:
                    row.cells[area.first_column] = replace(source, row=row.number)
