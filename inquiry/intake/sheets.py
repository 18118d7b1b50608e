"""Reading and writing tables: XLSX and CSV as people make them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

MAX_UNPACKED = 100 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_MERGED = 100_000
MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Uncomputed:
    """A formula whose result the file does not hold."""

    formula: str


@dataclass
class Table:
    """Rows of a sheet with the numbers that a spreadsheet shows beside them."""

    rows: list[tuple[int, list[Any]]]


def read_xlsx(content: bytes) -> Table:
    """The first sheet that has any cells. A cell merged over several rows counts for each of them."""
    _refuse_bombs(content)
    try:
        shown = load_workbook(io.BytesIO(content), data_only=True)
        written = load_workbook(io.BytesIO(content), data_only=False)
    except Exception:
        raise ValidationError(_("This is not an Excel workbook, or it is damaged.")) from None
    for name in shown.sheetnames:
        sheet = shown[name]
        if isinstance(sheet, Worksheet) and sheet.max_row and any(any(row) for row in _head(sheet)):
            return Table(list(_rows(sheet, written[name])))
    raise ValidationError(_("The file has no rows."))


def _refuse_bombs(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            merged = _merged_cells(archive) if size <= MAX_UNPACKED else 0
    except (zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError, zlib.error, EOFError):
        raise ValidationError(_("This is not an Excel workbook, or it is damaged.")) from None
    if size > MAX_UNPACKED or merged > MAX_MERGED:
        raise ValidationError(
            _("The workbook unpacks to more than %(limit)d MB.") % {"limit": MAX_UNPACKED >> 20}
        )


def _merged_cells(archive: zipfile.ZipFile) -> int:
    """How many cells the merged areas cover: openpyxl makes an object of each."""
    sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
    areas = [area for name in sheets for area in MERGED.findall(archive.read(name))]
    letters = column_index_from_string
    return sum(
        (abs(letters(right.decode()) - letters(left.decode())) + 1) * (abs(int(bottom) - int(top)) + 1)
        for left, top, right, bottom in areas
    )


def _head(sheet: Worksheet) -> Iterable[Sequence[Any]]:
    return sheet.iter_rows(max_row=min(sheet.max_row, MAX_ROWS), max_col=_width(sheet), values_only=True)


def _width(sheet: Worksheet) -> int:
    return min(sheet.max_column, MAX_COLUMNS)


def _rows(shown: Worksheet, written: Worksheet) -> Iterable[tuple[int, list[Any]]]:
    if shown.max_row > MAX_ROWS:
        raise ValidationError(_("The file has more than %(limit)d rows.") % {"limit": MAX_ROWS})
    merged = _merged_values(shown)
    width = _width(shown)
    for number, (cells, originals) in enumerate(
        zip(shown.iter_rows(max_col=width), written.iter_rows(max_col=width), strict=False), start=1
    ):
        yield (
            number,
            [
                merged.get((number, column), _value(cell, original))
                for column, (cell, original) in enumerate(zip(cells, originals, strict=True), start=1)
            ],
        )


def _merged_values(sheet: Worksheet) -> dict[tuple[int, int], Any]:
    """Values of cells that are merged downwards; a heading merged sideways stays in its first column."""
    values = {}
    for area in sheet.merged_cells.ranges:
        value = sheet.cell(area.min_row, area.min_col).value
        for row in range(area.min_row, min(area.max_row, MAX_ROWS) + 1):
            values[row, area.min_col] = value
    return values


def _value(cell: Cell | MergedCell, original: Cell | MergedCell) -> Any:
    if original.data_type == "f" and cell.value is None:
        return Uncomputed(str(original.value))
    if isinstance(cell.value, dt.datetime):
        return cell.value.date()
    return cell.value


def read_csv(content: bytes) -> Table:
    """UTF-8, UTF-16 or GB18030, with commas, semicolons or tabs."""
    text = decode(content)
    sample = text[:10_000]
    first = sample.splitlines()[0] if sample.strip() else ""
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False))
    except csv.Error:
        raise ValidationError(_("This is not a table of comma-separated values.")) from None
    if len(rows) > MAX_ROWS:
        raise ValidationError(_("The file has more than %(limit)d rows.") % {"limit": MAX_ROWS})
    return Table(
        [(number, [_plain(cell) for cell in row[:MAX_COLUMNS]]) for number, row in enumerate(rows, 1)]
    )


def decode(content: bytes) -> str:
    """Text of a file, whichever of the three encodings it has."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ValidationError(_("The file's encoding is unknown. Save it as UTF-8."))


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from computing it."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in RISKY else cell


def write_xlsx(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> bytes:
    """Cells are text, never formulas."""
    book = Workbook()
    sheet = book.worksheets[0]
    for place, row in enumerate([head, *rows], start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(place, column)
            if value:
                cell.value, cell.data_type = value, "s"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.number_format = "@"
            if place == 1:
                cell.font = Font(bold=True)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def write_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a mark that Excel needs; what Excel would compute is quoted by an apostrophe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(head)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(RISKY) else cell for cell in row])
    return buffer.getvalue().encode("utf-8-sig")
