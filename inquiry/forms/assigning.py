"""The form by which analysts give each other work."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.org.enums import Role
from portal.org.models import User


class AssignForm(forms.Form):
    """Who does it, and until when."""

    person = forms.ModelChoiceField(
        label=_("Analyst"),
        queryset=User.objects.none(),
        error_messages={"required": _("Choose who does it.")},
    )
    due_on = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["person"]
        people.queryset = User.objects.active().filter(groups__name=Role.ANALYST).order_by("display_name")

    def clean_due_on(self) -> dt.date | None:
        due_on = self.cleaned_data["due_on"]
        if due_on and due_on < timezone.localdate():
            raise forms.ValidationError(_("This day has passed."))
        return due_on
