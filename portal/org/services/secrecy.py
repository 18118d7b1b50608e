"""Texts with a mark of classification are stored by a secrecy reviewer or not at all."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.foundation.secrecy import marks_in
from portal.org.models import User
from portal.org.rules import is_reviewer


def marked_text_error(texts: Iterable[str], *, actor: User | None, is_official: bool = False) -> str:
    """Return why `actor` may not store or publish these texts, "" if nothing stands against it.

    A reviewer who stores a marked text has decided. None, for a command, is no reviewer.
    """
    mark = marks_in(texts, is_official=is_official)
    if not mark or (actor is not None and is_reviewer(actor)):
        return ""
    return _(
        "The text bears the mark “%(mark)s”. State secrets and work secrets do not belong here; a secrecy reviewer has "
        "to decide, or the text has to do without."
    ) % {"mark": mark}


def refuse_marked(*texts: str, actor: User | None, is_official: bool = False) -> None:
    """Raise ValidationError where `marked_text_error` has something to say."""
    if error := marked_text_error(texts, actor=actor, is_official=is_official):
        raise ValidationError(error)
