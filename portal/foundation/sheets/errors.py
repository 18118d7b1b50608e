"""Errors of a file as a whole, and of one of its cells."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError


class SheetError(ValidationError):
    """Raised where a file as a whole cannot be read; the message is for the person who sent it."""


@dataclass(frozen=True, slots=True)
class CellError:
    """An error of a cell, in the reader's language.

    `row` counts as a spreadsheet does and is None for the file as a whole; `field` is empty where an error
    belongs to no column; `sheet` is empty for a file without sheets.
    """

    row: int | None
    field: str
    message: str
    sheet: str = ""
