"""The lines of the body, from which the outline is read, made of its blocks."""

import re
from itertools import pairwise

from norms.importing.blocks import Block, BlockKind
from norms.importing.front import _is_date
from norms.importing.marks import (
    CONTENTS,
    DIVISION,
    MAX_HEADING_LENGTH,
    PREAMBLE,
    annex_mark,
    article_mark,
    division_name,
    heading_mark,
    item_mark,
)
from norms.importing.warnings import Warnings

# A shorter line is not full, so the break after it was meant.
MIN_WRAPPED_LENGTH = 24
MAX_CONTENTS_LINES = 2_000
# Lines that end inside a sentence, and their share of all lines, from which a layout has broken the text.
MIN_BROKEN_LINES = 2
MIN_BROKEN_SHARE = 0.1
_ENDED_SENTENCE = re.compile(r"[。；：！？.;:!?]\Z")
# A line that goes on for certain (各单位应当分工); a name of the kind says 的 (应当回避的情形).
_CLAUSE = re.compile(r"[^的]*(?:应当|不得|必须|负责)[^的]*\Z|.*[，、,]\Z")
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
    is_wrapped = _is_wrapped(lines)
    if is_wrapped:
        warnings.note("wrapped")
    for block in lines:
        block.text = division_name(block.text) or block.text
        is_broken = is_wrapped and bool(joined) and _breaks_sentence(joined[-1], block)
        if joined and (is_broken or _belongs_to(block, joined[-1])):
            joined[-1].text = joined_text(joined[-1].text, block.text)
        else:
            joined.append(block)
    return joined


def joined_text(before: str, after: str) -> str:
    latin = before[-1:].isascii() and after[:1].isascii()
    return f"{before} {after}" if latin else before + after


def is_clause(line: str) -> bool:
    """Return whether a line is the beginning of a sentence and no name: a name closes the title that it opens."""
    return _CLAUSE.match(line.strip()) is not None or line.count("《") > line.count("》")


def is_structural(line: str) -> bool:
    """Return whether a line begins an article, a heading, an item or an annex."""
    article = article_mark(line)
    return bool(
        (article and (article.strong or not article.cited))
        or heading_mark(line)
        or item_mark(line)
        or annex_mark(line)
        or DIVISION.match(line)
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


def _is_wrapped(lines: list[Block]) -> bool:
    """Return whether a layout has broken the lines of the text: several end inside a sentence.

    A short line after 第三条 proves nothing, since it may be the name of the article, unless it is part of a clause;
    forms and names at the end of a text do not either.
    """
    end = next((index for index, line in enumerate(lines) if annex_mark(line.text)), len(lines))
    broken = sum(
        _breaks_citation(before, block) or (_breaks_sentence(before, block) and not _may_be_name(before.text))
        for before, block in pairwise(lines[:end])
    )
    return broken >= MIN_BROKEN_LINES and broken >= MIN_BROKEN_SHARE * end


def _may_be_name(line: str) -> bool:
    mark = article_mark(line)
    return mark is not None and not is_clause(line[mark.end :])


def _breaks_citation(before: Block, block: Block) -> bool:
    """Return whether 第四十九条的规定 goes on with a line that no sentence ends (根据《……法》)."""
    mark = article_mark(block.text)
    is_cited = mark is not None and not mark.strong
    return block.soft and is_cited and not _ENDED_SENTENCE.search(before.text)


def _breaks_sentence(before: Block, block: Block) -> bool:
    """Return whether the break before a line stands inside a sentence."""
    if block.kind != BlockKind.LINE or before.kind != BlockKind.LINE or block.level or before.level:
        return False
    if not block.soft or _is_date(block.text) or heading_mark(before.text) or DIVISION.match(before.text):
        return False
    if _breaks_citation(before, block):
        return True
    # A number alone (第四条) is followed by its text.
    mark = article_mark(before.text)
    is_number_alone = mark is not None and mark.end == len(before.text)
    return not (is_number_alone or is_structural(block.text) or _ENDED.search(before.text))


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
