"""Notify people, and mark what they have read."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone, translation

from portal.org.enums import NotificationKind
from portal.org.models import Notification, User
from portal.org.selectors import notifications_of


def notify(
    *,
    recipient: User,
    kind: NotificationKind | str,
    subject: str | Callable[[], str],
    url: str,
    number: str = "",
) -> Notification | None:
    """Notify a person; return None for an account that was closed.

    `subject` is what the recipient may see of the record; a function where it has words that are translated: it is
    called in the recipient's language. `number` is that of the record which the kind names. Nothing is written to the
    audit log: the recipient of a notification about a question may be its asker.
    """
    if not recipient.is_active:
        return None
    with translation.override(recipient.language):
        text = subject() if callable(subject) else subject
    return Notification.objects.create(
        recipient=recipient, kind=kind, subject=text[:300], url=url, number=number
    )


def notify_owner(*, account: User, kind: NotificationKind, subject: str | Callable[[], str] = "") -> None:
    """Notify a person of what happened to their own account, by default under its username; it leads to the profile."""
    notify(recipient=account, kind=kind, subject=subject or account.username, url=reverse("org:profile"))


def mark_read(*, notification: Notification, user: User) -> Notification:
    if notification.recipient_id != user.pk:
        raise PermissionDenied
    if notification.read_at is None:
        notification.read_at = timezone.now()
        # Not `save`, which fails where what it tells was taken back at this moment.
        Notification.objects.filter(pk=notification.pk).update(read_at=notification.read_at)
    return notification


def mark_all_read(*, user: User) -> int:
    """Mark a person's notifications as read, and return how many were unread."""
    return notifications_of(user).filter(read_at__isnull=True).update(read_at=timezone.now())
