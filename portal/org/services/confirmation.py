"""Prove again who one is, right before an act that binds a department.

The mark lies in the session at the server, for some minutes, bound to the person and to the present password. Whoever
has no password that can be checked proves nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth import authenticate
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from portal.org.models import User

CONFIRMATION_MINUTES = 5
SESSION_KEY = "org_identity_confirmed"


@dataclass(frozen=True)
class Confirmation:
    """Says that somebody proved at a moment who he or she is."""

    user_id: int
    at: dt.datetime

    def proves(self, user: User, now: dt.datetime) -> bool:
        """Return whether it is this person's, and no older than `CONFIRMATION_MINUTES`."""
        age = now - self.at
        is_fresh = dt.timedelta(0) <= age <= dt.timedelta(minutes=CONFIRMATION_MINUTES)
        return is_fresh and self.user_id == user.pk and can_confirm_identity(user)


def can_confirm_identity(user: User) -> bool:
    """Return whether somebody has a password to prove with; accounts without one cannot sign."""
    return user.is_active and user.has_usable_password()


def confirm_identity(*, request: HttpRequest, user: User, password: str) -> Confirmation:
    """Check the password and mark the session. Guesses are counted as at the sign-in. Raises ValidationError."""
    if not can_confirm_identity(user):
        raise ValidationError(_("Your account has no password. Without one you cannot sign."))
    person = authenticate(request, username=user.username, password=password)
    if person is None or person.pk != user.pk:
        forget_confirmation(session=request.session)
        raise ValidationError({"password": _("This password is not right.")})
    now = timezone.now()
    request.session[SESSION_KEY] = {"user": user.pk, "at": now.isoformat(), "password": _mark_of(person)}
    return Confirmation(user.pk, now)


def forget_confirmation(*, session: SessionBase) -> None:
    """Drop the mark, so that the next act is confirmed anew."""
    session.pop(SESSION_KEY, None)


def confirmation_of(*, session: SessionBase, user: User) -> Confirmation | None:
    """Return what the session says of a person, None where it is too old, somebody else's, or the password has changed."""
    mark = session.get(SESSION_KEY)
    if not mark or mark["user"] != user.pk or not constant_time_compare(mark["password"], _mark_of(user)):
        return None
    confirmation = Confirmation(user.pk, dt.datetime.fromisoformat(mark["at"]))
    return confirmation if confirmation.proves(user, timezone.now()) else None


def _mark_of(user: User) -> str:
    """Return what changes with the password."""
    return user.get_session_auth_hash()
