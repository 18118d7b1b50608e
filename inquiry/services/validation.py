"""Checks of the words of questions and clauses; each returns a message, or "" where all is well."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.foundation.letters import count_letters
from portal.foundation.limits import MAX_CLAUSE_HEADING_CHARS, MIN_QUESTION_LETTERS
from portal.foundation.validation import raise_errors, text_error, title_error

__all__ = ["heading_error", "question_error", "raise_errors", "text_error", "title_error"]


def question_error(text: str) -> str:
    """Return what is wrong with the text of a question as it is raised."""
    if text.strip() and count_letters(text) < MIN_QUESTION_LETTERS:
        limit = {"limit": MIN_QUESTION_LETTERS}
        return _("Say a little more: a question has at least %(limit)d letters or digits.") % limit
    return text_error(text, missing=_("Write your question here."))


def heading_error(heading: str) -> str:
    """Return what is wrong with the heading of a clause, which may be empty."""
    if len(heading.strip()) > MAX_CLAUSE_HEADING_CHARS:
        limit = {"limit": MAX_CLAUSE_HEADING_CHARS}
        return _("The heading is longer than %(limit)d characters.") % limit
    return ""
