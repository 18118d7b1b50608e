"""A file as a document with its tree of provisions."""

import datetime
import re
from pathlib import PurePath

from django.utils.translation import gettext_noop as _

from norms.citations.titles import title_key
from norms.enums import ProvisionKind
from norms.importing.blocks import Block
from norms.importing.dates import named_date
from norms.importing.errors import UnreadableSource
from norms.importing.front import split_front
from norms.importing.lines import body_lines
from norms.importing.metadata import document_kind, document_number, issuing_bodies, read_dates
from norms.importing.outline import outline
from norms.importing.paragraphs import paragraphs
from norms.importing.readers import read_source
from norms.importing.sequence import ArticleStart, article_starts
from norms.importing.tree import Node, ParsedDocument, count_characters, rows_of
from norms.importing.warnings import Warnings
from portal.foundation.secrecy import marks_in

MAX_TITLE_LENGTH = 500
_MIN_NAME_LENGTH = 4
# Replies quote the articles that they explain and have seldom any of their own.
_REPLY = re.compile(r"(?:批复|答复|复函|解答|的函)(?:[（(].*)?\Z")
_ANNOUNCES_QUOTE = re.compile(r"(?:规定|条文|内容|原文|如下|》)[^。；]{0,12}[:：]\Z")
# A share of the characters below which a file says what was left out; the title of a short text is a tenth of it.
MIN_SHARE = 0.9
MIN_MEASURED_CHARACTERS = 500


def parse_source(name: str, content: bytes, *, fallback_day: datetime.date | None = None) -> ParsedDocument:
    """Parse a file; `fallback_day` is its date if neither text nor name have one.

    Raises UnreadableSource if it cannot be read or holds no text.
    """
    source = read_source(name, content)
    named_title, named_day = named_date(PurePath(name).stem)
    warnings = source.warnings
    front = split_front(source.blocks, named_title)
    lines = body_lines(source.blocks[front.body :], warnings)
    if not lines:
        raise UnreadableSource(_("The file holds no text beside its title."))
    expected = sum(count_characters(line.text) for line in lines)
    title = _title(front.title, named_title, warnings)
    nodes = _nodes(lines, warnings, is_reply=bool(_REPLY.search(title)))
    document = ParsedDocument(
        title=title, format=source.format, lang=language(lines), nodes=nodes, warnings=warnings
    )
    texts = [*source.margins, *(block.text for block in source.blocks)]
    document.classification_mark = marks_in(texts, is_official=True)
    document.rows = rows_of(nodes)
    document.preface = "\n".join(front.lines)
    document.document_number = document_number(front.lines)
    document.kind = document_kind(title, document.document_number)
    document.issuing_bodies = issuing_bodies(title, front.lines)
    signed = [
        line
        for row in document.rows
        if row.node.kind == ProvisionKind.SIGNATURE
        for line in row.node.text.split("\n")
    ]
    body = [row.node.text for row in document.rows if row.node.kind != ProvisionKind.ANNEX and row.node.text]
    dates = read_dates(front.lines, body, signed, named_day, warnings, fallback_day)
    document.promulgated_on, document.effective_on = dates.promulgated_on, dates.effective_on
    if (lost := expected - document.characters) > 0:
        warnings.note("lost_text", count=lost)
    body = sum(count_characters(block.text) for block in source.blocks[front.body :])
    _note_left_out(document, source.blocks, body - expected, warnings)
    return document


def _note_left_out(document: ParsedDocument, blocks: list[Block], contents: int, warnings: Warnings) -> None:
    """Note where the characters of a file are that did not become provisions, if these are many."""
    total = sum(count_characters(block.text) for block in blocks)
    share = document.characters / total if total else 1.0
    if total < MIN_MEASURED_CHARACTERS or share >= MIN_SHARE:
        return
    front = count_characters(document.title, document.preface)
    remaining = max(0, total - document.characters - front - contents)
    warnings.note("left_out", share=int(share * 100), front=front, contents=contents, rest=remaining)


def _nodes(lines: list[Block], warnings: Warnings, *, is_reply: bool) -> list[Node]:
    noticed = Warnings()
    starts = article_starts(lines, noticed)
    if is_reply and starts and _are_quoted(lines, starts[0]):
        warnings.note("quoted_articles")
        return paragraphs(lines, warnings)
    if len(starts) > 1 or (starts and starts[0].number == 1):
        warnings.extend(noticed)
        return outline(lines, starts)
    return paragraphs(lines, warnings)


def _are_quoted(lines: list[Block], first: ArticleStart) -> bool:
    """Return whether the articles of a reply are those it speaks of: not from the first on, or announced by 规定：."""
    before = lines[first.line - 1].text if first.line else ""
    return first.number != 1 or bool(_ANNOUNCES_QUOTE.search(before))


def _title(written: str, named_title: str, warnings: Warnings) -> str:
    if not written:
        warnings.note("no_title")
        return (named_title or "?")[:MAX_TITLE_LENGTH]
    written_key, named_key = title_key(written), title_key(named_title)
    is_title = len(named_key) >= _MIN_NAME_LENGTH and any(character > "\u2e80" for character in named_key)
    if is_title and written_key not in named_key and named_key not in written_key:
        warnings.note("title_differs")
    return written[:MAX_TITLE_LENGTH]


def language(lines: list[Block]) -> str:
    sample = "".join(line.text for line in lines[:50])[:5000]
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in sample)
    return "zh-hans" if chinese * 5 >= len(sample) else "en"
