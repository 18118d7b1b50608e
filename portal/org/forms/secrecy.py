"""The box that whoever publishes ticks: that it was checked for secrets, in the person's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm
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


class PublishedForm(WagtailAdminModelForm):
    """A form of Wagtail's editor that publishes only what its person has checked; drafts need no check."""

    secrecy_checked = forms.BooleanField(required=False)

    not_compared = frozenset({SECRECY_CHECKED, "comment_notifications"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.for_user and SECRECY_CHECKED in self.fields:
            # The panel's heading stands where a label would: the sentence is beside the box as its help.
            sentence = secrecy_check_label(self.for_user)
            needed = _("Publishing needs it, and records your name and the day.")
            self.fields[SECRECY_CHECKED].help_text = f"{sentence} · {needed}"

    def written_texts(self) -> Iterable[str]:
        """Return the texts of a valid form that would be published."""
        raise NotImplementedError

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        if "action-publish" not in self.data:
            return True
        if message := marked_text_error(self.written_texts(), actor=self.for_user):
            self.add_error(None, message)
            return False
        if not self.cleaned_data.get(SECRECY_CHECKED):
            self.add_error(SECRECY_CHECKED, unchecked_error())
            return False
        return True


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
