"""Create and change accounts; issue the single-use links by which people set their passwords."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.log_actions import LogContext, log

from portal.foundation.enums import Lang
from portal.org.enums import AssignmentKind, NotificationKind, Role
from portal.org.models import Office, PasswordRequest, User
from portal.org.rules import can_manage_account, can_manage_accounts, can_set_roles
from portal.org.selectors import administrators
from portal.org.services.assignments import assign, complete_assignments
from portal.org.services.memberships import move_to_office
from portal.org.services.notifications import notify
from portal.org.services.sign_in import forget_failures


@dataclass(frozen=True)
class PasswordLink:
    """A link for setting a password. `path` is empty when it went out by mail."""

    user: User
    path: str
    expires_at: dt.datetime
    mailed_to: str = ""


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
    _validate(user)
    user.save()
    user.groups.set(_groups(roles))
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
    before = {"roles": sorted(user.groups.values_list("name", flat=True)), "is_active": user.is_active}
    after = {"roles": sorted(roles), "is_active": is_active}
    if before != after and not can_set_roles(actor, user):
        raise ValidationError(_("Somebody else has to change your own roles or close your account."))
    for name, value in details.items():
        setattr(user, name, value)
    user.is_active = is_active
    _validate(user)
    user.save()
    user.groups.set(_groups(roles))
    # The roles were read for the checks above; what is cached of them is of before the change.
    user.__dict__.pop("role_names", None)
    move_to_office(user=user, office=office, since=since, actor=actor)
    log(user, "org.change_account", user=actor, data={"before": before, "after": after})
    return user


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
    for name, value in details.items():
        setattr(user, name, value)
    user.full_clean(exclude=["password"])
    user.save(update_fields=list(details))
    return user


@transaction.atomic
def issue_password_link(*, user: User, actor: User | None) -> PasswordLink:
    """Issue a link for setting the password, mailed where that is possible, else returned, once.

    It stops working when it was used, when it expires, and, for an account that never had a password, when
    another one is made.
    """
    if actor is not None and not can_manage_account(actor, user):
        raise PermissionDenied
    if not user.is_active:
        raise ValidationError(_("The account is closed; open it first."))
    if user.has_usable_password():
        notify(
            recipient=user,
            kind=NotificationKind.PASSWORD_LINK_MADE,
            subject=user.username,
            url=reverse("org:profile"),
        )
    else:
        # Another unusable password is another hash, which ends the links that were made from the one before.
        user.set_unusable_password()
        user.save(update_fields=["password"])
    _settle_requests(user, actor=actor)
    log(user, "org.issue_password_link", user=actor)
    return _send_or_show(user)


def _send_or_show(user: User) -> PasswordLink:
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    expires_at = timezone.now() + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    if not (settings.HAS_MAIL and user.email):
        return PasswordLink(user=user, path=path, expires_at=expires_at)
    context = {"user": user, "url": settings.BASE_URL + path, "expires_at": expires_at}
    with translation.override(user.language):
        subject = _("Set your password for the portal")
        body = render_to_string("account/email/password_link.txt", context)
    # A row of this transaction: no letter goes out with a link that was rolled back.
    send_mail(subject, body, None, [user.email])
    return PasswordLink(user=user, path="", expires_at=expires_at, mailed_to=user.email)


@transaction.atomic
def answer_forgotten_password(*, user_id: int) -> None:
    """Mail a link where that is possible; otherwise one open request a person waits for the administrators."""
    user = User.objects.active().filter(pk=user_id).first()
    if user is None:
        return  # closed since it was asked for
    if settings.HAS_MAIL and user.email:
        _send_or_show(user)
        return
    request, is_new = PasswordRequest.objects.get_or_create(user=user, settled_at=None)
    if is_new:
        assign(subject=request, what=AssignmentKind.HAND_OVER_LINK, role=Role.ADMINISTRATOR)
        _notify_administrators(request)


def _notify_administrators(request: PasswordRequest) -> None:
    for administrator in administrators():
        notify(
            recipient=administrator,
            kind=NotificationKind.PASSWORD_REQUESTED,
            subject=f"{request.user.display_name} ({request.user.username})",
            url=reverse("org_password_requests"),
        )


@transaction.atomic
def set_password(*, user: User, password: str) -> User:
    """Set the password that a person chose, by a link or while signed in; a lockout by earlier guesses ends."""
    user.set_password(password)
    user.save(update_fields=["password"])
    _settle_requests(user, actor=None)
    forget_failures(username=user.username)
    # Nobody is signed in where the password is set by a link: the entry names the person all the same.
    with LogContext(user=user):
        log(user, "org.set_password", user=user)
    return user


def _settle_requests(user: User, *, actor: User | None) -> None:
    for request in PasswordRequest.objects.select_for_update().filter(user=user, settled_at=None):
        request.settled_at = timezone.now()
        request.save(update_fields=["settled_at"])
        complete_assignments(subject=request, actor=actor)
