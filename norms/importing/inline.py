"""Outlines inside one long paragraph, whose numbers change their form: I., Second, Three.; (1), (two), (II)."""

import re
from dataclasses import dataclass

from norms.enums import ProvisionKind
from norms.importing.tree import Node
from norms.importing.warnings import Warnings
from portal.foundation.numerals import parse_english_numeral, parse_numeral

_WORDS = "One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth"
# I., First, or 一、 after the end of a sentence.
_PART = re.compile(
    rf"(?:\A|(?<=[.;:)。；：]\s)|(?<=[。；]))(?:([IVX]{{1,5}})\.|((?:{_WORDS})(?:ly)?)[.,]|([一二三四五六七八九十]{{1,3}})、)"
)
# (1), (ii), (two) or （一）.
_SECTION = re.compile(r"[（(][ ]?([0-9]{1,2}|[IVXivx]{1,5}|[a-z]{3,9}|[一二三四五六七八九十]{1,3})[ ]?[）)]")
_MAX_NAME_LENGTH = 120
# The first capital after a lower-case word begins the sentence that follows a heading.
_NAME_END = re.compile(r"(?<=[a-z)])(?<! and)(?<! of)(?<! or)(?<! for)(?<! to)(?<! in)\s+(?=[A-Z])")
_SENTENCE_MARK = re.compile(r"[.,;:。；，：]")


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    number: int
    written: str
    is_part: bool


def inline_outline(text: str, warnings: Warnings) -> tuple[str, list[Node]] | None:
    """Return the words before the outline and its parts, or None if the text has no outline inside it."""
    marks = _marks(text)
    chosen, stray = _chosen(marks)
    if sum(mark.is_part for mark in chosen) < 2:
        return None
    for mark in stray:
        warnings.note("stray", text=text[mark.start : mark.start + 40])
    return text[: chosen[0].start].strip(), _tree(text, chosen)


def _marks(text: str) -> list[_Mark]:
    marks = [_mark(match, is_part=True) for match in _PART.finditer(text)]
    marks += [_mark(match, is_part=False) for match in _SECTION.finditer(text)]
    return sorted((mark for mark in marks if mark), key=lambda mark: mark.start)


def _mark(match: re.Match[str], *, is_part: bool) -> _Mark | None:
    written = next(group for group in match.groups() if group)
    value = parse_english_numeral(written) if written.isascii() else parse_numeral(written)
    return _Mark(match.start(), match.end(), value, match.group(), is_part) if value else None


def _chosen(marks: list[_Mark]) -> tuple[list[_Mark], list[_Mark]]:
    """Return the marks that continue the count of parts, or of sections in a part, and the stray ones."""
    chosen: list[_Mark] = []
    stray: list[_Mark] = []
    part = section = 0
    for mark in marks:
        if mark.is_part and mark.number == part + 1:
            part, section = part + 1, 0
            chosen.append(mark)
        elif not mark.is_part and part and mark.number == section + 1:
            section += 1
            chosen.append(mark)
        else:
            stray.append(mark)
    return chosen, stray


def _tree(text: str, marks: list[_Mark]) -> list[Node]:
    parts: list[Node] = []
    ends = [mark.start for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        words = text[mark.end : end].strip()
        kind = ProvisionKind.PART if mark.is_part else ProvisionKind.SECTION
        node = Node(kind, number=mark.number, label=mark.written)
        node.heading, body = _name(words, may_be_all=mark.is_part)
        if body:
            node.children.append(Node(ProvisionKind.TEXT, body))
        (parts if mark.is_part else parts[-1].children).append(node)
    return parts


def _name(words: str, *, may_be_all: bool) -> tuple[str, str]:
    """Return heading and text of a part; only what is certainly a heading is cut from the text."""
    if may_be_all and len(words) <= _MAX_NAME_LENGTH and not _SENTENCE_MARK.search(words[:-1]):
        return words, ""
    split = _NAME_END.search(words, 0, _MAX_NAME_LENGTH)
    if (
        split
        and len(words[: split.start()].split()) > 1
        and not _SENTENCE_MARK.search(words[: split.start()])
    ):
        return words[: split.start()], words[split.end() :]
    return "", words
