"""Change of an e-mail address: told to the old one, and held for some days before it counts."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from portal.foundation.revisions import RecordChanged
from portal.org.enums import NotificationKind
from portal.org.models import PortalSettings, User
from portal.org.services.notifications import notify_owner


@transaction.atomic
def request_address_change(*, user: User, email: str, actor: User) -> User:
    """Ask for another address; mail goes to the present one until the change counts. The present one withdraws a request.

    Whoever changes an address could have links for passwords mailed there: the person gets days to notice.
    """
    account = User.objects.select_for_update().get(pk=user.pk)
    if email == account.email:
        return cancel_address_change(user=user, actor=actor) if account.new_email_at else account
    _refuse_while_closed(account, actor)
    if account.new_email_at and email == account.new_email:
        return account
    account.new_email, account.new_email_author = email, None if actor.pk == user.pk else actor
    account.new_email_at = timezone.now() + dt.timedelta(days=PortalSettings.load().address_hold_days)
    account.save(update_fields=["new_email", "new_email_at", "new_email_author"])
    log(account, "org.request_address", user=actor)
    _tell_of_request(account)
    return account


def _refuse_while_closed(account: User, actor: User) -> None:
    """Raise ValidationError where the person asks and somebody else may have opened the account."""
    if account.earlier_closed_at and actor.pk == account.pk:
        text = _("The address can be changed once a second administrator has released this account.")
        raise ValidationError({"email": text})


@transaction.atomic
def confirm_address(*, user: User, email: str) -> User:
    """Let the person say that an address which an administrator wrote is the own one: links mailed there then open all.

    `email` is the address that the person was shown. Raises ValidationError where another one counts by now, and while
    somebody else may have opened the account.
    """
    account = User.objects.select_for_update().get(pk=user.pk)
    _refuse_while_closed(account, account)
    if email != account.email:
        raise RecordChanged(account)
    if account.email_author_id:
        account.email_author = None
        account.save(update_fields=["email_author"])
        log(account, "org.confirm_address", user=user)
    return account


def _tell_of_request(account: User) -> None:
    notify_owner(account=account, kind=NotificationKind.ADDRESS_CHANGING, subject=account.new_email or "–")
    if not (settings.HAS_MAIL and account.email):
        return
    context = {"user": account, "url": settings.BASE_URL + reverse("org:profile")}
    with translation.override(account.language):
        body = render_to_string("account/email/address_changing.txt", context)
        send_mail(_("Your e-mail address is about to change"), body, None, [account.email])


@transaction.atomic
def cancel_address_change(*, user: User, actor: User) -> User:
    """Keep the present address."""
    account = User.objects.select_for_update().get(pk=user.pk)
    if account.new_email_at is None:
        return account
    account.new_email, account.new_email_at = "", None
    account.save(update_fields=["new_email", "new_email_at"])
    log(account, "org.cancel_address", user=actor)
    return account


def apply_due_address_changes() -> int:
    """Let the addresses count whose days are over, each in a transaction of its own; return how many."""
    due = User.objects.filter(new_email_at__lte=timezone.now()).values_list("pk", flat=True)
    return sum(_apply(pk) for pk in list(due))


@transaction.atomic
def _apply(pk: int) -> bool:
    account = User.objects.select_for_update().get(pk=pk)
    if account.new_email_at is None or account.new_email_at > timezone.now():
        return False
    account.email, account.new_email, account.new_email_at = account.new_email, "", None
    account.email_author, account.new_email_author = account.new_email_author, None
    account.save(update_fields=["email", "new_email", "new_email_at", "email_author", "new_email_author"])
    log(account, "org.change_address")
    notify_owner(account=account, kind=NotificationKind.ADDRESS_CHANGED, subject=account.email or "–")
    return True
