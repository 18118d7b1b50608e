"""Sends the letters that are due, and decides when one that could not be sent is tried again."""

from __future__ import annotations

import datetime as dt
import logging
import signal
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.utils import timezone

from portal.foundation.models import Letter

logger = logging.getLogger(__name__)

# While a process sends a letter nobody else takes it. If the process dies, the letter is due again after this.
CLAIM_LIFETIME = dt.timedelta(minutes=5)
# EMAIL_TIMEOUT bounds the wait for one answer, this a whole exchange: a server may answer one byte at a time.
EXCHANGE_SECONDS = 120.0
FIRST_PAUSE = dt.timedelta(minutes=1)
MAX_PAUSE = dt.timedelta(minutes=15)
# A letter that the server has refused for good (5xx) so often is parked: more than once, since servers err.
MAX_REFUSALS = 5
# A letter that could not be sent for so long is parked, whatever the reason. RFC 5321, 4.5.4.1: four to five days.
LIFETIME = dt.timedelta(days=5)
# Parked letters hold links and names: they are not kept for ever.
PARKED_LIFETIME = dt.timedelta(days=30)
SERVICE_NOT_AVAILABLE = 421


@dataclass(slots=True)
class Delivery:
    """What came of the letters that were due."""

    sent: int = 0
    failed: int = 0
    is_server_away: bool = False


def deliver_letters(*, is_stopping: Callable[[], bool] = lambda: False) -> Delivery:
    """Send what is due, one letter at a time over one connection, until nothing is due or the server is away.

    No transaction is open while the server is waited for. A letter that was sent is deleted. If the process dies
    between the two, it is sent twice, with the same Message-ID.
    """
    delivery = Delivery()
    connection = get_connection(settings.LETTER_TRANSPORT)
    try:
        while not (delivery.is_server_away or is_stopping()):
            letter = _claim_next()
            if letter is None:
                break
            _deliver(letter, connection, delivery)
    finally:
        _close(connection)
    return delivery


def retry_parked() -> int:
    """Let parked letters be tried again as if they were new; return how many there are."""
    now = timezone.now()
    return Letter.objects.exclude(parked_at=None).update(
        parked_at=None, created_at=now, due_at=now, attempts=0, refusals=0
    )


def delete_parked_letters() -> int:
    """Delete letters that were parked `PARKED_LIFETIME` ago; return how many there were."""
    return Letter.objects.filter(parked_at__lt=timezone.now() - PARKED_LIFETIME).delete()[0]


def _claim_next() -> Letter | None:
    """Return the letter that has been due for longest, claimed; several processes never get the same."""
    while True:
        now = timezone.now()
        letter = Letter.objects.filter(parked_at=None, due_at__lte=now).order_by("due_at").first()
        if letter is None:
            return None
        unclaimed = Letter.objects.filter(pk=letter.pk, due_at=letter.due_at)
        if unclaimed.update(due_at=now + CLAIM_LIFETIME, attempts=F("attempts") + 1):
            letter.attempts += 1
            return letter


def _deliver(letter: Letter, connection: BaseEmailBackend, delivery: Delivery) -> None:
    try:
        with _time_limit(EXCHANGE_SECONDS):
            connection.open()
            connection.send_messages([_message(letter)])
    except Exception as error:
        delivery.failed += 1
        delivery.is_server_away = is_server_away(error)
        _postpone(letter, error)
        # What a failed exchange leaves behind on the line is not for the next letter.
        _close(connection)
        return
    letter.delete()
    delivery.sent += 1


def _message(letter: Letter) -> EmailMultiAlternatives:
    fields = {**letter.message, "alternatives": [tuple(pair) for pair in letter.message["alternatives"]]}
    return EmailMultiAlternatives(**fields)


def is_server_away(error: Exception) -> bool:
    """Return whether the server would not have taken any other letter either."""
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return error.smtp_code == SERVICE_NOT_AVAILABLE
    # SMTPException is an OSError: what the server says about the recipients is the only other answer to a letter.
    return isinstance(error, OSError) and not isinstance(error, smtplib.SMTPRecipientsRefused)


def is_refused_for_good(error: Exception) -> bool:
    """Return whether the server says that it will not take this letter later either (5xx to all recipients)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return error.smtp_code >= 500
    # A letter of which no message can be made.
    return not isinstance(error, OSError)


def _postpone(letter: Letter, error: Exception) -> None:
    """Park a letter, or let it be due after a pause that doubles with each attempt."""
    now = timezone.now()
    letter.refusals += is_refused_for_good(error)
    if letter.refusals >= MAX_REFUSALS or letter.created_at <= now - LIFETIME:
        letter.parked_at = now
    # The exponent is bounded, since a timedelta of 2 ** 40 minutes does not exist.
    letter.due_at = now + min(FIRST_PAUSE * 2 ** min(letter.attempts - 1, 10), MAX_PAUSE)
    # The class alone: the server's answer may hold an address.
    letter.last_error = type(error).__name__
    letter.save(update_fields=["refusals", "parked_at", "due_at", "last_error"])
    outcome = "parked" if letter.parked_at else f"tried again at {timezone.localtime(letter.due_at):%H:%M}"
    logger.warning("a letter could not be sent (%s), %s", letter.last_error, outcome)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in what takes longer, whatever it waits for. Only the main thread can be interrupted so."""

    def expire(*args: object) -> None:
        raise TimeoutError

    previous = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _close(connection: BaseEmailBackend) -> None:
    try:
        with _time_limit(EXCHANGE_SECONDS):
            connection.close()
    except OSError:
        logger.debug("the mail server did not answer to QUIT")
