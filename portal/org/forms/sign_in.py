"""Forms of signing in and of passwords, for django-allauth."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordKeyForm, UserTokenForm
from allauth.core import context
from django import forms
from django.contrib.auth import authenticate
from django.utils.translation import gettext_lazy as _

from portal.org import services
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
    """Sets a password by a link; a link that had to be released needs the second administrator's code as well."""

    code = forms.CharField(
        label=_("Code of the second administrator"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    field_order = ["code", "password1", "password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.link = services.administrator_link(self.user, self.temp_key) if self.temp_key else None
        if not (self.link and self.link.needs_release):
            del self.fields["code"]

    @property
    def waits_for_release(self) -> bool:
        return bool(self.link and self.link.needs_release and not self.link.code_digest)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        # Last, so that a weak password costs no try.
        if self.link and "code" in self.fields and not self.errors:
            services.check_code(link=self.link, code=data["code"])
        return data

    def save(self) -> None:
        password = self.cleaned_data["password1"]
        services.set_password_by_link(user=self.user, password=password, key=self.temp_key)


class PasswordChangeForm(_NewPassword, ChangePasswordForm):
    """Changes one's own password while signed in."""

    def clean_oldpassword(self) -> str:
        """Check the present password as at the sign-in, so that guesses at a computer left open are counted there."""
        password = self.cleaned_data["oldpassword"]
        if authenticate(context.request, username=self.user.username, password=password) is None:
            raise get_adapter().validation_error("enter_current_password")
        return password


class PasswordLinkForm(UserTokenForm):
    """Opens links of active accounts only, and those of guarded ones only if they needed a second administrator."""

    def _get_user(self, uidb36: str) -> User | None:
        user = super()._get_user(uidb36)
        return user if user and user.is_active else None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.reset_user and not services.opens_account(self.reset_user, data.get("key", "")):
            raise get_adapter().validation_error("invalid_password_reset")
        return data


class ForgottenPasswordForm(forms.Form):
    """Asks for the username, since not everybody has an e-mail address."""

    login = forms.CharField(
        label=_("Username"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
