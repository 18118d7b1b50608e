"""Reads that depend on the reader or cross models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from portal.org.models import Notification, Office, PasswordRequest, Topic, User
from portal.org.rules import can_manage_accounts, is_staff_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def notifications_of(user: User) -> QuerySet[Notification]:
    """What the portal told a person, newest first."""
    return Notification.objects.filter(recipient=user)


def unread_count(user: User | AnonymousUser) -> int:
    if not is_staff_member(user):
        return 0
    return Notification.objects.filter(recipient_id=user.pk, read_at__isnull=True).count()


def office_named(name: str) -> Office | None:
    """The office of that name or alias, in either language; None where there is none."""
    name = " ".join(name.split())
    if not name:
        return None
    found = Office.objects.filter(Q(name=name) | Q(name_en__iexact=name) | Q(aliases__name=name))
    return found.select_related("department").distinct().first()


def accounts_seen_by(user: User) -> QuerySet[User]:
    """The accounts a person may administer: a superuser's own account is none of an administrator's."""
    if not can_manage_accounts(user):
        return User.objects.none()
    return User.objects.all() if user.is_superuser else User.objects.filter(is_superuser=False)


def open_password_requests(user: User) -> QuerySet[PasswordRequest]:
    """Who waits for a password link, longest waiting first."""
    return (
        PasswordRequest.objects.filter(settled_at__isnull=True, user__in=accounts_seen_by(user))
        .select_related("user")
        .order_by("requested_at")
    )


def administrators() -> QuerySet[User]:
    """People who make accounts."""
    return User.objects.active().filter(groups__permissions__codename="change_user").distinct()


def topic_rows(
    counts: dict[int | None, int], *, chosen: str = "", limit: int = 12
) -> list[tuple[str, str, int, None]]:
    """Rows of a facet of topics, from counts by primary key: the most frequent, and the chosen one."""
    topics = sorted(
        Topic.objects.filter(pk__in=[pk for pk in counts if pk]),
        key=lambda topic: (topic.slug != chosen, -counts[topic.pk], topic.name),
    )
    return [(topic.slug, str(topic), counts[topic.pk], None) for topic in topics[:limit]]
