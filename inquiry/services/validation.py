"""Checks of titles and texts that several services share; each returns a message, or "" where all is well."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.foundation.letters import count_letters, is_blank
from portal.foundation.limits import (
    MAX_CLAUSE_HEADING_CHARS,
    MAX_TEXT_CHARS,
    MAX_TITLE_CHARS,
    MIN_QUESTION_LETTERS,
)


def title_error(title: str, *, missing: str = "") -> str:
    """Return what is wrong with a title; `missing` is the message for an empty one, which is else allowed."""
    if missing and is_blank(title):
        return missing
    if len(title.strip()) > MAX_TITLE_CHARS:
        return _("The title is longer than %(limit)d characters.") % {"limit": MAX_TITLE_CHARS}
    return ""


def text_error(text: str, *, missing: str) -> str:
    """Return what is wrong with a text that must say something, by letters and not by marks alone."""
    if is_blank(text):
        return missing
    if len(text) > MAX_TEXT_CHARS:
        return _("The text is longer than %(limit)d characters.") % {"limit": MAX_TEXT_CHARS}
    return ""


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


def raise_errors(errors: Mapping[str, str]) -> None:
    """Raise ValidationError with the messages by field, if any field has one."""
    messages = {name: message for name, message in errors.items() if message}
    if messages:
        raise ValidationError(messages)
