"""What a person changes of the own account."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.org.models import User


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["display_name", "email", "phone", "language"]
        labels = {"display_name": _("Full name")}
        widgets = {
            "language": forms.RadioSelect,
            "display_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = User._meta.get_field("language").choices
