"""Django's command for setting a password at the server, which here closes what the person asked before."""

from __future__ import annotations

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword

from portal.org.models import User
from portal.org.services.passwords import close_earlier_questions


class Command(changepassword.Command):
    """Whoever sets a password for somebody else could read as that person; so earlier questions are closed."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        message = super().handle(*args, **options)
        account = User.objects.get(**{User.USERNAME_FIELD: options["username"] or getpass.getuser()})
        close_earlier_questions(user=account, actor=None)
        return message
