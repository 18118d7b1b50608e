"""Lines and cells of an exported dossier that both formats share, in the active language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from inquiry.exporting.content import DossierContent, source_label
from inquiry.selectors.dossiers import PresentedItem
from portal.foundation.dates import day
from portal.foundation.joining import labelled, listed

NO_VALUE = "—"


def opening_lines(content: DossierContent) -> Iterator[str]:
    """Yield the lines under the title: number, compiling office, day of the export, and what it was finished without."""
    yield _("Dossier %(number)s") % {"number": content.number}
    if content.office:
        yield labelled(_("Compiling office"), content.office)
    if content.is_draft:
        yield _("Working draft, %(day)s") % {"day": day(content.exported_on)}
    else:
        yield day(content.exported_on)
    if content.missing:
        yield _("Finished without: %(parts)s") % {"parts": listed(content.missing)}
        yield labelled(_("Reason"), " ".join(content.incomplete_reason.split()))


def annex_header() -> list[str]:
    """Return the headings of the columns that `annex_cells` fills."""
    return [
        _("No."),
        _("Question number"),
        _("Question as raised"),
        _("Asker as named"),
        _("Office or department"),
        _("Session"),
        _("Raised on"),
    ]


def annex_cells(content: DossierContent) -> Iterator[list[str]]:
    """Yield the cells of each source question; a restated text is marked as such."""
    for number, row in enumerate(content.annex, start=1):
        text = _("[Restated] %(text)s") % {"text": row.text} if row.is_restated else row.text
        yield [
            str(number),
            row.number,
            text,
            row.naming,
            row.office or row.department or NO_VALUE,
            row.session or NO_VALUE,
            row.raised_on.isoformat(),
        ]


def annex_summary(content: DossierContent) -> str:
    """Return how many questions the annex lists."""
    return _("%(count)d source questions") % {"count": len(content.annex)}


def count_header() -> list[str]:
    """Return the headings of the columns that `count_cells` fills."""
    return [_("Department"), _("Questions")]


def count_cells(content: DossierContent) -> Iterator[list[str]]:
    """Yield department and number of questions, with the total as the last row."""
    for department, count in content.counts:
        yield [department, str(count)]
    yield [_("Total"), str(len(content.annex))]


def sources_line(sources: Sequence[PresentedItem]) -> str:
    """Return the sources of a clause in one line, empty where it has none."""
    if not sources:
        return ""
    return labelled(_("Rests on"), "；".join(source_label(item) for item in sources))
