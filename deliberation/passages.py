"""Passages of a text: found by their words and by what stands around them, or not at all.

Texts are the words that a page shows (`portal.foundation.markdown.markdown_text`), offsets count code points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# So much of what stands before and after a quotation is kept with it.
CONTEXT_CHARS = 24
# Fewer characters, surroundings included, may stand in another sentence by chance.
MIN_RECOGNISED_CHARS = 12


@dataclass(frozen=True, slots=True)
class Passage:
    """A quotation with what stands before and after it; either is shorter at the ends of the text."""

    quote: str
    prefix: str = ""
    suffix: str = ""


def passage_at(text: str, start: int, end: int) -> Passage:
    """Return the passage between two offsets with its surroundings."""
    return Passage(
        text[start:end], text[max(0, start - CONTEXT_CHARS) : start], text[end : end + CONTEXT_CHARS]
    )


def find_passage(text: str, passage: Passage) -> int | None:
    """Return where a passage begins in the text that it was taken from; None where that is nowhere or not certain."""
    starts = list(_occurrences(text, passage.quote, (passage.prefix, passage.suffix)))
    return starts[0] if len(starts) == 1 else None


def place_passage(passage: Passage, *, original: str, text: str) -> int | None:
    """Return where a passage of `original` begins in another version of it, None where it is gone or not certain.

    The quotation stands there word for word. It is recognised by all that surrounds it; else by one side, if the
    other side stands with it nowhere; else by itself, if neither does. What recognises it stands once in either version
    and has some length: words that stand twice, or that any sentence may have, recognise nothing.
    """
    if text == original:
        return find_passage(text, passage)
    both, before, after, neither = (
        (passage.prefix, passage.suffix),
        (passage.prefix, ""),
        ("", passage.suffix),
        ("", ""),
    )
    one_side = [sides for sides in (before, after) if sides != neither]
    for evidence in ([both], one_side, [neither]):
        found = [(start, sides) for sides in evidence for start in _occurrences(text, passage.quote, sides)]
        if len(found) > 1:
            return None
        if found:
            start, sides = found[0]
            return start if _recognises(passage.quote, sides, original) else None
    return None


def _recognises(quote: str, sides: tuple[str, str], original: str) -> bool:
    """Return whether the quotation between these surroundings is long enough, and stands once in its own version."""
    is_long = len(sides[0]) + len(quote) + len(sides[1]) >= MIN_RECOGNISED_CHARS
    return is_long and len(list(_occurrences(original, quote, sides))) == 1


def _occurrences(text: str, quote: str, sides: tuple[str, str]) -> Iterator[int]:
    """Yield where the quotation begins, between the given surroundings; occurrences may overlap."""
    prefix, suffix = sides
    words = prefix + quote + suffix
    position = text.find(words) if quote else -1
    while position >= 0:
        yield position + len(prefix)
        position = text.find(words, position + 1)
