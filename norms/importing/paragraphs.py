"""Texts without articles: numbered paragraphs, under headings where the text has them."""

import re

from norms.enums import ProvisionKind
from norms.importing.blocks import Block, BlockKind
from norms.importing.endings import endings
from norms.importing.inline import inline_outline
from norms.importing.marks import CLOSING, annex_mark, heading_mark, item_mark, squeeze
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
_MIN_OUTLINE_LENGTH = 800
_SENTENCES = re.compile(r"[。.;；]")


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

    def _read_line(self, index: int) -> None:
        block = self.lines[index]
        line = block.text
        if block.kind == BlockKind.NOTE:
            self.notes.append(Node(ProvisionKind.TEXT, line, is_note=True))
        elif block.kind == BlockKind.TABLE:
            self._attach(Node(ProvisionKind.TABLE, line))
        elif index and (annex := annex_mark(line)):
            self.path, self.number = [], 0
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
        if CLOSING.match(line):
            return Node(ProvisionKind.CHAPTER, heading="附则")
        if len(line) > _MAX_NAME_LENGTH or line.endswith(_PUNCTUATION) or _SENTENCES.search(line[:-1]):
            return None
        item = item_mark(line)
        if item and item.style in _LEVELS and item.text:
            return Node(_LEVELS[item.style], number=item.number, label=item.label, heading=squeeze(item.text))
        if block.level > 1:
            return Node(ProvisionKind.CHAPTER, heading=squeeze(line))
        return None

    def _open(self, node: Node) -> None:
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
        self.number += 1
        self._attach(Node(ProvisionKind.TEXT, line, number=self.number))

    def _attach(self, node: Node) -> None:
        if self.path:
            self.path[-1].children.append(node)
        else:
            (self.annex.children if self.annex else self.nodes).append(node)
