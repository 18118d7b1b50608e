"""Reading Excel workbooks (.xlsx): the visible sheets as grids.

The XML is read as a stream and only for what a cell holds. What a workbook says about itself is not believed: its
recorded dimension, its styles, its counts.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.foundation.sheets.errors import SheetError
from portal.foundation.sheets.grids import Grid
from portal.foundation.sheets.packages import START, TEXT, DamagedPackageError, WorkbookPackage, damaged
from portal.foundation.sheets.strings import StringCollector
from portal.foundation.sheets.styles import kinds_of_styles
from portal.foundation.sheets.worksheets import SheetReader, WorkbookParts

MAIN_PART = "xl/workbook.xml"
VISIBLE = "visible"
TRUE = ("1", "true")


def read_workbook(content: bytes, *, max_rows: int) -> list[Grid]:
    """Return the visible sheets of a workbook, each with at most `max_rows` filled rows; raises SheetError."""
    package = WorkbookPackage(content)
    try:
        main = next(
            (name for kind, name in package.targets("").values() if kind == "officeDocument"), MAIN_PART
        )
        shared = _read_main_part(package, main)
        targets = package.targets(main)
        _read_shared_parts(package, shared, dict(targets.values()))
        grids = []
        for name, relation in shared.sheets:
            kind, part = targets.get(relation, ("", ""))
            if kind == "worksheet":  # a chart or a dialogue has no cells
                reader = SheetReader(Grid(name), shared, max_rows)
                package.parse(part, reader.handle)
                grids.append(reader.finished())
    except DamagedPackageError as error:
        raise damaged() from error
    return grids


def _read_main_part(package: WorkbookPackage, part: str) -> WorkbookParts:
    shared, hidden = WorkbookParts(), 0

    def handle(event: str, name: str, attributes: dict[str, str]) -> None:
        nonlocal hidden
        if event != START:
            return
        if name == "workbookPr":
            shared.since_1904 = attributes.get("date1904", "") in TRUE
        elif name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            if attributes.get("state", VISIBLE) == VISIBLE:
                shared.sheets.append((attributes.get("name", ""), relation))
            else:
                hidden += 1

    package.parse(part, handle)
    if not shared.sheets:
        raise SheetError(_("All sheets of the workbook are hidden.")) if hidden else damaged()
    return shared


def _read_shared_parts(package: WorkbookPackage, shared: WorkbookParts, parts: dict[str, str]) -> None:
    if "styles" in parts and parts["styles"] in package:
        shared.style_kinds = kinds_of_styles(package, parts["styles"])
    if "sharedStrings" not in parts:
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
                shared.strings.append(collector.pop())

    package.parse(parts["sharedStrings"], handle)
