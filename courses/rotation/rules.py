"""Predicates: who sees the rotation, who speaks for a party, who changes the parties."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from portal.org.enums import Role
from portal.org.rules import has_role, is_staff_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from courses.rotation.models import SwapProposal
    from portal.org.models import Office, User


def can_view_rotation(user: User | AnonymousUser) -> TypeGuard[User]:
    return is_staff_member(user)


def can_start_rotation(user: User | AnonymousUser) -> TypeGuard[User]:
    return is_staff_member(user) and user.has_perm("courses.add_rotation")


def can_change_parties(user: User | AnonymousUser) -> TypeGuard[User]:
    """Return whether somebody records that an office joins or leaves: those who keep departments and offices."""
    return is_staff_member(user) and user.has_perm("courses.change_rotationparty")


def can_speak_for(user: User | AnonymousUser, office: Office) -> bool:
    """Return whether somebody swaps, skips and confirms for a party: coordinators of it, or of an office directly below.

    A national office leaves the organisation to the one below it; a county's does not speak for the province.
    """
    if not is_staff_member(user) or not has_role(user, Role.COORDINATOR) or user.office is None:
        return False
    return office.pk in (user.office.pk, user.office.parent_id)


def can_answer_swap(user: User | AnonymousUser, proposal: SwapProposal) -> bool:
    """Return whether somebody is asked: who speaks for the other party, and did not propose it."""
    return can_speak_for(user, proposal.other_office) and user.pk != proposal.proposed_by_id


def can_view_swap(user: User | AnonymousUser, proposal: SwapProposal) -> bool:
    return can_speak_for(user, proposal.office) or can_speak_for(user, proposal.other_office)
