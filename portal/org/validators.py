"""Validators of passwords, with messages in the portal's words."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """Asks for a minimum length; its messages are in the portal's catalogue."""

    def get_error_message(self) -> str:
        message = ngettext(
            "At least %(count)d character is needed.",
            "At least %(count)d characters are needed.",
            self.min_length,
        )
        return message % {"count": self.min_length}

    def get_help_text(self) -> str:
        return self.get_error_message()
