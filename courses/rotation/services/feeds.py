"""Give out the address of a person's calendar of turns, and take it back."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from courses.rotation.models import CalendarFeed
from courses.rotation.rules import can_view_rotation
from portal.org.models import User


@dataclass(frozen=True)
class FeedAddress:
    """A calendar's address as it is shown once."""

    feed: CalendarFeed
    token: str


@transaction.atomic
def make_feed(*, user: User) -> FeedAddress:
    """Give a person an address for the calendar of turns; one that was given before stops working."""
    if not can_view_rotation(user):
        raise PermissionDenied
    token = secrets.token_urlsafe(32)
    values = {"token_digest": feed_digest(token), "made_at": timezone.now()}
    feed, _created = CalendarFeed.objects.update_or_create(user=user, defaults=values)
    log(feed, "courses.rotation.make_feed", user=user)
    return FeedAddress(feed, token)


@transaction.atomic
def revoke_feed(*, user: User) -> bool:
    """Let a person's address stop working; return whether there was one."""
    feed = CalendarFeed.objects.select_for_update().filter(user=user).first()
    if feed is None:
        return False
    log(feed, "courses.rotation.revoke_feed", user=user)
    feed.delete()
    return True


def feed_digest(token: str) -> str:
    """Return what is kept of a token, which is random and long: a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()
