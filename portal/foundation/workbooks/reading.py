"""A workbook as raw cells: its visible sheets, read as a stream, and only what a cell holds.

What a workbook says about itself is not believed: its recorded dimension, its styles, its counts.
"""

from __future__ import annotations

import json

from portal.foundation.workbooks.errors import ALL_HIDDEN, DAMAGED, DamagedPackageError, WorkbookError
from portal.foundation.workbooks.packages import START, TEXT, WorkbookPackage
from portal.foundation.workbooks.strings import StringCollector
from portal.foundation.workbooks.styles import read_styles
from portal.foundation.workbooks.worksheets import RawSheet, SheetReader, WorkbookParts

MAIN_PART = "xl/workbook.xml"
VISIBLE = "visible"
TRUE = ("1", "true")


def read_as_json(content: bytes, *, max_rows: int) -> bytes:
    """Return a workbook as JSON, or why it is not read: {"error": code}.

    Else {"since_1904", "styles", "formats", "sheets": [{"name", "is_cut", "merged", "rows": [[number, [[column, kind,
    stored, style], ...]], ...]}]}.
    """
    try:
        parts, sheets = _read(content, max_rows)
    except WorkbookError as error:
        return json.dumps({"error": error.code}).encode()
    except DamagedPackageError:
        return json.dumps({"error": DAMAGED}).encode()
    workbook = {
        "since_1904": parts.since_1904,
        "styles": parts.styles,
        "formats": parts.formats,
        "sheets": [
            {"name": sheet.name, "is_cut": sheet.is_cut, "merged": sheet.merged, "rows": sheet.rows}
            for sheet in sheets
        ],
    }
    return json.dumps(workbook, separators=(",", ":")).encode()


def _read(content: bytes, max_rows: int) -> tuple[WorkbookParts, list[RawSheet]]:
    package = WorkbookPackage(content)
    main = next((name for kind, name in package.targets("").values() if kind == "officeDocument"), MAIN_PART)
    parts = _read_main_part(package, main)
    targets = package.targets(main)
    _read_shared_parts(package, parts, dict(targets.values()))
    sheets = []
    for name, relation in parts.sheets:
        kind, part = targets.get(relation, ("", ""))
        if kind == "worksheet":  # a chart or a dialogue has no cells
            reader = SheetReader(RawSheet(name), parts, max_rows)
            package.parse(part, reader.handle)
            sheets.append(reader.finished())
    return parts, sheets


def _read_main_part(package: WorkbookPackage, part: str) -> WorkbookParts:
    parts, hidden = WorkbookParts(), 0

    def handle(event: str, name: str, attributes: dict[str, str]) -> None:
        nonlocal hidden
        if event != START:
            return
        if name == "workbookPr":
            parts.since_1904 = attributes.get("date1904", "") in TRUE
        elif name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            if attributes.get("state", VISIBLE) == VISIBLE:
                parts.sheets.append((attributes.get("name", ""), relation))
            else:
                hidden += 1

    package.parse(part, handle)
    if not parts.sheets:
        raise WorkbookError(ALL_HIDDEN if hidden else DAMAGED)
    return parts


def _read_shared_parts(package: WorkbookPackage, parts: WorkbookParts, names: dict[str, str]) -> None:
    if "styles" in names and names["styles"] in package:
        parts.styles, parts.formats = read_styles(package, names["styles"])
    if "sharedStrings" not in names:
        return
    collector = StringCollector()

    def handle(event: str, name: str, attributes: dict[str, str]) -> None:
        if event == TEXT:
            collector.add(name)
        elif event == START:
            collector.start(name)
        else:
            collector.end(name)
            if name == "si":
                parts.strings.append(collector.pop())

    package.parse(names["sharedStrings"], handle)
