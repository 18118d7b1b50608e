"""Texts without articles: numbered paragraphs, under headings where the text has them."""

import re

from norms.enums import ProvisionKind
from norms.importing.blocks import Block, BlockKind
from norms.importing.endings import endings
from norms.importing.inline import inline_outline
from norms.importing.marks import ItemMark, annex_mark, division_name, heading_mark, item_mark, squeeze
from norms.importing.tree import Node
from norms.importing.warnings import Warnings

_MAX_NAME_LENGTH = 50
_PUNCTUATION = ("。", "；", "：", "，", "、", ";", ":", ".", ",", "！", "？")
_RANKS = {
    ProvisionKind.PART: 0,
    ProvisionKind.SUBPART: 1,
    ProvisionKind.CHAPTER: 2,
    ProvisionKind.SECTION: 3,
}
_LEVELS = {"listed": ProvisionKind.PART, "bracketed": ProvisionKind.SECTION}
# Numbers of points, the outer before the inner.
_POINT_STYLES = ("listed", "dotted", "bracketed", "parenthesised", "ringed")
_MIN_OUTLINE_LENGTH = 800
_SENTENCES = re.compile(r"[。.;；]")
# A point is a sentence, or its beginning; an item ends in a semicolon.
_POINT_END = re.compile(r"[。”’：:]\Z")


def paragraphs(lines: list[Block], warnings: Warnings) -> list[Node]:
    return _Paragraphs(lines, warnings).build()


class _Paragraphs:
    def __init__(self, lines: list[Block], warnings: Warnings) -> None:
        self.lines, self.warnings = lines, warnings
        self.endings = endings(lines)
        self.nodes: list[Node] = []
        self.notes: list[Node] = []
        self.path: list[Node] = []
        self.annex: Node | None = None
        self.number = 0
        # The numbered point that is open, to which items belong.
        self.point: Node | None = None
        self.point_style = ""
        self.point_styles = self._styles()

    def build(self) -> list[Node]:
        index = 0
        while index < len(self.lines):
            if ending := self.endings.get(index):
                self.path = []
                self._attach(Node(ProvisionKind.SIGNATURE, "\n".join(ending.lines)))
                index += len(ending.lines)
            else:
                self._read_line(index)
                index += 1
        return self.nodes + self.notes

    def _styles(self) -> frozenset[str]:
        """Return the styles of numbers, if the text is one of numbered points: two or more in their order.

        （一） and the like are items as well, so they count only as sentences, each with a number of its own.
        """
        lines = (block.text for block in self.lines if self._heading(block) is None)
        marks = [mark for line in lines if (mark := item_mark(line))]
        for style in _POINT_STYLES[:2]:
            numbers = [mark.number for mark in marks if mark.style == style]
            if numbers[:2] == [1, 2]:
                return frozenset(_POINT_STYLES)
        for style in _POINT_STYLES[2:]:
            points = [mark for mark in marks if mark.style == style]
            in_order = [mark.number for mark in points] == list(range(1, len(points) + 1))
            if len(points) > 1 and in_order and all(_POINT_END.search(mark.text) for mark in points):
                return frozenset(_POINT_STYLES[_POINT_STYLES.index(style) :])
        return frozenset()

    def _read_line(self, index: int) -> None:
        block = self.lines[index]
        line = block.text
        if block.kind == BlockKind.NOTE:
            self.notes.append(Node(ProvisionKind.TEXT, line, is_note=True))
        elif block.kind == BlockKind.TABLE:
            self._attach(Node(ProvisionKind.TABLE, line))
        elif index and (annex := annex_mark(line)):
            self.path, self.number, self.point, self.point_styles = [], 0, None, frozenset()
            self.annex = Node(ProvisionKind.ANNEX, number=annex.number, label=annex.label, heading=annex.name)
            self.nodes.append(self.annex)
        elif heading := self._heading(block):
            self._open(heading)
        elif not self._inline(line):
            self._paragraph(line)

    def _heading(self, block: Block) -> Node | None:
        line = block.text
        if mark := heading_mark(line, is_marked=bool(block.level)):
            return Node(
                mark.kind, number=mark.number, suffix=mark.suffix, label=mark.label, heading=mark.name
            )
        if name := division_name(line):
            return Node(ProvisionKind.CHAPTER, heading=name)
        if len(line) > _MAX_NAME_LENGTH or line.endswith(_PUNCTUATION) or _SENTENCES.search(line[:-1]):
            return None
        item = item_mark(line)
        if item and item.style in _LEVELS and item.text:
            return Node(_LEVELS[item.style], number=item.number, label=item.label, heading=squeeze(item.text))
        if block.level > 1:
            return Node(ProvisionKind.CHAPTER, heading=squeeze(line))
        return None

    def _open(self, node: Node) -> None:
        self.point = None
        while self.path and _RANKS[self.path[-1].kind] >= _RANKS[node.kind]:
            self.path.pop()
        self._attach(node)
        self.path.append(node)

    def _inline(self, line: str) -> bool:
        """Read a long paragraph with an outline inside the line; return whether it is one."""
        if len(line) < _MIN_OUTLINE_LENGTH:
            return False
        outline = inline_outline(line, self.warnings)
        if outline is None:
            return False
        before, parts = outline
        self.path = []
        if before:
            self._paragraph(before)
        for part in parts:
            self._attach(part)
            self._number_texts(part)
        return True

    def _number_texts(self, node: Node) -> None:
        for child in node.children:
            if child.kind == ProvisionKind.TEXT:
                self.number += 1
                child.number = self.number
            self._number_texts(child)

    def _paragraph(self, line: str) -> None:
        """Add a point under its own number (二、 is the second), its items, or a line without a number."""
        mark = item_mark(line)
        if mark is None or mark.style not in self.point_styles:
            self._line(line)
        elif self.point is not None and self._is_item(mark):
            node = Node(ProvisionKind.ITEM, mark.text, number=mark.number, label=mark.label)
            self.point.children.append(node)
        else:
            self.point = Node(ProvisionKind.TEXT, mark.text, number=mark.number, label=mark.label)
            self.point_style = mark.style
            self._attach(self.point)

    def _is_item(self, mark: ItemMark) -> bool:
        """Return whether a mark stands below the point that is open: （1） below 4., and 1. below 一、."""
        return _POINT_STYLES.index(mark.style) > _POINT_STYLES.index(self.point_style)

    def _line(self, line: str) -> None:
        if self.point_styles and self.annex is None:
            self._attach(Node(ProvisionKind.TEXT, line))
            return
        self.number += 1
        self._attach(Node(ProvisionKind.TEXT, line, number=self.number))

    def _attach(self, node: Node) -> None:
        if self.path:
            self.path[-1].children.append(node)
        else:
            (self.annex.children if self.annex else self.nodes).append(node)
