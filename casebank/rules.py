"""Predicates: who may see a case, curate cases, change their kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from portal.org.rules import ALL, is_staff_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from casebank.models import TypicalCase
    from portal.org.models import User


def audience(case: TypicalCase) -> list[str]:
    """Return the readers of a case in the index: everybody once it is published, nobody before."""
    return [ALL] if case.live else []


def can_curate_cases(user: User | AnonymousUser | None) -> TypeGuard[User]:
    return is_staff_member(user) and user.has_perm("casebank.change_typicalcase")


def can_change_case_kinds(user: User | AnonymousUser) -> TypeGuard[User]:
    return is_staff_member(user) and user.has_perm("casebank.change_casekind")


def can_approve_case(user: User | AnonymousUser | None, case: TypicalCase) -> bool:
    """Return whether somebody who curates cases may decide on one that waits: it is not the own submission."""
    under_way = case.workflow_under_way
    return can_curate_cases(user) and not (under_way and under_way.requested_by_id == user.pk)


def can_view_case(user: User | AnonymousUser | None, case: TypicalCase) -> bool:
    return case.live or can_curate_cases(user)
