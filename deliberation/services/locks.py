"""Row locks in one fixed order: number sequence, matter, deputation, then what hangs on them.

Every write locks the row of its matter first. So of two writes on one matter the second sees all that the first did:
a signature knows of a new version, the last of two signatures of the other one.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from deliberation.enums import ENDED_STATUSES
from deliberation.models import Consultation, Deputation, Matter, TextVersion
from portal.org.models import User


def lock_matter(matter_id: int) -> Matter:
    """Lock the row of a matter and return it as it is now."""
    return Matter.objects.select_for_update(of=("self",)).select_related("host__department").get(pk=matter_id)


def lock_open_matter(matter_id: int) -> Matter:
    """Lock the row of a matter; raise ValidationError where it is settled or closed."""
    locked = lock_matter(matter_id)
    if locked.status in ENDED_STATUSES:
        raise ValidationError(_("This matter is settled or closed; nothing about it changes any more."))
    return locked


def lock_deputation(deputation: Deputation) -> Deputation:
    """Lock the row of a deputation and return it as it is now, with its principal."""
    rows = Deputation.objects.select_for_update(of=("self",)).select_related("principal")
    return rows.get(pk=deputation.pk)


def present_account(user: User) -> User:
    """Return an account as it is stored now: roles and office may have changed since the page was opened."""
    return User.objects.get(pk=user.pk)


def require_current(matter: Matter, version: TextVersion) -> None:
    """Raise ValidationError where a locked matter has a later text than the one that somebody has read."""
    if matter.current_id != version.pk:
        raise ValidationError(
            _("There is a new version of this text. Read what has changed, then decide."), code="changed"
        )


def open_consultation_of(matter: Matter) -> Consultation:
    """Return the round that is open on the present text. Raises ValidationError where none is."""
    consultation = Consultation.objects.filter(version=matter.current_id, ended_at=None).first()
    if consultation is None:
        raise ValidationError(_("No consultation on this text is open."))
    return consultation
