"""The lines of the body, from which the outline is read, made of its blocks."""

import re

from norms.importing.blocks import Block, BlockKind
from norms.importing.front import _is_date
from norms.importing.marks import (
    CLOSING,
    CONTENTS,
    MAX_HEADING_LENGTH,
    PREAMBLE,
    annex_mark,
    article_mark,
    heading_mark,
    item_mark,
)
from norms.importing.warnings import Warnings

# A shorter line is not full, so the break after it was meant.
MIN_WRAPPED_LENGTH = 24
MAX_CONTENTS_LINES = 2_000
_ENDED = re.compile(r"[。；：！？.;:!?”）)》…]\Z")
# Leaders and number of the page at the end of an entry of a table of contents.
_PAGE = re.compile(r"[.…·．\s]*[（(]?[0-9]{0,4}[）)]?\Z")
# A layout may break a line inside 第二十 / 八条.
_BROKEN_NUMBER = re.compile(r"第[〇零一二三四五六七八九十百千0-9 ]{1,10}\Z")
_NUMBER_REST = re.compile(r"[〇零一二三四五六七八九十百千0-9]{0,8}[ ]?条")


def body_lines(blocks: list[Block], warnings: Warnings) -> list[Block]:
    """Return the body without blank lines and table of contents; lines that only the layout broke are joined again."""
    lines = [block for block in blocks if block.text and block.kind != BlockKind.MARK]
    lines = without_contents(lines, warnings)
    joined: list[Block] = []
    for block in lines:
        if joined and _belongs_to(block, joined[-1]):
            joined[-1].text = joined_text(joined[-1].text, block.text)
        else:
            joined.append(block)
    return joined


def joined_text(before: str, after: str) -> str:
    latin = before[-1:].isascii() and after[:1].isascii()
    return f"{before} {after}" if latin else before + after


def is_structural(line: str) -> bool:
    """Return whether a line begins an article, a heading, an item or an annex."""
    article = article_mark(line)
    return bool(
        (article and (article.strong or not article.cited))
        or heading_mark(line)
        or item_mark(line)
        or annex_mark(line)
        or CLOSING.match(line)
        or PREAMBLE.match(line)
        or CONTENTS.match(line)
    )


def _belongs_to(block: Block, before: Block) -> bool:
    if block.kind != BlockKind.LINE or before.kind != BlockKind.LINE or block.level or before.level:
        return False
    if _BROKEN_NUMBER.match(before.text) and _NUMBER_REST.match(block.text):
        return True
    if not block.soft or is_structural(block.text) or _is_date(block.text) or heading_mark(before.text):
        return False
    return len(before.text) >= MIN_WRAPPED_LENGTH and not _ENDED.search(before.text)


def without_contents(lines: list[Block], warnings: Warnings) -> list[Block]:
    lines = [line for line in lines if not (line.contents and len(line.text) <= MAX_HEADING_LENGTH)]
    start = next((i for i, line in enumerate(lines[:200]) if CONTENTS.match(line.text)), None)
    if start is None:
        return lines
    end = _contents_end(lines, start + 1, warnings)
    return lines[:start] + lines[end:]


def _contents_end(lines: list[Block], start: int, warnings: Warnings) -> int:
    """Return the index after a table of contents that begins at `start`: its first entry comes again there."""
    stop = start
    while stop < min(len(lines), start + MAX_CONTENTS_LINES) and _is_entry(lines[stop]):
        stop += 1
    if stop == start:
        return start
    first = _entry_key(lines[start].text)
    for index in range(start + 1, min(stop + 3, len(lines))):
        if _entry_key(lines[index].text) == first:
            return index
    keys = [_entry_key(line.text) for line in lines[start:stop]]
    for index in range(1, len(keys)):
        if keys[index].startswith(("第一编", "第一章")) and keys[index][:3] in {
            key[:3] for key in keys[:index]
        }:
            return start + index
    warnings.note("contents_unclear")
    return stop


def _is_entry(block: Block) -> bool:
    line = block.text
    article = article_mark(line)
    if block.kind != BlockKind.LINE or len(line) > MAX_HEADING_LENGTH or line.endswith(("。", "；", "：")):
        return False
    return not (article and article.strong and not re.search(r"[0-9]\Z|[.…]{3}", line))


def _entry_key(line: str) -> str:
    return re.sub(r"\s+", "", _PAGE.sub("", line[: 2 * MAX_HEADING_LENGTH]))
