"""Who may sign for a party, and by which deputation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from deliberation.models import Deputation
from deliberation.rules import can_sign_by
from portal.org.enums import Role
from portal.org.models import User

if TYPE_CHECKING:
    from deliberation.models import Party


def signatories_of(party: Party) -> QuerySet[User]:
    """Return the active people who speak and sign for a party."""
    return (
        User.objects.active()
        .filter(groups__name=Role.SIGNATORY, memberships__until=None, memberships__office=party.office_id)
        .distinct()
    )


def deputations_for(user: User, party: Party) -> list[Deputation]:
    """Return the deputations by which somebody may sign for a party today."""
    today = timezone.localdate()
    held = (
        Deputation.objects.on(today)
        .filter(deputy=user)
        .filter(Q(matter=None) | Q(matter=party.matter_id))
        .select_related("principal")
    )
    return [deputation for deputation in held if can_sign_by(user, party, deputation, today)]
