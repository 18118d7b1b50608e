"""Forms of signing in and of passwords, for django-allauth."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordKeyForm, UserTokenForm
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.org.models import User


class SignInForm(LoginForm):
    """Username and password; forgotten passwords have a link of their own on the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username")
        self.fields["password"].label = _("Password")
        self.fields["remember"].label = _("Stay signed in on this device")
        self.fields["login"].widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})
        for field in self.fields.values():
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)


class _NewPassword(forms.Form):
    """Labels the fields of a new password in the portal's words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("Present password"),
            "password1": _("New password"),
            "password2": _("New password, once more"),
        }
        for name, field in self.fields.items():
            field.label = labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
        self.fields["password1"].help_text = _(
            "Ten characters or more; not your name, not a common password, not digits alone."
        )


class NewPasswordForm(_NewPassword, ResetPasswordKeyForm):
    """Sets a password by a link."""


class PasswordChangeForm(_NewPassword, ChangePasswordForm):
    """Changes one's own password while signed in."""


class PasswordLinkForm(UserTokenForm):
    """Opens links of active accounts only."""

    def _get_user(self, uidb36: str) -> User | None:
        user = super()._get_user(uidb36)
        return user if user and user.is_active else None


class ForgottenPasswordForm(forms.Form):
    """Asks for the username, since not everybody has an e-mail address."""

    login = forms.CharField(
        label=_("Username"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
