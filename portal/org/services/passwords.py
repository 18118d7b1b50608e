"""Issue the single-use links by which people set their passwords, and set them."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from portal.org.enums import ApprovalKind, AssignmentKind, NotificationKind, Role
from portal.org.models import AdministratorLink, PasswordRequest, User
from portal.org.rules import can_manage_account, is_guarded
from portal.org.selectors import administrators
from portal.org.services.approvals import code_digest, request_approval
from portal.org.services.assignments import assign, complete_assignments
from portal.org.services.notifications import notify, notify_owner
from portal.org.services.sign_in import forget_failures
from portal.org.signals import password_set_by_administrator

MAX_WRONG_CODES = 5


@dataclass(frozen=True)
class PasswordLink:
    """A link for setting a password. `path` is empty when it went out by mail.

    One that `needs_release` works only with a code that a second administrator hands over.
    """

    user: User
    path: str
    expires_at: dt.datetime
    mailed_to: str = ""
    needs_release: bool = False


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
    _announce_link(user)
    _settle_requests(user, actor=actor)
    log(user, "org.issue_password_link", user=actor)
    key = default_token_generator.make_token(user)
    link = AdministratorLink.objects.create(
        user=user,
        token_digest=_token_digest(key),
        made_by=actor,
        # Whoever never signed in and has no password has asked nothing.
        closes_earlier_questions=user.has_usable_password() or user.last_login is not None,
        needs_release=is_guarded(user) and actor is not None,
    )
    if link.needs_release:
        request_approval(kind=ApprovalKind.PASSWORD_LINK, account=user, actor=actor, link=link)
    return _send_or_show(user, key, needs_release=link.needs_release)


def _announce_link(user: User) -> None:
    """Tell a person who can sign in that a link was made; the earlier links of somebody who cannot end."""
    if user.has_usable_password():
        notify_owner(account=user, kind=NotificationKind.PASSWORD_LINK_MADE)
        return
    # Another unusable password is another hash, which ends the links that were made from the one before.
    user.set_unusable_password()
    user.save(update_fields=["password"])


def _token_digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _send_or_show(user: User, key: str, *, needs_release: bool = False) -> PasswordLink:
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    expires_at = timezone.now() + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    if not (settings.HAS_MAIL and user.email):
        return PasswordLink(user=user, path=path, expires_at=expires_at, needs_release=needs_release)
    context = {"user": user, "url": settings.BASE_URL + path, "expires_at": expires_at}
    with translation.override(user.language):
        subject = _("Set your password for the portal")
        body = render_to_string("account/email/password_link.txt", context)
    # A row of this transaction: no letter goes out with a link that was rolled back.
    send_mail(subject, body, None, [user.email])
    return PasswordLink(
        user=user, path="", expires_at=expires_at, mailed_to=user.email, needs_release=needs_release
    )


@transaction.atomic
def answer_forgotten_password(*, user_id: int) -> None:
    """Mail a link where that is possible; otherwise one open request a person waits for the administrators.

    Guarded accounts get no link by mail: an administrator wrote the address, or could have another one written.
    """
    user = User.objects.active().filter(pk=user_id).first()
    if user is None:
        return  # closed since it was asked for
    if settings.HAS_MAIL and user.email and not is_guarded(user):
        notify_owner(account=user, kind=NotificationKind.PASSWORD_LINK_MAILED)
        _send_or_show(user, default_token_generator.make_token(user))
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
    """Set the password that a person chose while signed in; waits after earlier guesses end."""
    _store_password(user, password)
    log(user, "org.set_password", user=user)
    return user


def _store_password(user: User, password: str) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    _settle_requests(user, actor=None)
    forget_failures(username=user.username)


def administrator_link(user: User, key: str) -> AdministratorLink | None:
    """Return the link whose token is `key`, if an administrator made it; None for one that the person asked for."""
    links = AdministratorLink.objects.filter(user=user, token_digest=_token_digest(key))
    # A token is the same within a second: of two links the stricter one counts.
    return links.order_by("-needs_release", "-closes_earlier_questions").first()


def opens_account(user: User, key: str) -> bool:
    """Return whether a link may set the password; a guarded account takes one that needs a code, or the server's.

    One that was made or mailed before the account was guarded could be in the hands of a single administrator.
    """
    if not is_guarded(user):
        return True
    link = administrator_link(user, key)
    return bool(link and (link.needs_release or link.made_by_id is None))


def check_code(*, link: AdministratorLink, code: str) -> None:
    """Compare the code of a released link; some wrong ones end the link.

    Raises ValidationError; the count of wrong codes is stored all the same, so no transaction may be open.
    """
    # Counted as wrong first: many at the same moment do not get more tries.
    tries = AdministratorLink.objects.filter(pk=link.pk, wrong_codes__lt=MAX_WRONG_CODES).exclude(
        code_digest=""
    )
    if not tries.update(wrong_codes=F("wrong_codes") + 1):
        raise ValidationError(_("This link waits for a second administrator, or has been tried too often."))
    if not hmac.compare_digest(link.code_digest, code_digest(link, code)):
        raise ValidationError({"code": _("This is not the code that the second administrator gave you.")})
    AdministratorLink.objects.filter(pk=link.pk).update(wrong_codes=F("wrong_codes") - 1)


@transaction.atomic
def set_password_by_link(*, user: User, password: str, key: str) -> User:
    """Set a password through a link; `check_code` comes first for one that had to be released.

    Through an administrator's link, or one mailed to an address that an administrator wrote, somebody else may have
    opened the account: what the person asked before is closed
    until a second administrator releases it. The log does not say that the person did it. Raises PermissionDenied where
    the link does not open the account.
    """
    account = User.objects.select_for_update().get(pk=user.pk)
    if not opens_account(account, key):
        raise PermissionDenied
    link = administrator_link(account, key)
    could_ask_before = account.has_usable_password() or account.last_login is not None
    _store_password(account, password)
    made_by = link.made_by.username if link and link.made_by else ""
    log(account, "org.set_password_by_link", data={"made_by": made_by})
    notify_owner(account=account, kind=NotificationKind.PASSWORD_SET_BY_LINK)
    if link:
        link.used_at = timezone.now()
        link.save(update_fields=["used_at"])
        _distrust_addresses(account, link.made_by)
        if link.closes_earlier_questions:
            close_earlier_questions(user=account, actor=link.made_by)
    elif account.email_author and could_ask_before:
        # Mailed to an address that an administrator wrote and the person never confirmed.
        close_earlier_questions(user=account, actor=account.email_author)
    user.password = account.password
    return account


def _distrust_addresses(account: User, made_by: User | None) -> None:
    """Treat addresses as written by whoever made the link, who could have written them while signed in."""
    if made_by:
        account.email_author = account.new_email_author = made_by
        account.save(update_fields=["email_author", "new_email_author"])


@transaction.atomic
def close_earlier_questions(*, user: User, actor: User | None) -> None:
    """Close what a person asked before without the full name; `actor` made the link, None is the server.

    It does not depend on whether the person asked anything: what waits must not tell who did.
    """
    user.earlier_closed_at = timezone.now()
    user.save(update_fields=["earlier_closed_at"])
    request_approval(kind=ApprovalKind.EARLIER_QUESTIONS, account=user, actor=actor)
    password_set_by_administrator.send(sender=User, user=user)
    notify_owner(account=user, kind=NotificationKind.EARLIER_CLOSED)


def _settle_requests(user: User, *, actor: User | None) -> None:
    for request in PasswordRequest.objects.select_for_update().filter(user=user, settled_at=None):
        request.settled_at = timezone.now()
        request.save(update_fields=["settled_at"])
        complete_assignments(subject=request, actor=actor)
