"""Sheets that the portal writes are read back, and hold no formulas."""

import io

import pytest
from openpyxl import load_workbook

from portal.foundation.sheets import Layout, SheetColumn, read_tables, write_csv, write_xlsx

LAYOUT = Layout((SheetColumn("a", "a", required=True),))


@pytest.mark.parametrize("write", [write_csv, lambda *args: write_xlsx(*args, title="t")])
def test_nothing_written_is_a_formula_and_it_reads_back(write):
    content = write(["a"], [["=1+1"], ["-5"], ["@x"]])
    rows = read_tables(content, layout=LAYOUT, max_rows=10).rows
    assert [row.texts["a"] for row in rows] == ["=1+1", "-5", "@x"]
    if content.startswith(b"PK"):
        assert load_workbook(io.BytesIO(content)).active["A2"].data_type == "s"
    else:
        assert b"'=1+1" in content
