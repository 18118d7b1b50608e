"""The parts of an article: paragraphs, items, sub-items, tables."""

import re
from itertools import pairwise

from norms.enums import ProvisionKind
from norms.importing.lines import is_clause
from norms.importing.marks import HAN_DIGIT, ItemMark, item_mark
from norms.importing.tree import Node
from portal.foundation.numerals import parse_numeral

# An item inside a paragraph begins after a mark that ends a clause.
_LISTED = re.compile(rf"(?<=[：:；;。，])[（(]({HAN_DIGIT}{{1,3}})[）)]")
_OPENS = re.compile(r"[:：]\Z")
_NOTE = re.compile(r"[①-⑳]|\[[0-9]{1,2}\]|注[:：]")
# 【……】 is always the name of an article; （……） only if a gap sets it off.
_BRACKETED_NAME = re.compile(r"(【[^【】]{1,60}】|［[^［］]{1,60}］)[ \t\u3000]*")
_ROUND_NAME = re.compile(r"([（(][^（）()。；，]{1,30}[）)])(?:[ \t\u3000]+|\Z)")
_MAX_NAME_LENGTH = 20
_PUNCTUATED = re.compile(r"[。；：，、;:,.！？”…]")


class ArticleBuilder:
    """Collects the lines of one article; `finish` gives them their places."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.lines: list[str | Node] = []

    def add(self, line: str) -> None:
        self.lines.extend(_listed(line))

    def hold(self, node: Node) -> None:
        self.lines.append(node)

    def goes_on_with(self, mark: ItemMark) -> bool:
        """Return whether an item with this mark would continue the article's list, or begin the one it announces."""
        last = next((line for line in reversed(self.lines) if isinstance(line, str)), "")
        if mark.number == 1:
            return bool(_OPENS.search(last))
        marks = (item_mark(line) for line in reversed(self.lines) if isinstance(line, str))
        before = next((candidate for candidate in marks if candidate and candidate.style == mark.style), None)
        return before is not None and before.number == mark.number - 1

    def finish(self) -> None:
        self._take_name()
        body = _Body(self.node)
        marks = [item_mark(line) if isinstance(line, str) else None for line in self.lines]
        upcoming: list[ItemMark | None] = [None] * len(marks)
        for index in range(len(marks) - 2, -1, -1):
            upcoming[index] = marks[index + 1] or upcoming[index + 1]
        for index, line in enumerate(self.lines):
            if isinstance(line, Node):
                body.hold(line)
            else:
                body.add(line, marks[index], upcoming[index])

    def _take_name(self) -> None:
        """Move the name of an article to its heading: 【……】, （……） set off, or a first line without any punctuation."""
        if not self.lines or not isinstance(self.lines[0], str):
            return
        first = self.lines[0]
        match = _BRACKETED_NAME.match(first) or _ROUND_NAME.match(first)
        if match and not item_mark(first):
            self.node.heading = match.group(1)
            text = first[match.end() :]
            self.lines[:1] = [text] if text else []
        elif (
            len(first) <= _MAX_NAME_LENGTH
            and not _PUNCTUATED.search(first)
            and len(self.lines) > 1
            and not item_mark(first)
            and not is_clause(first)
        ):
            self.node.heading = first
            del self.lines[0]


def _listed(line: str) -> list[str]:
    """Return a paragraph with its list inside the line (……：（一）……；（二）……) as lines."""
    starts: list[int] = []
    for match in _LISTED.finditer(line):
        value = parse_numeral(match.group(1))
        opens = not starts and value == 1 and line[match.start() - 1] in "：:"
        if opens or (starts and value == len(starts) + 1 and line[match.start() - 1] in "；;。，"):
            starts.append(match.start())
    if len(starts) < 2:
        return [line]
    ends = [*starts, len(line)]
    return [
        part.strip() for part in (line[: starts[0]], *(line[a:b] for a, b in pairwise(ends))) if part.strip()
    ]


class _Body:
    def __init__(self, article: Node) -> None:
        self.article = article
        self.paragraph: Node | None = None
        self.paragraphs = 0
        self.stack: list[tuple[str, Node]] = []

    def add(self, line: str, mark: ItemMark | None, upcoming: ItemMark | None) -> None:
        if mark and self._takes(mark):
            self._item(mark)
        elif not mark and self._is_inside_list(upcoming):
            current = self.stack[-1][1]
            current.text = f"{current.text}\n{line}"
        elif _NOTE.match(line):
            self.article.children.append(Node(ProvisionKind.TEXT, line, is_note=True))
        else:
            self._paragraph(line)

    def hold(self, node: Node) -> None:
        (self.paragraph or self.article).children.append(node)

    def _paragraph(self, line: str) -> None:
        self.paragraphs += 1
        self.paragraph = Node(ProvisionKind.PARAGRAPH, line, number=self.paragraphs)
        self.article.children.append(self.paragraph)
        self.stack = []

    def _takes(self, mark: ItemMark) -> bool:
        """Return whether an item belongs to a list: it begins one with its first number, or continues an open one."""
        for style, node in self.stack:
            if style == mark.style and node.number is not None and mark.number > node.number:
                return True
        if mark.number != 1:
            return False
        return mark.style != "ringed" or bool(_OPENS.search(self._last_text()))

    def _last_text(self) -> str:
        node = self.stack[-1][1] if self.stack else self.paragraph
        return node.text if node else ""

    def _item(self, mark: ItemMark) -> None:
        if self.paragraph is None:
            self._paragraph("")
        styles = [style for style, _node in self.stack]
        if mark.style in styles:
            self.stack = self.stack[: styles.index(mark.style)]
        parent = self.stack[-1][1] if self.stack else self.paragraph
        kind = ProvisionKind.SUBITEM if self.stack else ProvisionKind.ITEM
        node = Node(kind, mark.text, number=mark.number, label=mark.label)
        if parent is not None:
            parent.children.append(node)
        self.stack.append((mark.style, node))

    def _is_inside_list(self, upcoming: ItemMark | None) -> bool:
        """Return whether a line without a mark belongs to the item above it, since the list goes on after it."""
        if not self.stack or upcoming is None or upcoming.number == 1:
            return False
        return any(
            style == upcoming.style and node.number == upcoming.number - 1 for style, node in self.stack
        )
