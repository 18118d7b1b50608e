"""Checks of titles and texts that several services share; each returns a message, or "" where all is well."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.foundation.letters import is_blank
from portal.foundation.limits import MAX_REASON_CHARS, MAX_TEXT_CHARS, MAX_TITLE_CHARS


def title_error(title: str, *, missing: str = "") -> str:
    """Return what is wrong with a title; `missing` is the message for an empty one, which is else allowed."""
    if missing and is_blank(title):
        return missing
    if len(title.strip()) > MAX_TITLE_CHARS:
        return _("The title is longer than %(limit)d characters.") % {"limit": MAX_TITLE_CHARS}
    return ""


def text_error(text: str, *, missing: str, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Return what is wrong with a text that must say something, by letters and not by marks alone."""
    if is_blank(text):
        return missing
    if len(text) > max_chars:
        return _("The text is longer than %(limit)d characters.") % {"limit": max_chars}
    return ""


def reason_error(reason: str) -> str:
    """Return what is wrong with a reason that somebody has to give."""
    if is_blank(reason) or len(reason.strip()) > MAX_REASON_CHARS:
        return _("Give a reason of at most %(limit)s characters.") % {"limit": MAX_REASON_CHARS}
    return ""


def raise_errors(errors: Mapping[str, str]) -> None:
    """Raise ValidationError with the messages by field, if any field has one."""
    messages = {name: message for name, message in errors.items() if message}
    if messages:
        raise ValidationError(messages)
