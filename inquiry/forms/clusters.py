"""Forms for grouping questions, and for merging and splitting clusters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inquiry.forms.fields import set_queryset, ticked_keys
from inquiry.forms.picking import PickForm
from inquiry.models import Question, QuestionCluster
from inquiry.selectors import members, records_by_number
from portal.foundation.limits import MAX_REASON_CHARS, MAX_TITLE_CHARS
from portal.org.models import User


class ClusterFields(forms.Form):
    """Title and statement of a cluster."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=MAX_TITLE_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give the cluster a title.")},
    )
    statement = forms.CharField(
        label=gettext_lazy("What they ask"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("The question that they have in common, in your words."),
    )


class EditClusterForm(ClusterFields):
    """Title and statement of a cluster, and the revision at which they were read."""

    expected_revision = forms.CharField(widget=forms.HiddenInput, required=False)


class NewClusterForm(ClusterFields, PickForm):
    """A new cluster, with questions or still without."""

    kinds = ("questions",)
    requires_selection = False
    field_order = ["title", "statement"]


class AddQuestionsForm(PickForm):
    """Questions to put in a cluster."""

    kinds = ("questions",)

    reason = forms.CharField(
        label=gettext_lazy("Why they ask the same"), required=False, max_length=MAX_REASON_CHARS
    )


class ReasonForm(forms.Form):
    """The reason for an action, which its history shows."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MAX_REASON_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why.")},
    )


class MergeForm(PickForm):
    """Another cluster that asks the same, and which of the two is kept."""

    kinds = ("clusters",)

    keep = forms.ChoiceField(
        label=gettext_lazy("Which number is kept"),
        choices=[("this", gettext_lazy("This one")), ("other", gettext_lazy("The other one"))],
        widget=forms.RadioSelect,
        initial="this",
    )
    reason = forms.CharField(
        label=gettext_lazy("Why they ask the same"),
        max_length=MAX_REASON_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why these ask the same.")},
    )

    def __init__(self, *args: Any, cluster: QuestionCluster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cluster = cluster

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        candidates = [cluster for cluster in data["selection"].clusters if cluster.pk != self.cluster.pk]
        if len(candidates) != 1:
            raise ValidationError(_("Choose one other cluster."))
        pair = (self.cluster, candidates[0])
        data["kept"], data["absorbed"] = pair if data.get("keep") != "other" else reversed(pair)
        return data


class SplitForm(ClusterFields):
    """Questions that leave a cluster for a new one."""

    questions = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Questions that go to the new cluster"),
        queryset=Question.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick the questions that go to the new cluster.")},
    )
    numbers = forms.CharField(
        label=gettext_lazy("And these, by number"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Questions of other pages of the list, separated by spaces or commas."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MAX_REASON_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why.")},
    )
    field_order = ["questions", "numbers", "title", "statement", "reason"]

    def __init__(self, *args: Any, cluster: QuestionCluster, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cluster, self.user = cluster, user
        set_queryset(self, "questions", members(cluster))
        self.fields["questions"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed = records_by_number(data.pop("numbers", ""), self.user)
        questions = list(members(self.cluster).filter(pk__in=[question.pk for question in typed.questions]))
        unknown = [
            *typed.unknown,
            *(question.number for question in typed.questions if question not in questions),
            *(cluster.number for cluster in typed.clusters),
            *(case.number for case in typed.cases),
        ]
        if unknown:
            self.add_error("numbers", _("Not found: %(numbers)s") % {"numbers": "、".join(unknown)})
        if "questions" in data:
            data["questions"] = list(dict.fromkeys([*data["questions"], *questions]))
            if not data["questions"] and not unknown:
                self.add_error("questions", self.fields["questions"].error_messages["required"])
        return data

    @property
    def ticked(self) -> set[str]:
        """Primary keys of the ticked questions, as they stand in the page."""
        return ticked_keys(self["questions"])
