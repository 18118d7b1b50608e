"""The form that closes a question as asked already or as not ours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inquiry.enums import ClosureReason
from inquiry.forms.picking import PickForm
from inquiry.models import Question
from portal.foundation.limits import MAX_TEXT_CHARS

REPLIES = {
    ClosureReason.DUPLICATE: gettext_lazy(
        "Thank you for your question. The same was asked already; it is named here. We work on it there, so that all "
        "who have it get one answer, and you can follow it there. If you ask something else, please raise your "
        "question again and say what is different."
    ),
    ClosureReason.NOT_OURS: gettext_lazy(
        "Thank you for your question. It lies outside what the departments that train together here can settle, so "
        "we cannot take it up. Please turn to the body that is responsible for it. If we misread you, please raise "
        "your question again and say what we missed."
    ),
}


class CloseForm(PickForm):
    """Closes a question: the reason, the question that asks the same, and the reply to the asker."""

    kinds = ("questions",)
    requires_selection = False

    reason = forms.ChoiceField(
        label=gettext_lazy("Why it is closed"),
        choices=ClosureReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say why it is closed.")},
    )
    reply = forms.CharField(
        label=gettext_lazy("Reply to the asker"),
        max_length=MAX_TEXT_CHARS,
        widget=forms.Textarea(attrs={"rows": 6, "data-reply": ""}),
        help_text=gettext_lazy(
            "The asker reads it on the page of the question and is told; so does everybody who may read the original. "
            "You do not learn who asked, and the reply names nobody."
        ),
        error_messages={"required": gettext_lazy("Write a reply: the asker reads it.")},
    )
    expected_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        # In the language of the question, which the asker reads.
        with translation.override(question.lang):
            self.replies = {str(reason): str(reply) for reason, reply in REPLIES.items()}
        for reason, reply in self.replies.items():
            self.fields["reply"].widget.attrs[f"data-reply-{reason}"] = reply
        self.fields["numbers"].label, self.fields["numbers"].help_text = _("Or by its number"), ""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        questions, reason = data["selection"].questions, data.get("reason")
        if reason == ClosureReason.DUPLICATE and len(questions) != 1 and "numbers" not in self.errors:
            raise ValidationError(_("Name the one question that asks the same."))
        data["duplicate_of"] = questions[0] if reason == ClosureReason.DUPLICATE and questions else None
        if data.get("reply") in self.replies.values() and reason:
            # Without scripts the words that were offered stay when another reason is chosen.
            data["reply"] = self.replies[reason]
        return data
