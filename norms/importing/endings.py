"""Signature blocks: the names of the issuing bodies and the date at the end of a text."""

import re
from dataclasses import dataclass

from norms.importing.blocks import Block, BlockKind
from norms.importing.dates import WRITTEN
from norms.importing.marks import DIVISION, annex_mark, article_mark, heading_mark, item_mark

# More lines than that above a date are text and not the names of issuing bodies.
_MAX_NAMES = 12
_MAX_NAME_LENGTH = 45
_PUNCTUATED = re.compile(r"[。；：！？，;:!?,]")
# Names and date may share a line: 最高人民法院　2024年4月29日.
_DATED = re.compile(
    rf"(?P<names>[^。；：]{{0,60}}?)[ \u3000]*{WRITTEN.pattern}[ \u3000]*(?:印发|发布|公布)?\Z"
)


@dataclass(frozen=True, slots=True)
class Ending:
    lines: tuple[str, ...]


def endings(lines: list[Block], first: int = 0) -> dict[int, Ending]:
    """Return signature blocks by the index of their first line: at the very end, or right before an annex."""
    ending_by_line: dict[int, Ending] = {}
    for index, block in enumerate(lines):
        if index < first or block.kind != BlockKind.LINE or len(block.text) > 100:
            continue
        match = _DATED.match(block.text)
        if not match or not _is_last(lines, index):
            continue
        begin = _names_begin(lines, index, first)
        if begin < index or block.align == "right" or _looks_like_names(match.group("names")):
            ending_by_line[begin] = Ending(tuple(line.text for line in lines[begin : index + 1]))
    return ending_by_line


def _is_last(lines: list[Block], index: int) -> bool:
    at = index + 1
    while at < len(lines) and lines[at].kind == BlockKind.NOTE:
        at += 1
    if at == len(lines) or lines[at].kind == BlockKind.TABLE or annex_mark(lines[at].text):
        return True
    return len(lines[at].text) <= 60 and _starts_text(lines, at)


def _starts_text(lines: list[Block], index: int) -> bool:
    """Return whether a further text begins soon: its title, then an article or heading."""
    for block in lines[index : index + 6]:
        mark = article_mark(block.text)
        if (mark and mark.number == 1 and mark.strong) or heading_mark(block.text):
            return True
    return False


def _names_begin(lines: list[Block], index: int, first: int) -> int:
    begin = index
    while begin > first + 1 and index - begin < _MAX_NAMES and _is_name(lines[begin - 1]):
        begin -= 1
    return begin


def _is_name(block: Block) -> bool:
    line = block.text
    if block.kind != BlockKind.LINE or block.level or not _looks_like_names(line):
        return False
    return not (
        article_mark(line)
        or item_mark(line)
        or heading_mark(line)
        or DIVISION.match(line)
        or annex_mark(line)
    )


def _looks_like_names(line: str) -> bool:
    return bool(line) and len(line) <= _MAX_NAME_LENGTH and not _PUNCTUATED.search(line)
