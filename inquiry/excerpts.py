"""Excerpts of a text, for titles and audit entries."""

import re

from portal.foundation.markdown import markdown_text

EXCERPT_CHARS = 40
# The mark stays with its sentence.
SENTENCE_END = re.compile(r"(?<=[。？！?!；;])")


def excerpt(text: str, length: int = EXCERPT_CHARS) -> str:
    """Return the first sentence of a Markdown text as the page shows it, cut at `length` characters."""
    first_line = markdown_text(text).partition("\n")[0]
    sentence = SENTENCE_END.split(first_line)[0]
    return sentence if len(sentence) <= length else f"{sentence[: length - 1]}…"
