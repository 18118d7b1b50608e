"""The marks of a file with the words around them, as JSON."""

from __future__ import annotations

import json

from portal.foundation.marked_files.limits import MAX_PASSAGES, PASSAGE_CHARACTERS
from portal.foundation.marked_files.texts import FileTexts
from portal.foundation.secrecy import classification_marks


def read_as_json(name: str, content: bytes) -> bytes:
    """Return {"is_read", "passages": [[before, mark, after], ...]}; `is_read` is False for a scan and its like.

    The words of a file are no marks, as in official texts: a mark is what stands as one.
    """
    file, characters = FileTexts(), 0
    passages: list[list[str]] = []
    for text in file.texts(name, content):
        characters += len(text.strip())
        if len(passages) < MAX_PASSAGES:
            passages += _passages(text)
    answer = {"is_read": file.is_complete and characters > 0, "passages": passages[:MAX_PASSAGES]}
    return json.dumps(answer, separators=(",", ":")).encode()


def _passages(text: str) -> list[list[str]]:
    marks = classification_marks(text, is_official=True)[:MAX_PASSAGES]
    return [
        [
            text[max(0, mark.start - PASSAGE_CHARACTERS) : mark.start],
            text[mark.start : mark.end],
            text[mark.end : mark.end + PASSAGE_CHARACTERS],
        ]
        for mark in marks
    ]
