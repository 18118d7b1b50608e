"""The formats of a workbook's cell styles; whatever else is wrong with its styles is ignored."""

from __future__ import annotations

import contextlib

from portal.foundation.workbooks.errors import DamagedPackageError
from portal.foundation.workbooks.limits import MAX_CELL_STYLES, MAX_FORMAT_CHARACTERS, MAX_NUMBER_FORMATS
from portal.foundation.workbooks.packages import START, WorkbookPackage


def read_styles(package: WorkbookPackage, part: str) -> tuple[list[int], dict[int, str]]:
    """Return the numbers of the formats by index of the cell style, and the codes that the workbook defines by number.

    A part that is missing or damaged tells nothing: dates then read as the numbers that are stored.
    """
    formats: dict[int, str] = {}
    styles: list[int] = []
    in_cell_styles = False

    def handle(event: str, name: str, attributes: dict[str, str]) -> None:
        nonlocal in_cell_styles
        if name == "cellXfs":
            in_cell_styles = event == START
        elif event != START:
            return
        elif name == "numFmt" and len(formats) < MAX_NUMBER_FORMATS:
            code = attributes.get("formatCode", "")[:MAX_FORMAT_CHARACTERS]
            formats[_number(attributes.get("numFmtId"))] = code
        elif name == "xf" and in_cell_styles and len(styles) < MAX_CELL_STYLES:
            styles.append(_number(attributes.get("numFmtId")))

    with contextlib.suppress(DamagedPackageError):
        package.parse(part, handle)
    return styles, formats


def _number(text: str | None) -> int:
    try:
        return int((text or "0")[:10])
    except ValueError:
        return 0
