"""Blocks: a file of any format as a flat list in reading order."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from norms.citations.text import COMPATIBILITY_FORMS
from norms.importing.errors import UnreadableSource
from norms.importing.limits import MAX_BLOCKS, MAX_CHARACTERS, TOO_LONG
from norms.importing.warnings import Warnings

# Soft hyphens, zero-width spaces, marks of direction and control characters.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff\x00-\x08\x0e-\x1f\x7f]"
)
_SPACES = re.compile(r"[^\S\n]+")


class BlockKind(StrEnum):
    LINE = "line"
    TABLE = "table"
    NOTE = "note"
    MARK = "mark"


@dataclass(slots=True)
class Block:
    """One line of text, a table (cells by tab, rows by line), a footnote, or the mark that ends a title block.

    `soft` says that only a line break, not a paragraph's end, stands before it; `level` is a Markdown or Word
    heading level, 0 where there is none.
    """

    text: str
    kind: BlockKind = BlockKind.LINE
    soft: bool = False
    level: int = 0
    align: str = ""
    contents: bool = False

    @property
    def is_blank(self) -> bool:
        return self.kind == BlockKind.LINE and not self.text


@dataclass(slots=True)
class SourceText:
    format: str
    blocks: list[Block] = field(default_factory=list)
    warnings: Warnings = field(default_factory=Warnings)
    # Headers and footers: no part of the text, but a mark of classification stands there.
    margins: list[str] = field(default_factory=list)


class BlockList:
    """Collects blocks, cleans their text and refuses a text that is too long to be one document."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.characters = 0

    def add(self, text: str, **values: object) -> None:
        block = Block(clean(text), **values)  # type: ignore[arg-type]
        self.characters += len(block.text)
        if self.characters > MAX_CHARACTERS or len(self.blocks) >= MAX_BLOCKS:
            raise UnreadableSource(TOO_LONG)
        self.blocks.append(block)

    def add_lines(self, text: str, **values: object) -> None:
        """Add a paragraph that may hold line breaks: its second and later lines are soft."""
        for number, line in enumerate(text.split("\n")):
            self.add(line, **{**values, "soft": number > 0})


def clean(text: str) -> str:
    """Return text without invisible and control characters, compatibility forms and doubled spaces.

    A wide space stays wide.
    """
    plain = text.translate(COMPATIBILITY_FORMS)
    visible = _INVISIBLE.sub("", plain.replace("\x0b", "\n").replace("\x0c", "\n").replace("\u2028", "\n"))
    lines = (_SPACES.sub(_one_space, line).strip() for line in visible.split("\n"))
    return "\n".join(lines).strip("\n")


def _one_space(match: re.Match[str]) -> str:
    space = match.group()
    if space in (" ", "\u3000"):
        return space
    return "\u3000" if "\u3000" in space else "\t" if "\t" in space else " "
