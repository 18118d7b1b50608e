"""Slow down guessing: after some wrong passwords each further attempt has to wait, ever longer."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.org.enums import NotificationKind
from portal.org.models import FailedSignIns, Notification, User
from portal.org.services.notifications import notify

SALT = "org.sign_in"
FIRST_WAIT = dt.timedelta(seconds=5)
# From all addresses together an account takes more failures: others cannot easily make its person wait.
ACCOUNT_FACTOR = 4
# Failures are forgotten so long after the last one.
MEMORY = dt.timedelta(hours=1)
# The shortest time between two notifications of a person.
NOTICE_INTERVAL = dt.timedelta(days=1)
NO_WAIT = dt.timedelta(0)


@transaction.atomic
def begin_attempt(*, username: str, address: str) -> dt.timedelta:
    """Count an attempt before its password is checked; return how long it has to wait, zero if it may go on.

    It counts as failed until `forget_failures`, so that many attempts at the same moment are counted, too. One that
    has to wait is not counted: whoever goes on trying makes nobody wait longer. Rows are locked in the same order
    everywhere: the address first, then the account.
    """
    limit = settings.LOCKOUT_FAILURES
    limits = {_hash(address or "none"): limit, "": limit * ACCOUNT_FACTOR}
    rows = [_lock(_account(username), key) for key in limits]
    # After the locks: a row that was made just now may be tried at once.
    now = timezone.now()
    wait = max(row.retry_at for row in rows) - now
    if wait > NO_WAIT:
        return wait
    for row in rows:
        is_forgotten = row.last_at < now - _memory()
        row.failures = 1 if is_forgotten else row.failures + 1
        row.last_at = now
        row.retry_at = now + _wait_after(row.failures, limits[row.address])
        row.save(update_fields=["failures", "last_at", "retry_at"])
    return NO_WAIT


def wait_before_next(*, username: str, address: str) -> dt.timedelta:
    """Return how long the next attempt has to wait."""
    keys = [_hash(address or "none"), ""]
    rows = FailedSignIns.objects.filter(account=_account(username), address__in=keys)
    retry_at = max((row.retry_at for row in rows), default=timezone.now())
    return max(retry_at - timezone.now(), NO_WAIT)


def forget_failures(*, username: str) -> None:
    """Forget the failures of an account: its person has signed in, or set another password."""
    FailedSignIns.objects.filter(account=_account(username)).delete()


def delete_forgotten_failures() -> int:
    """Delete what counts no longer; return how many rows there were."""
    return FailedSignIns.objects.filter(last_at__lt=timezone.now() - _memory()).delete()[0]


@transaction.atomic
def tell_of_failures(*, user_id: int) -> None:
    """Notify a person that somebody types wrong passwords for the account, once within a day."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return
    kind = NotificationKind.SIGN_IN_SLOWED
    since = timezone.now() - NOTICE_INTERVAL
    if not Notification.objects.filter(recipient=user, kind=kind, created_at__gte=since).exists():
        notify(recipient=user, kind=kind, subject=user.username, url=reverse("org:profile"))


def _lock(account: str, address: str) -> FailedSignIns:
    FailedSignIns.objects.get_or_create(account=account, address=address)
    return FailedSignIns.objects.select_for_update().get(account=account, address=address)


def _wait_after(failures: int, limit: int) -> dt.timedelta:
    """Return the wait after so many failures: none below the limit, then 5 s, doubled up to the longest one."""
    if failures < limit:
        return NO_WAIT
    # The exponent is bounded, since a timedelta of 2 ** 60 seconds does not exist.
    return min(FIRST_WAIT * 2 ** min(failures - limit, 20), settings.LOCKOUT_MAX_WAIT)


def _memory() -> dt.timedelta:
    return max(MEMORY, settings.LOCKOUT_MAX_WAIT * 2)


def _account(username: str) -> str:
    return _hash(username.strip().casefold())


def _hash(value: str) -> str:
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()
