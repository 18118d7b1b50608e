"""A dossier as an official document in DOCX."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from inquiry.exporting.content import DossierContent, source_label
from inquiry.exporting.wording import (
    annex_cells,
    annex_header,
    annex_summary,
    count_cells,
    count_header,
    opening_lines,
    sources_line,
)
from portal.foundation.joining import labelled
from portal.foundation.official import (
    MarkdownBlock,
    OfficialDocument,
    PartNumbers,
    TypedRun,
    Typeface,
    markdown_blocks,
)
from portal.foundation.official.document import block_runs

# On a page that lies: 225 mm, shared by the seven columns of `annex_header`.
ANNEX_WIDTHS_MM = (11, 38, 66, 22, 32, 28, 28)
COUNT_WIDTHS_MM = (110, 40)


def write_docx(content: DossierContent, report_progress: Callable[[int], None]) -> bytes:
    """Return the file's bytes; `report_progress` receives percents that rise to 90."""
    document = OfficialDocument(title=content.title, number=content.number)
    document.add_title(content.title)
    for line in opening_lines(content):
        document.add_paragraph(TypedRun(line, Typeface.KAI), centred=True)
    document.add_paragraph()
    _add_parts(document, content)
    _add_annex_note(document)
    report_progress(30)
    _add_annexes(document, content, report_progress)
    report_progress(90)
    return document.to_bytes()


def _add_parts(document: OfficialDocument, content: DossierContent) -> None:
    """Append the parts that say something, numbered in their order."""
    numbers = PartNumbers()
    parts = (
        (_("Target document"), content.target, lambda: document.add_paragraph(content.target)),
        (_("Grounds"), content.grounds, lambda: document.add_markdown(content.grounds)),
        (_("Analysis"), content.analysis, lambda: document.add_markdown(content.analysis)),
        (_("Proposed wording"), content.clauses, lambda: _add_clauses(document, content)),
        (_("Sources gathered"), content.items, lambda: _add_items(document, content)),
    )
    for heading, part, add_part in parts:
        if part:
            document.add_heading(f"{numbers.next()}{heading}")
            add_part()


def _add_clauses(document: OfficialDocument, content: DossierContent) -> None:
    for clause in content.clauses:
        heading = f"（{clause.heading}）" if clause.heading else ""
        ordinal = TypedRun(f"{clause.ordinal}{heading}　", Typeface.HEI)
        # Lists in a clause are its items: （一）.
        _add_text(document, ordinal, clause.text, list_level=0)
        if clause.rationale:
            label = TypedRun(labelled(_("Why"), ""), Typeface.KAI, bold=True)
            _add_text(document, label, clause.rationale, typeface=Typeface.KAI)
        if line := sources_line(clause.sources):
            document.add_paragraph(TypedRun(line, Typeface.KAI))


def _add_text(
    document: OfficialDocument,
    label: TypedRun,
    text: str,
    *,
    typeface: Typeface = Typeface.FANG_SONG,
    list_level: int = 1,
) -> None:
    """Append a Markdown text within a part; its first line follows the label on the same one."""
    first, *following = markdown_blocks(text, list_level=list_level) or [MarkdownBlock("paragraph")]
    if first.is_line:
        document.add_paragraph(label, *block_runs(first, typeface))
    else:
        document.add_paragraph(label)
        following.insert(0, first)
    for block in following:
        document.add_block(block, typeface=typeface, is_part=True)


def _add_items(document: OfficialDocument, content: DossierContent) -> None:
    for number, item in enumerate(content.items, start=1):
        document.add_paragraph(f"{number}. {labelled(item.kind_label, source_label(item))}")


def _add_annex_note(document: OfficialDocument) -> None:
    """Append the names of the annexes below the text, as GB/T 9704-2012, 7.3.4 wants."""
    document.add_paragraph()
    mark = labelled(pgettext("kind of provision", "Annex"), "")
    document.add_paragraph(f"{mark}1. {_('List of source questions')}")
    # Three wide spaces: the second number stands below the first.
    document.add_paragraph(f"{'　' * 3}2. {_('Source questions by department')}")


def _add_annexes(
    document: OfficialDocument, content: DossierContent, report_progress: Callable[[int], None]
) -> None:
    document.begin_section(landscape=True)
    _add_annex_title(document, _("Annex 1"), _("List of source questions"))
    document.add_paragraph(annex_summary(content), centred=True)
    total = max(len(content.annex), 1)
    document.add_table(
        annex_header(),
        annex_cells(content),
        ANNEX_WIDTHS_MM,
        lambda count: report_progress(30 + 60 * count // total),
    )
    document.begin_section()
    _add_annex_title(document, _("Annex 2"), _("Source questions by department"))
    document.add_table(count_header(), count_cells(content), COUNT_WIDTHS_MM)


def _add_annex_title(document: OfficialDocument, mark: str, title: str) -> None:
    document.add_paragraph(TypedRun(mark, Typeface.HEI), indented=False)
    document.add_title(title)
