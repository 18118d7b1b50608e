"""Excerpts of a text, for titles and audit entries."""

import re

EXCERPT = 40
# The mark stays with its sentence.
SENTENCE_END = re.compile(r"(?<=[。？！?!；;])")
# Signs at the start of a line (heading, quotation, list) and of emphasis anywhere.
MARKDOWN_SIGNS = re.compile(r"^[#>\-*+\s]+|[*_`~]")


def excerpt(text: str, length: int = EXCERPT) -> str:
    """Return the first sentence of a Markdown text without its signs, cut at `length` characters."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    plain = MARKDOWN_SIGNS.sub("", first).strip()
    sentence = SENTENCE_END.split(plain)[0]
    return sentence if len(sentence) <= length else f"{sentence[: length - 1]}…"
