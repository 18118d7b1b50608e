"""Writing sheets that people fill in, correct and send back: text stays text, whatever it begins with."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

# What spreadsheets take for the start of a formula when they open a CSV file.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DEFAULT_WIDTH = 24
MAX_TITLE_CHARACTERS = 31
# The format of text: what is typed into such a cell later stays text, too.
TEXT_FORMAT = "@"


def write_xlsx(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str,
    widths: Sequence[int] = (),
) -> bytes:
    """Return an Excel file whose cells are never formulas; `widths` are those of the columns in characters."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:MAX_TITLE_CHARACTERS])
    sheet.freeze_panes = "A2"
    for position in range(1, len(header) + 1):
        width = widths[position - 1] if position <= len(widths) else DEFAULT_WIDTH
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.append([_cell(sheet, label, is_heading=True) for label in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet: Any, value: Any, *, is_heading: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=value if value != "" else None)
    if isinstance(value, str):
        cell.number_format = TEXT_FORMAT
        if value:
            cell.data_type = "s"
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if is_heading:
        cell.font = Font(bold=True)
    return cell


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file that Excel opens as UTF-8; what a program could take for a formula is quoted."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(header)
    for row in rows:
        writer.writerow([guarded(str(value)) for value in row])
    return stream.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    """Return a cell of a CSV file that no program takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
