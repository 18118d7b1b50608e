"""Excel sheets of results, whose cells are text whatever they begin with."""

import io
from collections.abc import Iterator

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from search.answers.results import SearchResult
from search.facets import departments_by_code, labels_of
from search.kinds import hit_label, status_label
from search.query.highlighting import plain

WIDTHS = (8, 12, 18, 48, 16, 16, 14, 14, 28, 36, 72, 40)
MAX_CELL_LENGTH = 32_000


def results_sheet(result: SearchResult) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Results"))
    for index, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGHIJKL"[index]].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, title, bold=True) for title in _titles()])
    for row in _rows(result):
        sheet.append([value if isinstance(value, int) else _cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _titles() -> list[str]:
    return [
        _("Rank"),
        _("Kind of record"),
        _("Number"),
        _("Title"),
        _("Department"),
        _("Session"),
        _("Date"),
        _("Status"),
        _("Topics"),
        _("Normative documents"),
        _("Excerpt"),
        _("Address"),
    ]


def _rows(result: SearchResult) -> Iterator[list[str | int]]:
    documents = [hit.document for hit in result.hits]
    departments = departments_by_code()
    topics = labels_of("topic", {slug for document in documents for slug in document.topic}, departments)
    norms = labels_of("document", {slug for document in documents for slug in document.document}, departments)
    for hit in result.hits:
        document = hit.document
        yield [
            hit.rank,
            hit_label(document),
            document.number,
            document.title,
            "、".join(
                departments[code].short_name_here for code in document.department if code in departments
            ),
            "、".join(document.session),
            document.date,
            status_label(document.status),
            "、".join(topics[slug].text for slug in document.topic),
            "、".join(norms[slug].text for slug in document.document),
            plain(hit.snippet),
            document.url,
        ]


def _cell(sheet: WriteOnlyWorksheet, text: str, *, bold: bool = False) -> Cell:
    """Return a cell of text: openpyxl would read a leading = as a formula, other programs + - @ as well."""
    cell = WriteOnlyCell(sheet, value="")
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:MAX_CELL_LENGTH]
    cell.data_type = "s"
    if text[:1] in ("=", "+", "-", "@", "\t", "\r"):
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell
