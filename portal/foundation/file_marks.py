"""Marks of classification in a file that somebody uploads, read by a process of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from portal.foundation.isolation import read_isolated
from portal.foundation.marked_files.limits import MAX_SECONDS

MODULE = "portal.foundation.marked_files"


@dataclass(frozen=True)
class FileMarks:
    """What was found: `passages` are (before, mark, after); `is_read` is False where the text, or a part, is not to be had."""

    is_read: bool
    passages: list[list[str]] = field(default_factory=list)

    @property
    def marks(self) -> list[str]:
        """Return the marks as they are written, each once."""
        return list(dict.fromkeys(mark.strip() for _before, mark, _after in self.passages))


def marks_of_file(name: str, content: bytes) -> FileMarks:
    """Return the marks of a file. One that needs more memory or time than it may was not read."""
    answer = read_isolated(MODULE, name, content, seconds=MAX_SECONDS, with_packages=True)
    if answer is None:
        return FileMarks(is_read=False)
    result = json.loads(answer)
    return FileMarks(is_read=result["is_read"], passages=result["passages"])
