"""The box that whoever publishes ticks: that it was checked for secrets, in the person's name."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.forms import TaskStateCommentForm

from portal.org.models import User
from portal.org.services.secrecy import marked_text_error

SECRECY_CHECKED = "secrecy_checked"


def secrecy_check_label(user: User) -> str:
    """Return the sentence of the box, with the person's name in it."""
    return _("I, %(name)s, have checked that it holds no state secret and no work secret") % {
        "name": user.display_name
    }


def unchecked_error() -> str:
    """Return what is said to whoever publishes without the box."""
    return _("Say that you have checked it for secrets: tick the box above the button.")


def require_secrecy_check(data: Mapping[str, str]) -> None:
    """Raise ValidationError unless a form was sent with the box ticked."""
    if not data.get(SECRECY_CHECKED):
        raise ValidationError(unchecked_error())


class CommentForm(TaskStateCommentForm):
    """A comment on what is to be changed, without marks of classification."""

    def clean_comment(self) -> str:
        comment = self.cleaned_data["comment"]
        if error := marked_text_error([comment], actor=None):
            raise ValidationError(error)
        return comment


class ApprovalForm(CommentForm):
    """A comment, and the box without which nothing is approved."""

    secrecy_checked = forms.BooleanField(required=True)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields[SECRECY_CHECKED].label = _(
            "I have checked that it holds no state secret and no work secret"
        )
        self.fields[SECRECY_CHECKED].error_messages["required"] = unchecked_error()
