"""Predicates: who may import and name normative documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.org.rules import is_staff_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.org.models import User


def can_import_norms(user: User | AnonymousUser) -> bool:
    return is_staff_member(user) and user.has_perm("norms.import_norms")


def can_name_norms(user: User | AnonymousUser) -> bool:
    """Return whether a person may give other names to documents, so that citations of them are recognised."""
    return is_staff_member(user) and user.has_perm("norms.change_normativedocument")
