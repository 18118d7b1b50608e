"""The form in which people change their own account."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.org.models import User


class ProfileForm(forms.ModelForm):
    """What people change themselves. The name is not among it: others read it beside what a person asked."""

    class Meta:
        model = User
        fields = ["email", "phone", "language"]
        widgets = {
            "language": forms.RadioSelect,
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = User._meta.get_field("language").choices
