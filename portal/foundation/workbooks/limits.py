"""Bounds of what is read, so that a hostile file costs seconds and some hundred megabytes at most."""

MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_PACKAGE_PARTS = 2_000
# Elements of XML in all parts together: a row of ten filled cells has about thirty.
MAX_ELEMENTS = 3_000_000
# The limits of Excel itself; no program writes more.
MAX_SHEET_ROWS = 1_048_576
MAX_SHEET_COLUMNS = 16_384
MAX_CELL_CHARACTERS = 32_767
MAX_FORMAT_CHARACTERS = 255
MAX_CELL_STYLES = 65_490
# Excel takes some 250 formats of numbers; files that were copied together for years have more.
MAX_NUMBER_FORMATS = 4_000
# The longest error that a program shows has eight characters.
MAX_ERROR_CHARACTERS = 16
# A shared string stands in the file once, and costs its length again in each cell that refers to it.
MAX_WORKBOOK_CHARACTERS = 50_000_000
# Columns beyond this one are not looked at.
MAX_COLUMNS = 256
MAX_MERGED_CELLS = 100_000
# How many filled rows may stand above the headings: titles, instructions, who filled the sheet in.
MAX_ROWS_ABOVE_HEADINGS = 20
# Of the process that reads one workbook.
MAX_MEMORY_BYTES = 512 * 1024 * 1024
MAX_CPU_SECONDS = 20
MAX_SECONDS = 60
