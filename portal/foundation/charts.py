"""Charts that templates draw as SVG: geometry only, no colours and no scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

# Width of a column with its gap, in units of the SVG's viewBox; the gap is left half and half.
COLUMN_WIDTH = 10
COLUMN_GAP = 3
# A chart of few days stays narrow: so many pixels for each column.
PIXELS_PER_COLUMN = 34


class DayRow(TypedDict):
    """Figures of one day or week; `part` is at most `value`."""

    label: str
    value: int
    part: int


@dataclass(frozen=True, slots=True)
class Column:
    """One day in a chart: figures, and edges in percent of the highest column, from the top; `hollow` is the height of the part."""

    label: str
    title: str
    value: int
    part: int
    x: float
    top: float
    height: float
    hollow: float


@dataclass(frozen=True, slots=True)
class DayChart:
    """Figures of days or weeks in order of time, as components/days.html draws them.

    `caption` says what is counted, `part_label` what the hollow part of a column is; the other labels stand on
    the table of the same figures.
    """

    rows: Sequence[DayRow]
    caption: str
    day_label: str
    value_label: str
    part_label: str
    table_label: str

    @property
    def max_value(self) -> int:
        """Return the highest figure, and 1 where all are 0, so that it can divide."""
        return max((row["value"] for row in self.rows), default=0) or 1

    @property
    def width(self) -> int:
        return COLUMN_WIDTH * len(self.rows)

    @property
    def width_px(self) -> int:
        return PIXELS_PER_COLUMN * len(self.rows)

    @property
    def columns(self) -> list[Column]:
        return [self._column(index, row) for index, row in enumerate(self.rows)]

    def _column(self, index: int, row: DayRow) -> Column:
        title = f"{row['label']}　{row['value']}"
        if row["part"]:
            title += f"　{self.part_label} {row['part']}"
        return Column(
            label=row["label"],
            title=title,
            value=row["value"],
            part=row["part"],
            x=COLUMN_WIDTH * index + COLUMN_GAP / 2,
            top=round(100 - 100 * row["value"] / self.max_value, 1),
            height=round(100 * row["value"] / self.max_value, 1),
            hollow=round(100 * row["part"] / self.max_value, 1),
        )
