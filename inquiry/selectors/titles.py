"""What a question is called, to its asker and to others."""

from __future__ import annotations

from inquiry.excerpts import excerpt
from inquiry.models import Question, Refinement

__all__ = ["current_refinement", "excerpt", "public_text", "public_title", "title_as_raised"]


def title_as_raised(question: Question) -> str:
    return question.title_as_raised


def current_refinement(question: Question) -> Refinement | None:
    return question.current_refinement()


def public_title(question: Question) -> str:
    return question.public_title()


def public_text(question: Question) -> str:
    """The restated text where the original names a real case or person, else the text as raised."""
    if not question.names_real:
        return question.text
    refinement = current_refinement(question)
    return refinement.text if refinement else ""
