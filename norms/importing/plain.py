"""Plain text and Markdown."""

import html
import re
from collections.abc import Iterable

from norms.importing.blocks import BlockKind, BlockList, SourceText
from norms.importing.encodings import decode
from norms.importing.warnings import Warnings

# The collection of laws in Markdown closes its block of metadata with this comment.
_END_OF_INFO = re.compile(r"<!--\s*INFO END\s*-->", re.IGNORECASE)
# A character of private use, which no text of a law has.
_MARK = "\ue000"
_HEADING = re.compile(r"(#{1,6})(?:[ \t\u3000]+|(?=[^#\s]))(.*?)(?:[ \t]+#+)?\s*\Z")
_FENCE = re.compile(r"(```|~~~)")
_RULE = re.compile(r"([-*_])(?:[ \t]*\1){2,}\s*\Z")
# The line under the head of a Markdown table.
_TABLE_RULE = re.compile(r"\|?[ \t]*:?-{2,}:?[ \t]*(\|[ \t]*:?-{2,}:?[ \t]*)*\|?\s*\Z")
_BULLET = re.compile(r"[-*+][ \t]+(?=\S)")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^()\s\n]{1,2000}(?:[ \t]+\"[^\"\n]{0,200}\")?\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^\n]{1,200}?)(?<=\S)\1")
_MAX_MARKED_LENGTH = 100_000
_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:p|div|span|center|b|strong|i|em|u|sup|sub|font)(?:[ \t][^<>\n]{0,300})?>", re.IGNORECASE
)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~<])")


def read_text(content: bytes) -> SourceText:
    warnings, blocks = Warnings(), BlockList()
    paragraphs = list(_paragraphs(decode(content, warnings)))
    # Where a blank line follows every line, it separates nothing, and a line may go on after it.
    is_spaced = len(paragraphs) > 1 and all(len(paragraph) == 1 for paragraph in paragraphs)
    for number, paragraph in enumerate(paragraphs):
        if is_spaced:
            blocks.add(paragraph[0], soft=number > 0)
        else:
            blocks.add_lines("\n".join(paragraph))
    return SourceText("text", blocks.blocks, warnings)


def read_markdown(content: bytes) -> SourceText:
    warnings, blocks = Warnings(), BlockList()
    text = _END_OF_INFO.sub(f"\n\n{_MARK}\n\n", _lines(decode(content, warnings)).replace(_MARK, ""))
    for paragraph in _paragraphs(_without_metadata(_without_comments(text))):
        _add_markdown(blocks, paragraph)
    return SourceText("markdown", blocks.blocks, warnings)


def _lines(text: str) -> str:
    for ending in ("\r\n", "\r", "\x0c", "\x0b", "\x85", "\u2028", "\u2029"):
        text = text.replace(ending, "\n")
    return text


def _paragraphs(text: str) -> Iterable[list[str]]:
    """Yield runs of lines between blank ones; a blank run is an empty paragraph."""
    lines: list[str] = []
    for line in _lines(text).split("\n"):
        if line.strip():
            lines.append(line)
            continue
        if lines:
            yield lines
        yield [""]
        lines = []
    if lines:
        yield lines


def _without_comments(text: str) -> str:
    parts, position = [], 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[position:start])
        position = end + 3
    return "".join((*parts, text[position:]))


def _without_metadata(text: str) -> str:
    if text.startswith("---\n") and (end := text.find("\n---\n", 4, 10_000)) > 0:
        return text[end + 5 :]
    return text


def _add_markdown(blocks: BlockList, paragraph: list[str]) -> None:
    if paragraph == [_MARK]:
        blocks.add("", kind=BlockKind.MARK)
        return
    if len(paragraph) > 1 and "|" in paragraph[0] and _TABLE_RULE.match(paragraph[1].strip()):
        blocks.add("\n".join(_cells(row) for row in (paragraph[0], *paragraph[2:])), kind=BlockKind.TABLE)
        return
    soft = False
    for line in paragraph:
        bare = line.strip(" \t>") if line.lstrip().startswith(">") else line.strip(" \t")
        if _RULE.match(bare) or _FENCE.match(bare):
            soft = False
            continue
        heading = _HEADING.match(bare)
        bullet = _BULLET.match(bare)
        words = heading.group(2) if heading else bare[bullet.end() :] if bullet else bare
        for piece in _BREAK.sub("\n", words).split("\n"):
            blocks.add(
                _inline(piece), soft=soft and not heading, level=len(heading.group(1)) if heading else 0
            )
            soft = True
        soft = not heading


def _cells(row: str) -> str:
    return "\t".join(" ".join(_inline(cell).split()) for cell in row.strip().strip("|").split("|"))


def _inline(text: str) -> str:
    if len(text) > _MAX_MARKED_LENGTH:
        return text
    text = _LINK.sub(r"\1", text)
    text = _STRONG.sub(r"\2", _STRONG.sub(r"\2", text))
    return _ESCAPED.sub(r"\1", html.unescape(_TAG.sub("", text)))
