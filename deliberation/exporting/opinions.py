"""The table of opinions of a round and what became of them (意见采纳情况表), as DOCX and as Excel, in the active language."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from deliberation.digests import printed_digest
from deliberation.models import Consultation
from deliberation.selectors.opinions import opinion_rows
from portal.foundation.dates import day
from portal.foundation.joining import labelled
from portal.foundation.official import OfficialDocument, TypedRun, Typeface
from portal.foundation.sheets import write_xlsx

# On a page that lies: 225 mm, shared by the columns of `header`.
WIDTHS_MM = (11, 34, 44, 22, 54, 22, 38)
WIDTHS_CHARS = (6, 24, 36, 16, 60, 16, 40)


def opinions_docx(consultation: Consultation) -> bytes:
    """Return the table of a round as an official document."""
    matter = consultation.version.matter
    document = OfficialDocument(title=_title(), number=matter.number, landscape=True)
    document.add_title(_title())
    for line in _opening_lines(consultation):
        document.add_paragraph(TypedRun(line, Typeface.KAI), centred=True)
    document.add_paragraph()
    document.add_table(_header(), _cells(consultation), WIDTHS_MM)
    return document.to_bytes()


def opinions_xlsx(consultation: Consultation) -> bytes:
    """Return the table of a round as an Excel file."""
    return write_xlsx(_header(), _cells(consultation), title=_title(), widths=WIDTHS_CHARS)


def _title() -> str:
    return _("Opinions and what became of them")


def _opening_lines(consultation: Consultation) -> Iterator[str]:
    version = consultation.version
    yield f"{version.matter.number} {version.title}"
    yield _("Version %(version)d, round %(round)d of consultation, until %(day)s") % {
        "version": version.n,
        "round": consultation.n,
        "day": day(consultation.due_on),
    }
    yield labelled(_("Digest of the text"), printed_digest(version.digest))
    if consultation.silence_agrees:
        yield _("Opened with the rule that silence is no objection.")


def _header() -> list[str]:
    return [
        _("No."),
        _("Office"),
        _("Passage"),
        pgettext("of a party", "Position"),
        _("Opinion"),
        pgettext("opinion", "What became of it"),
        _("Reason"),
    ]


def _cells(consultation: Consultation) -> Iterator[list[str]]:
    for number, row in enumerate(opinion_rows(consultation), start=1):
        yield [
            str(number),
            row.party,
            row.passage,
            row.stance,
            row.opinion,
            row.adoption,
            row.reason,
        ]
