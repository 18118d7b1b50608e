"""Tables that people fill in and send: Excel and CSV, read and written."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

MAX_ROWS = 5_000
MAX_UNPACKED = 200 * 1024 * 1024
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SheetError(Exception):
    """The file cannot be read; the message is for the person who sent it."""


@dataclass(frozen=True)
class Sheet:
    """The header and the rows below it that are not empty, each with its number in the file."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_sheet(data: bytes, *, name: str) -> Sheet:
    """The first table of an `.xlsx` or `.csv` file; every cell is text. Raises SheetError."""
    if name.lower().endswith(".xlsx"):
        table = _xlsx_rows(data)
    elif name.lower().endswith(".csv"):
        table = _csv_rows(data)
    else:
        raise SheetError(_("Send an Excel file (.xlsx) or a CSV file (.csv)."))
    filled = [(number, row) for number, row in table if any(row)]
    if not filled:
        raise SheetError(_("The file has no rows."))
    if len(filled) > MAX_ROWS + 1:
        raise SheetError(_("The file has more than %(limit)s rows; send it in parts.") % {"limit": MAX_ROWS})
    return Sheet(header=filled[0][1], rows=filled[1:])


def _xlsx_rows(data: bytes) -> list[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
                raise SheetError(_("The file unpacks to more than the portal reads."))
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = []
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            rows.append((number, [_text(cell) for cell in cells]))
            if number > MAX_ROWS * 4:
                break
        book.close()
    except SheetError:
        raise
    except Exception as error:
        raise SheetError(_("This is not an Excel file that can be read.")) from error
    return rows


def _csv_rows(data: bytes) -> list[tuple[int, list[str]]]:
    text = _decode(data)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        return [
            (number, [_unguarded(cell.strip()) for cell in row])
            for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), dialect), 1)
        ]
    except csv.Error as error:
        raise SheetError(_("This is not a CSV file that can be read.")) from error


def _decode(data: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, else UTF-8, else GB18030 as Excel saves it in China."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise SheetError(_("The file's encoding is not known; save it as UTF-8."))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _unguarded(str(value).strip())


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def write_xlsx(header: Sequence[str], rows: Iterable[Sequence[object]], *, title: str) -> bytes:
    """An Excel file whose cells are never formulas, whatever they begin with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for position in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(position)].width = 24
    sheet.append([_cell(sheet, label, bold=True) for label in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file that Excel opens as UTF-8; what a program could take for a formula is quoted."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(header)
    for row in rows:
        writer.writerow([guarded(str(value)) for value in row])
    return stream.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    """A cell of a CSV file that no program takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
