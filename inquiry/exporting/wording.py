"""Headings and labels that both formats share, in the active language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inquiry.exporting.content import DossierContent, source_label
from inquiry.ordinals import chinese_number
from inquiry.selectors.dossiers import ShownItem
from portal.foundation.dates import day


@dataclass
class PartNumbers:
    """一、, 二、 for parts in Chinese; 1., 2. would clash with lower headings, so English has I., II."""

    count: int = 0

    def next(self) -> str:
        self.count += 1
        if (get_language() or "").startswith("en"):
            return f"{('I', 'II', 'III', 'IV', 'V', 'VI')[self.count - 1]}. "
        return f"{chinese_number(self.count)}、"


def opening(content: DossierContent) -> Iterator[str]:
    """The lines under the title."""
    yield _("Dossier %(number)s") % {"number": content.number}
    if content.is_draft:
        yield _("Working draft, %(day)s") % {"day": day(content.made_on)}
    else:
        yield day(content.made_on)


def annex_head() -> list[str]:
    return [
        _("No."),
        _("Question number"),
        _("Question as raised"),
        _("Asker as named"),
        _("Office or department"),
        _("Session"),
        _("Raised on"),
    ]


def annex_lines(content: DossierContent) -> Iterator[list[str]]:
    """Cells of each row; a restated text says so."""
    for place, row in enumerate(content.annex, start=1):
        text = _("[Restated] %(text)s") % {"text": row.text} if row.is_restated else row.text
        office = row.office or row.department or "—"
        yield [
            str(place),
            row.number,
            text,
            row.naming,
            office,
            row.session or "—",
            row.raised_on.isoformat(),
        ]


def summary(content: DossierContent) -> str:
    return _("%(count)d source questions") % {"count": len(content.annex)}


def sources_line(sources: Sequence[ShownItem]) -> str:
    """The sources of a clause in one line."""
    if not sources:
        return ""
    return _("Sources: %(sources)s") % {"sources": "；".join(source_label(item) for item in sources)}
