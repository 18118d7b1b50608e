"""Text for the index, out of what people wrote in Markdown."""

import re
from collections.abc import Iterable

LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
LINE_START = re.compile(r"^[ \t]{0,3}(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|```.*$|\|)", re.MULTILINE)
EMPHASIS = re.compile(r"(\*\*|__|~~|`)(?=\S)(.+?)(?<=\S)\1")


def plain_text(markdown: str) -> str:
    """Return the words without the marks around them; spacing and punctuation need not be exact."""
    text = LINK.sub(r"\1", markdown)
    text = LINE_START.sub("", text)
    return EMPHASIS.sub(r"\2", text).strip()


def lines(*parts: str) -> str:
    """Return the parts that are not blank, a line for each; the first is the title."""
    return "\n".join(part.strip() for part in parts if part and part.strip())


def distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
