"""What a question is called, to its asker and to others."""

from __future__ import annotations

import re

from inquiry.models import Question, Refinement

EXCERPT = 40
SENTENCE_END = re.compile(r"(?<=[。？！?!；;])")
MARKDOWN_SIGNS = re.compile(r"^[#>\-*+\s]+|[*_`~]")


def excerpt(text: str, length: int = EXCERPT) -> str:
    """The first sentence of a Markdown text without its signs, cut at `length` characters."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    plain = MARKDOWN_SIGNS.sub("", first).strip()
    sentence = SENTENCE_END.split(plain)[0]
    return sentence if len(sentence) <= length else f"{sentence[: length - 1]}…"


def title_as_raised(question: Question) -> str:
    return question.title or excerpt(question.text)


def current_refinement(question: Question) -> Refinement | None:
    """One query, none where `refinements` was prefetched."""
    return next((each for each in question.refinements.all() if each.is_current), None)


def public_title(question: Question) -> str:
    """What everybody who may see the question may read: the restated title once there is one."""
    refinement = current_refinement(question)
    if refinement:
        return refinement.title
    return "" if question.names_real else title_as_raised(question)


def public_text(question: Question) -> str:
    """The restated text where the original names a real case or person, else the text as raised."""
    if not question.names_real:
        return question.text
    refinement = current_refinement(question)
    return refinement.text if refinement else ""
