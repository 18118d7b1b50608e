"""Create and change accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from portal.foundation.enums import Lang
from portal.org.enums import GUARDED_ROLES, ApprovalKind, Role
from portal.org.models import Office, User
from portal.org.rules import can_manage_account, can_manage_accounts, can_set_roles, roles_of_account
from portal.org.services.addresses import request_address_change
from portal.org.services.approvals import end_approvals, request_approval
from portal.org.services.memberships import move_to_office
from portal.org.signals import access_changed


@transaction.atomic
def create_account(
    *,
    username: str,
    display_name: str,
    actor: User | None,
    email: str = "",
    phone: str = "",
    language: str = Lang.ZH_HANS,
    office: Office | None = None,
    since: dt.date | None = None,
    roles: Collection[str] = (),
) -> User:
    """Create an account without a password. `actor` is None for a command at the server.

    Raises ValidationError by field, PermissionDenied.
    """
    if actor is not None and not can_manage_accounts(actor):
        raise PermissionDenied
    user = User(username=username, display_name=display_name, email=email, phone=phone, language=language)
    user.set_unusable_password()
    user.email_author = actor if email else None
    _validate(user)
    user.save()
    user.groups.set(_groups(_roles_given_at_once(user, roles, actor)))
    if office:
        move_to_office(user=user, office=office, since=since, actor=actor)
    log(user, "org.create_account", user=actor, data={"roles": sorted(roles)})
    return user


@transaction.atomic
def update_account(
    *,
    user: User,
    actor: User,
    office: Office | None,
    roles: Collection[str],
    is_active: bool,
    since: dt.date | None = None,
    **details: str,
) -> User:
    """Change an account; `details` are username, display_name, email, phone, language.

    Nobody changes their own roles or closes their own account.
    """
    if not can_manage_account(actor, user):
        raise PermissionDenied
    email = details.pop("email", user.email)
    before = {"roles": sorted(user.groups.values_list("name", flat=True)), "is_active": user.is_active}
    after = {"roles": sorted(roles), "is_active": is_active}
    if before != after and not can_set_roles(actor, user):
        raise ValidationError(_("Somebody else has to change your own roles or close your account."))
    for name, value in details.items():
        setattr(user, name, value)
    user.is_active = is_active
    _validate(user)
    user.save()
    user.groups.set(_groups(_roles_given_at_once(user, roles, actor)))
    # The roles were read for the checks above; what is cached of them is of before the change.
    user.forget_grants()
    move_to_office(user=user, office=office, since=since, actor=actor)
    log(user, "org.change_account", user=actor, data={"before": before, "after": after})
    if before != after:
        access_changed.send(sender=User, user=user)
    if not is_active:
        end_approvals(account=user, actor=actor)
    return _with_address(user, email, actor)


def _with_address(user: User, email: str, actor: User) -> User:
    """Ask for another address if it is one, and let `user` know what came of it."""
    validate = User._meta.get_field("email").clean
    validate(email, user)
    account = request_address_change(user=user, email=email, actor=actor)
    user.new_email, user.new_email_at = account.new_email, account.new_email_at
    return user


def _roles_given_at_once(user: User, roles: Collection[str], actor: User | None) -> set[str]:
    """Return the roles without the guarded ones that the account has not; those wait for a second administrator.

    A command at the server gives them at once.
    """
    new = set(roles) & GUARDED_ROLES - roles_of_account(user)
    if actor is None:
        return set(roles)
    for role in sorted(new):
        request_approval(kind=ApprovalKind.ROLE, account=user, actor=actor, role=role)
    return set(roles) - new


def _validate(user: User) -> None:
    """Raise ValidationError; usernames that differ only in case are one, since people type them as they like."""
    user.full_clean(exclude=["password"])
    if User.objects.filter(username__iexact=user.username).exclude(pk=user.pk).exists():
        raise ValidationError({"username": _("There is an account of this name already.")})


def _groups(roles: Collection[str]) -> list[Group]:
    unknown = set(roles) - set(Role.values)
    if unknown:
        raise ValidationError({"roles": _("There is no role %(role)s.") % {"role": min(unknown)}})
    return list(Group.objects.filter(name__in=roles))


@transaction.atomic
def update_profile(*, user: User, **details: Any) -> User:
    """Change one's own account: `details` are email, phone, language; the name is for administrators."""
    unknown = set(details) - {"email", "phone", "language"}
    if unknown:
        raise ValueError(f"not part of a profile: {sorted(unknown)}")
    email = details.pop("email", user.email)
    for name, value in details.items():
        setattr(user, name, value)
    user.full_clean(exclude=["password"])
    user.save(update_fields=list(details))
    return _with_address(user, email, user)
