"""Strings as workbooks store them: in runs of formatted text, with escapes and reading aids."""

from __future__ import annotations

import re

from portal.foundation.workbooks.limits import MAX_CELL_CHARACTERS

# ECMA-376 part 1, 22.4.2.4: a character that XML cannot hold is written _xHHHH_, an underscore before such as _x005F_.
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class StringCollector:
    """Collects the text of one string item (`si`, `is`): runs are joined, phonetic hints (`rPh`) left out."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._is_open = False
        self._hints = 0

    def start(self, name: str) -> None:
        if name == "rPh":
            self._hints += 1
        elif name == "t":
            self._is_open = self._hints == 0

    def end(self, name: str) -> None:
        if name == "rPh":
            self._hints -= 1
        elif name == "t":
            self._is_open = False

    def add(self, text: str) -> None:
        # One character more than a cell may have is enough to see that it has too many.
        if self._is_open and self._length <= MAX_CELL_CHARACTERS:
            self._parts.append(text[: MAX_CELL_CHARACTERS + 1 - self._length])
            self._length += len(self._parts[-1])

    def pop(self) -> str:
        """Return what was collected, and begin anew."""
        text = unescaped("".join(self._parts))
        self._parts.clear()
        self._length, self._is_open, self._hints = 0, False, 0
        return text


def unescaped(text: str) -> str:
    """Return text with its escapes resolved, from left to right: `_x000D_` is a line break."""
    return ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
