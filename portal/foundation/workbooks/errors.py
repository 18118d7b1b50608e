"""Why a workbook is not read, as codes: the process that reads it knows no language."""

from __future__ import annotations

DAMAGED = "damaged"
TOO_LARGE = "too_large"
DEFINES_ENTITIES = "defines_entities"
TOO_MANY_CELLS = "too_many_cells"
TOO_MANY_CHARACTERS = "too_many_characters"
TOO_MANY_MERGED_CELLS = "too_many_merged_cells"
ALL_HIDDEN = "all_hidden"
TOO_MUCH_WORK = "too_much_work"


class WorkbookError(Exception):
    """Raised for a workbook that is not read; `code` is one of this module's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class DamagedPackageError(Exception):
    """Raised where a part cannot be unpacked or is not XML."""
