"""Tables that people fill in and send: one reader of Excel and CSV files, one writer."""

from portal.foundation.sheets.cells import CellValue, SheetCell, text_of
from portal.foundation.sheets.columns import Layout, SheetColumn
from portal.foundation.sheets.delimited import decoded
from portal.foundation.sheets.errors import CellError, SheetError
from portal.foundation.sheets.tables import Table, TableFile, TableRow, read_tables
from portal.foundation.sheets.writing import XLSX_TYPE, guarded, write_csv, write_xlsx

__all__ = [
    "XLSX_TYPE",
    "CellError",
    "CellValue",
    "Layout",
    "SheetCell",
    "SheetColumn",
    "SheetError",
    "Table",
    "TableFile",
    "TableRow",
    "decoded",
    "guarded",
    "read_tables",
    "text_of",
    "write_csv",
    "write_xlsx",
]
