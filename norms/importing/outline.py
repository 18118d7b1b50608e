"""The tree of a text with articles: parts, chapters, sections, articles, paragraphs, items."""

from norms.enums import ProvisionKind
from norms.importing.blocks import Block, BlockKind
from norms.importing.endings import Ending, endings
from norms.importing.items import ArticleBuilder
from norms.importing.marks import (
    DIVISION,
    PREAMBLE,
    HeadingMark,
    annex_mark,
    division_name,
    heading_mark,
    item_mark,
    squeeze,
)
from norms.importing.sequence import ArticleStart
from norms.importing.tree import Node

_RANKS = {
    ProvisionKind.PART: 0,
    ProvisionKind.SUBPART: 1,
    ProvisionKind.CHAPTER: 2,
    ProvisionKind.SECTION: 3,
}
_LISTED_KINDS = {"listed": ProvisionKind.CHAPTER, "bracketed": ProvisionKind.SECTION}
_MAX_NAME_LENGTH = 40
_PUNCTUATION = ("。", "；", "：", "，", "、", ";", ":", ".", ",")


def outline(lines: list[Block], starts: list[ArticleStart]) -> list[Node]:
    return _Outline(lines, starts).build()


class _Outline:
    def __init__(self, lines: list[Block], starts: list[ArticleStart]) -> None:
        self.lines = lines
        self.starts: dict[int, list[ArticleStart]] = {}
        for start in starts:
            self.starts.setdefault(start.line, []).append(start)
        self.first = starts[0].line if starts else len(lines)
        self.endings = endings(lines)
        self.nodes: list[Node] = []
        self.notes: list[Node] = []
        self.path: list[Node] = []
        self.article: ArticleBuilder | None = None
        self.annex: Node | None = None
        self.scope = 0
        self.begun = False
        self.texts: dict[int, int] = {}
        self.has_divisions = any(division_name(line.text) not in ("", "附则") for line in lines)
        marks = [heading_mark(line.text) for line in lines] if self.has_divisions else []
        self.has_chapters = any(
            mark and mark.kind in (ProvisionKind.PART, ProvisionKind.CHAPTER) for mark in marks
        )

    def build(self) -> list[Node]:
        index = 0
        while index < len(self.lines):
            index = self._read_line(index)
        self._close_article()
        return self.nodes + self.notes

    def _read_line(self, index: int) -> int:
        block = self.lines[index]
        if block.kind == BlockKind.NOTE:
            self.notes.append(Node(ProvisionKind.TEXT, block.text, is_note=True))
        elif block.kind == BlockKind.TABLE:
            self._add_inside(Node(ProvisionKind.TABLE, block.text))
        elif ending := self.endings.get(index):
            self._sign(ending)
            return index + len(ending.lines)
        elif index in self.starts:
            self._articles(block, self.starts[index])
        elif not self._structure(index):
            self._text(block)
        elif self._heading_continues(index):
            self._continue_heading(self.lines[index + 1].text)
            return index + 2
        return index + 1

    def _structure(self, index: int) -> bool:
        """Take a heading, closing heading or annex at this line, if it is one."""
        block = self.lines[index]
        line = block.text
        if heading := heading_mark(line, is_marked=bool(block.level)):
            self._open(_heading_node(heading))
        elif name := division_name(line):
            self._open(Node(self._division_kind(name), heading=name))
        elif (annex := annex_mark(line)) and index > self.first:
            self._open_annex(annex)
        elif PREAMBLE.match(line) and index < self.first:
            self._append(Node(ProvisionKind.PREAMBLE, heading=squeeze(line)))
        elif heading := self._unnumbered(index):
            self._open(heading)
        elif (
            block.level > 1
            and len(line) <= _MAX_NAME_LENGTH
            and not line.endswith(_PUNCTUATION)
            and index > self.first
        ):
            self._open(Node(self._kind_below(), heading=squeeze(line)))
        else:
            return False
        return True

    def _unnumbered(self, index: int) -> Node | None:
        """Return a heading such as 一、管辖 or （一）管辖, or a centred line, right before an article."""
        block, line = self.lines[index], self.lines[index].text
        if len(line) > _MAX_NAME_LENGTH or line.endswith(_PUNCTUATION) or not self._before_article(index):
            return None
        mark = item_mark(line)
        if mark and mark.style in _LISTED_KINDS and mark.text:
            if self.article is not None and self.article.goes_on_with(mark):
                return None
            return Node(
                _LISTED_KINDS[mark.style], number=mark.number, label=mark.label, heading=squeeze(mark.text)
            )
        if block.align == "center" and not mark and index > self.first:
            return Node(self._kind_below(), heading=squeeze(line))
        return None

    def _before_article(self, index: int) -> bool:
        """Return whether an article begins on the next line, or on the one after another such heading."""
        if index + 1 in self.starts:
            return self.starts[index + 1][0].start == 0
        following = item_mark(self.lines[index + 1].text) if index + 2 in self.starts else None
        return following is not None and following.style == "bracketed" and following.number == 1

    def _heading_continues(self, index: int) -> bool:
        """Return whether the next line continues this heading (违法所得的没收程序 under 第四章 ……案件)."""
        if index + 1 >= len(self.lines) or index + 1 in self.starts or index + 1 in self.endings:
            return False
        following, block = self.lines[index + 1], self.lines[index]
        line = following.text
        if (
            following.kind != BlockKind.LINE
            or following.level
            or len(line) > _MAX_NAME_LENGTH
            or line.endswith(_PUNCTUATION)
        ):
            return False
        node = self.path[-1] if self.path else self.annex
        # 第一章 and 总则 may stand on two lines.
        is_name = bool(node and not node.heading and DIVISION.match(line))
        if heading_mark(line) or item_mark(line) or (is_other_heading(line) and not is_name):
            return False
        if node is None or PREAMBLE.match(block.text):
            return False
        before_article = index + 2 in self.starts or (
            index + 2 < len(self.lines) and bool(heading_mark(self.lines[index + 2].text))
        )
        return before_article or (node is self.annex and not node.heading)

    def _continue_heading(self, line: str) -> None:
        node = self.path[-1] if self.path else self.annex
        if node is not None:
            node.heading = f"{node.heading}{division_name(line) or squeeze(line)}"

    def _open(self, node: Node) -> None:
        self._close_article()
        rank = _RANKS[node.kind]
        while self.path and _RANKS[self.path[-1].kind] >= rank:
            self.path.pop()
        self._attach(node)
        self.path.append(node)

    def _open_annex(self, mark: HeadingMark) -> None:
        self._close_article()
        self.path, self.annex = [], None
        node = Node(ProvisionKind.ANNEX, number=mark.number, label=mark.label, heading=mark.name)
        self.nodes.append(node)
        self.annex = node

    def _top_kind(self) -> ProvisionKind:
        """Return the kind of 附则 without a number, which stands beside the highest headings of the text."""
        kinds = [node.kind for node in self._siblings() if node.kind in _RANKS]
        return min(kinds, key=_RANKS.__getitem__, default=ProvisionKind.CHAPTER)

    def _division_kind(self, name: str) -> ProvisionKind:
        """Return the kind of 总则 and 分则 without numbers: parts where numbered chapters stand in them, else chapters."""
        if name == "附则" and not self.has_divisions:
            return self._top_kind()
        return ProvisionKind.PART if self.has_chapters else ProvisionKind.CHAPTER

    def _siblings(self) -> list[Node]:
        return self.annex.children if self.annex else self.nodes

    def _kind_below(self) -> ProvisionKind:
        return self.path[-1].kind if self.path else ProvisionKind.CHAPTER

    def _articles(self, block: Block, starts: list[ArticleStart]) -> None:
        """Read all articles that begin on this line; words before the first belong to what came before."""
        text = block.text
        if before := text[: starts[0].start].strip():
            if heading := heading_mark(before):
                self._open(_heading_node(heading))
            else:
                self._text(Block(before))
        ends = [start.start for start in starts[1:]] + [len(text)]
        for start, end in zip(starts, ends, strict=True):
            self._begin(start, text[start.end : end].strip(" \t\u3000"))

    def _begin(self, start: ArticleStart, words: str) -> None:
        self._close_article()
        if start.scope > self.scope:
            self.scope = start.scope
            if self.annex is None or any(node.kind == ProvisionKind.ARTICLE for node in walk(self.annex)):
                self._second_text()
        node = Node(ProvisionKind.ARTICLE, number=start.number, suffix=start.suffix, label=start.label)
        self._attach(node)
        self.article = ArticleBuilder(node)
        if words:
            self.article.add(words)

    def _second_text(self) -> None:
        """Begin a second text in the same file as an annex; headings just before it belong to it."""
        moved: list[Node] = []
        nodes = self.nodes
        while (
            nodes
            and nodes[-1].kind in _RANKS
            and not any(n.kind == ProvisionKind.ARTICLE for n in walk(nodes[-1]))
        ):
            moved.insert(0, nodes.pop())
        annex = Node(ProvisionKind.ANNEX, children=moved)
        nodes.append(annex)
        self.annex = annex
        self.path = [node for node in self.path if any(node in list(walk(heading)) for heading in moved)]

    def _text(self, block: Block) -> None:
        if self.article is not None:
            self.article.add(block.text)
        elif not self.begun:
            self._append(Node(ProvisionKind.PREAMBLE, block.text))
        else:
            scope = id(self.annex)
            self.texts[scope] = self.texts.get(scope, 0) + 1
            self._attach(Node(ProvisionKind.TEXT, block.text, number=self.texts[scope]))

    def _add_inside(self, node: Node) -> None:
        if self.article is not None:
            self.article.hold(node)
        else:
            self._attach(node)

    def _attach(self, node: Node) -> None:
        self.begun = True
        (self.path[-1].children if self.path else self._siblings()).append(node)

    def _append(self, node: Node) -> None:
        self.nodes.append(node)

    def _sign(self, ending: Ending) -> None:
        self._close_article()
        self.path = []
        self._siblings().append(Node(ProvisionKind.SIGNATURE, "\n".join(ending.lines)))

    def _close_article(self) -> None:
        if self.article is not None:
            self.article.finish()
            self.article = None


def is_other_heading(line: str) -> bool:
    return bool(DIVISION.match(line) or annex_mark(line) or PREAMBLE.match(line))


def walk(node: Node) -> list[Node]:
    nodes, pending = [], [node]
    while pending:
        current = pending.pop()
        nodes.append(current)
        pending.extend(reversed(current.children))
    return nodes


def _heading_node(mark: HeadingMark) -> Node:
    return Node(mark.kind, number=mark.number, suffix=mark.suffix, label=mark.label, heading=mark.name)
