"""Forms for writing a dossier."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from inquiry.forms.fields import set_queryset, ticked_keys
from inquiry.forms.picking import PickForm
from inquiry.models import Dossier, DossierItem
from norms.models import NormativeDocument
from portal.foundation.limits import (
    MAX_CLAUSE_HEADING_CHARS,
    MAX_NOTE_CHARS,
    MAX_OFFICE_NAME_CHARS,
    MAX_REASON_CHARS,
    MAX_TITLE_CHARS,
)
from portal.foundation.numbers import MAX_NUMBER_LENGTH
from portal.org.models import Office
from portal.org.selectors import office_by_name


class DocumentField(forms.CharField):
    """A document of the law library, by its title or one of its other names."""

    def clean(self, value: object) -> NormativeDocument | None:
        name = super().clean(value)
        if not name:
            return None
        document = NormativeDocument.objects.with_name(name).first()
        if document is None:
            raise ValidationError(_("The law library holds no document of this name."))
        return document


class OfficeField(forms.CharField):
    """An office by its name in either language, or by an alias."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "office-names", "autocomplete": "off"})
        super().__init__(max_length=MAX_OFFICE_NAME_CHARS, widget=widget, **kwargs)

    def clean(self, value: object) -> Office | None:
        name = super().clean(value)
        if not name:
            return None
        office = office_by_name(name)
        if office is None:
            raise ValidationError(_("No office has this name. Choose one of the list."))
        return office


class FinishForm(forms.Form):
    """The revision that is finished, and the reason for which it is although parts are missing."""

    expected_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    incomplete_reason = forms.CharField(
        label=gettext_lazy("Why it is finished without them"),
        help_text=gettext_lazy("Everybody who reads the dossier sees the reason, and its file says it."),
        max_length=MAX_REASON_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the missing parts first, or say why not.")},
    )

    def __init__(self, *args: Any, is_incomplete: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["incomplete_reason"].required = is_incomplete


class DossierForm(forms.Form):
    """The parts of a dossier that are written in words."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=MAX_TITLE_CHARS,
        error_messages={"required": gettext_lazy("Give the dossier a title.")},
    )
    compiling_office = OfficeField(
        label=gettext_lazy("Compiling office"),
        required=False,
        help_text=gettext_lazy("The office in whose name the dossier is handed on."),
    )
    target_title = forms.CharField(
        label=gettext_lazy("Target document"),
        required=False,
        max_length=MAX_TITLE_CHARS,
        help_text=gettext_lazy("The document that is to be drafted or amended."),
    )
    target_document = DocumentField(
        label=gettext_lazy("The same in the law library"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"list": "law-titles", "autocomplete": "off"}),
        help_text=gettext_lazy("If an existing document is amended: its title or a short name of it."),
    )
    grounds = forms.CharField(
        label=gettext_lazy("Grounds"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Why it is needed and on what law it rests. Markdown."),
    )
    analysis = forms.CharField(
        label=gettext_lazy("Analysis"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("What the questions have in common, where opinions part. Markdown."),
    )
    expected_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def initial_of(cls, dossier: Dossier) -> dict[str, Any]:
        """Return what the form shows of a dossier before anybody types."""
        return {
            "title": dossier.title,
            "compiling_office": str(dossier.compiling_office or ""),
            "target_title": dossier.target_title,
            "target_document": dossier.target_document.title if dossier.target_document else "",
            "grounds": dossier.grounds,
            "analysis": dossier.analysis,
            "expected_revision": dossier.revision,
        }


class NewDossierForm(forms.Form):
    """The first fields of a new dossier; the rest is written on its own page."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=MAX_TITLE_CHARS,
        error_messages={"required": gettext_lazy("Give the dossier a title.")},
    )
    # The same field, with its label and help.
    target_title = DossierForm.base_fields["target_title"]


class AddSourcesForm(PickForm):
    """Clusters, questions, provisions and cases to gather in a dossier."""

    note = forms.CharField(label=pgettext_lazy("remark", "Note"), required=False, max_length=MAX_NOTE_CHARS)


class ClauseForm(forms.Form):
    """One clause of the proposed wording."""

    heading = forms.CharField(
        label=gettext_lazy("Heading"), required=False, max_length=MAX_CLAUSE_HEADING_CHARS
    )
    text = forms.CharField(
        label=gettext_lazy("Proposed wording"),
        widget=forms.Textarea(attrs={"rows": 7, "class": "law-input"}),
        error_messages={"required": gettext_lazy("Write the wording of the clause.")},
    )
    rationale = forms.CharField(
        label=gettext_lazy("Why"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    sources = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Sources it rests on"),
        queryset=DossierItem.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    expected_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_queryset(self, "sources", dossier.items.all())

    @property
    def ticked(self) -> set[str]:
        """Primary keys of the ticked sources, as they stand in the page."""
        return ticked_keys(self["sources"])


class CollectForm(PickForm):
    """Ticked search hits for a cluster or dossier: an existing one by number, or a new one by title."""

    target = forms.ChoiceField(
        choices=[("cluster", gettext_lazy("A cluster")), ("dossier", gettext_lazy("A dossier"))]
    )
    number = forms.CharField(required=False, max_length=MAX_NUMBER_LENGTH)
    other_number = forms.CharField(
        label=gettext_lazy("Another, by its number"), required=False, max_length=MAX_NUMBER_LENGTH
    )
    title = forms.CharField(
        label=gettext_lazy("Title of the new one"), required=False, max_length=MAX_TITLE_CHARS
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        number = data.get("number", "")
        # In capitals, however they were typed.
        data["number"] = (data.get("other_number", "") if number == "other" else number).strip().upper()
        if number == "other" and not data["number"]:
            self.add_error("other_number", _("Write the number."))
        elif not data["number"] and not data.get("title", "").strip():
            self.add_error("title", _("Give it a title."))
        return data
