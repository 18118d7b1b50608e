"""A dossier as DOCX in the layout of an official Chinese document."""

from __future__ import annotations

import io
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from docx.document import Document as DocumentObject

from inquiry.exporting.blocks import Block, blocks
from inquiry.exporting.content import DossierContent, source_label
from inquiry.exporting.docx_styles import (
    BODY_SIZE,
    FANG,
    HEI,
    KAI,
    TITLE,
    TITLE_LINE,
    TITLE_SIZE,
    add_line,
    new_document,
    turn_page,
)
from inquiry.exporting.docx_tables import add_table
from inquiry.exporting.wording import PartNumbers, annex_head, annex_lines, opening, sources_line, summary

HEADING_FONTS = (KAI, FANG, FANG)
ANNEX_WIDTHS = (11, 38, 66, 22, 32, 28, 28)
TEXT_WIDTH = 156


def write_docx(content: DossierContent, progress: Callable[[int], None]) -> bytes:
    """The file's bytes; `progress` hears of percents done."""
    document = new_document(content.title, content.number)
    _title(document, content.title)
    for line in opening(content):
        add_line(document, [(line, KAI, False)], centred=True)
    add_line(document, [])
    _parts(document, content)
    _annex_note(document)
    progress(30)
    _annex(document, content, progress)
    progress(90)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _title(document: DocumentObject, text: str) -> None:
    add_line(document, [(text, TITLE, False)], centred=True, size=TITLE_SIZE, line=TITLE_LINE, outline=0)


def _parts(document: DocumentObject, content: DossierContent) -> None:
    numbers = PartNumbers()
    writers = (
        (_("Target document"), content.target, lambda: _body(document, content.target)),
        (_("Grounds"), content.grounds, lambda: _text(document, content.grounds)),
        (_("Analysis"), content.analysis, lambda: _text(document, content.analysis)),
        (_("Proposed wording"), content.clauses, lambda: _clauses(document, content)),
        (_("Gathered sources"), content.items, lambda: _items(document, content)),
    )
    for heading, there, write in writers:
        if there:
            add_line(document, [(f"{numbers.next()}{heading}", HEI, False)], outline=0)
            write()


def _body(document: DocumentObject, text: str) -> None:
    add_line(document, [(text, FANG, False)])


def _text(document: DocumentObject, text: str) -> None:
    for block in blocks(text):
        if block.kind == "heading":
            _heading(document, block)
        elif block.kind == "table":
            _plain_table(document, block)
        else:
            add_line(document, [(block.mark, FANG, False), *_runs(block)])


def _heading(document: DocumentObject, block: Block) -> None:
    font = HEADING_FONTS[block.level - 1]
    bold = block.level == 2
    add_line(document, [(f"{block.mark}{block.text}", font, bold)], outline=block.level)


def _plain_table(document: DocumentObject, block: Block) -> None:
    head, *rows = block.rows
    width = TEXT_WIDTH // max(len(head), 1)
    add_table(document, head, rows, [width] * len(head))


def _runs(block: Block) -> list[tuple[str, str, bool]]:
    return [(run.text, FANG, run.bold) for run in block.runs]


def _clauses(document: DocumentObject, content: DossierContent) -> None:
    for clause in content.clauses:
        heading = f"（{clause.heading}）" if clause.heading else ""
        first, *others = blocks(clause.text, above=0) or [Block("paragraph")]
        add_line(document, [(f"{clause.ordinal}{heading}　", HEI, False), *_runs(first)])
        for block in others:
            add_line(document, [(block.mark, FANG, False), *_runs(block)])
        if clause.rationale:
            add_line(document, [(f"{_('Why')}：", KAI, True), (clause.rationale, KAI, False)])
        if line := sources_line(clause.sources):
            add_line(document, [(line, KAI, False)])


def _items(document: DocumentObject, content: DossierContent) -> None:
    for place, item in enumerate(content.items, start=1):
        _body(document, f"{place}. {item.kind_label}：{source_label(item)}")


def _annex_note(document: DocumentObject) -> None:
    """What is annexed, named below the text as GB/T 9704, 7.3.4 asks."""
    add_line(document, [])
    mark = f"{pgettext('kind of provision', 'Annex')}："
    _body(document, f"{mark}1. {_('List of source questions')}")
    _body(document, f"{'　' * 3}2. {_('Source questions by department')}")


def _annex(document: DocumentObject, content: DossierContent, progress: Callable[[int], None]) -> None:
    turn_page(document, turned=True)
    _annex_title(document, _("Annex 1"), _("List of source questions"))
    add_line(document, [(summary(content), FANG, False)], centred=True, size=BODY_SIZE)
    total = max(len(content.annex), 1)
    add_table(
        document,
        annex_head(),
        annex_lines(content),
        ANNEX_WIDTHS,
        lambda done: progress(30 + 60 * done // total),
    )
    turn_page(document, turned=False)
    _annex_title(document, _("Annex 2"), _("Source questions by department"))
    rows = [*content.counts, (_("Total"), len(content.annex))]
    add_table(document, [_("Department"), _("Questions")], [(name, str(n)) for name, n in rows], (110, 40))


def _annex_title(document: DocumentObject, mark: str, title: str) -> None:
    add_line(document, [(mark, HEI, False)], indented=False)
    _title(document, title)
