"""The adapter by which django-allauth follows the portal's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import gettext_lazy as _

from portal.org import services

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.org.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Closes registration, and sets passwords by the portal's own service."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "The username or the password is wrong. Capitals and small letters differ; look at the input method, too."
        ),
        "incorrect_password": _("This is not your present password."),
        "invalid_password_reset": _("This link does not work any more."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        services.set_password(user=user, password=password)
