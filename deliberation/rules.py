"""Predicates: who may read a matter, lead it, speak for a party and sign for one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypeGuard

from deliberation.enums import ENDED_STATUSES, MatterAudience
from portal.org.enums import Role
from portal.org.rules import has_role, is_staff_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from deliberation.models import Countersignature, Deputation, Matter, Party
    from portal.org.models import Office, User

# People of a party's office who may remark on a text.
REMARKING_ROLES = (Role.COORDINATOR, Role.SIGNATORY, Role.ANALYST, Role.EDITOR)


def _office_key(user: User | AnonymousUser) -> int | None:
    """Return the key of the office where somebody works, None for visitors and people without one."""
    if not is_staff_member(user) or user.office is None:
        return None
    return user.office.pk


def is_of_party(user: User | AnonymousUser, matter: Matter) -> bool:
    """Return whether somebody works at an office that settles the matter."""
    office = _office_key(user)
    return office is not None and any(party.office_id == office for party in matter.parties.all())


def can_view_matter(user: User | AnonymousUser, matter: Matter) -> bool:
    """Return whether somebody may read a matter; `matters_visible_to` returns the same."""
    if not is_staff_member(user):
        return False
    return matter.audience == MatterAudience.STAFF or is_of_party(user, matter)


def can_open_matter(user: User | AnonymousUser, host: Office) -> TypeGuard[User]:
    """Return whether somebody may open a matter that an office hosts."""
    return has_role(user, Role.COORDINATOR) and _office_key(user) == host.pk


def can_lead_matter(user: User | AnonymousUser, matter: Matter) -> TypeGuard[User]:
    """Return whether somebody acts for the host: puts texts, opens rounds, answers opinions."""
    return has_role(user, Role.COORDINATOR) and _office_key(user) == matter.host_id


def can_speak_for(user: User | AnonymousUser, party: Party) -> TypeGuard[User]:
    """Return whether somebody takes positions and signs for a party in the own right."""
    return has_role(user, Role.SIGNATORY) and _office_key(user) == party.office_id


def can_sign_by(user: User | AnonymousUser, party: Party, deputation: Deputation, on: dt.date) -> bool:
    """Return whether somebody signs for a party on a day by a deputation, whose principal may still sign."""
    return (
        is_staff_member(user)
        and deputation.deputy_id == user.pk
        and _office_key(user) == party.office_id
        and deputation.covers(party.matter, on)
        and can_speak_for(deputation.principal, party)
    )


def can_withdraw(user: User | AnonymousUser, signature: Countersignature) -> bool:
    """Return whether somebody withdraws a signature: who speaks for the party, or signed and still works there."""
    is_signer = is_staff_member(user) and signature.signed_by_id == user.pk
    still_there = is_signer and _office_key(user) == signature.party.office_id
    return still_there or can_speak_for(user, signature.party)


def can_remark(user: User | AnonymousUser, matter: Matter) -> TypeGuard[User]:
    """Return whether somebody may remark on the text of a matter, and reply to remarks."""
    return has_role(user, *REMARKING_ROLES) and is_of_party(user, matter)


def can_confirm_reply(user: User | AnonymousUser, matter: Matter) -> TypeGuard[User]:
    """Return whether somebody may confirm the stamped reply that the host entered: a party other than the host."""
    is_for_another = is_of_party(user, matter) and _office_key(user) != matter.host_id
    return is_for_another and has_role(user, Role.SIGNATORY, Role.COORDINATOR)


def can_give_deputation(user: User | AnonymousUser) -> TypeGuard[User]:
    """Return whether somebody has a right to sign that a deputy may use."""
    return has_role(user, Role.SIGNATORY) and _office_key(user) is not None


def can_act_on_matter(user: User | AnonymousUser, matter: Matter) -> bool:
    """Return whether what waits about a matter may wait for somebody: those who speak or act for a party."""
    is_acting = has_role(user, Role.SIGNATORY, Role.COORDINATOR)
    return is_acting and matter.status not in ENDED_STATUSES and is_of_party(user, matter)
