"""Forms of trainees, who fill them in on their phones, and of keepers; the upload of an intake file."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Activity, TrainingSession
from inquiry.enums import Naming, QuestionKind
from inquiry.forms.fields import set_queryset
from portal.foundation.limits import MAX_TEXT_CHARS


class ActivityChoice(forms.ModelChoiceField):
    """An activity of the session, with its time."""

    def label_from_instance(self, activity: Activity) -> str:
        starts = timezone.localtime(activity.starts_at)
        return f"{starts:%m-%d %H:%M} {activity.title_here}"


class AskForm(forms.Form):
    """Kind, text, activity and naming.

    `submission_key` lets a form that was sent twice be taken once; `raise_anyway` answers the page that showed questions
    nearly the same.
    """

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=QuestionKind, widget=forms.RadioSelect, initial=QuestionKind.QUESTION
    )
    activity = ActivityChoice(
        label=_("It arose in"),
        queryset=Activity.objects.none(),
        required=False,
        empty_label=_("The session as a whole"),
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=MAX_TEXT_CHARS,
        widget=forms.Textarea(attrs={"rows": 6, "enterkeyhint": "enter", "autocomplete": "off"}),
        help_text=_("You can write articles as you say them, such as 社区矫正法第27条: they are recognised."),
        error_messages={"required": _("Write your question here.")},
    )
    naming = forms.ChoiceField(label=_("How you are named"), choices=Naming, widget=forms.RadioSelect)
    raise_anyway = forms.BooleanField(label=_("Raise it all the same"), required=False)
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, session: TrainingSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        activities = session.activities.order_by("starts_at")
        set_queryset(self, "activity", activities)
        now = timezone.now()
        # Made with the page, so that a form which is sent twice carries the same key.
        self.initial.setdefault("submission_key", uuid.uuid4())
        # The activity that is going on now, since people ask while they listen.
        self.initial.setdefault(
            "activity", next((a.pk for a in activities if a.starts_at <= now <= a.ends_at), None)
        )


class CorrectionForm(forms.Form):
    """A correction that the asker appends; the text as raised stays."""

    text = forms.CharField(
        label=_("Correction"),
        max_length=MAX_TEXT_CHARS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what is to be corrected.")},
    )


class IdentityRequestForm(forms.Form):
    """The reason for which a keeper needs to know who asked."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The other keeper and the asker read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the name is needed.")},
    )


class RefusalForm(forms.Form):
    """The reason for which a request is refused."""

    reason = forms.CharField(
        label=_("Reason of a refusal"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, for the keeper who asked.")},
    )


class HeldRefusalForm(RefusalForm):
    """The reason for which a text that was held back is not taken."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].error_messages["required"] = _("Say why, for the person who sent it.")


class IntakeFileForm(forms.Form):
    """A sheet or a file of published answers."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx), CSV, or JSON of published answers."),
        error_messages={"required": _("Choose a file.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.json"}),
    )
    session = forms.ModelChoiceField(
        label=_("Session"),
        queryset=TrainingSession.objects.none(),
        required=False,
        empty_label=_("None: the questions were raised elsewhere"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_queryset(self, "session", TrainingSession.objects.order_by("-starts_on"))
