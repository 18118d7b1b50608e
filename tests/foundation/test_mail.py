"""Letters: stored with the transaction, sent to a real server that refuses, hangs, goes away and comes back."""

from __future__ import annotations

import datetime as dt
import time

import pytest
import time_machine
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, send_mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from portal.foundation.mail import delivering
from portal.foundation.mail.delivering import (
    CLAIM_LIFETIME,
    FIRST_PAUSE,
    LIFETIME,
    MAX_PAUSE,
    MAX_REFUSALS,
    PARKED_LIFETIME,
    deliver_letters,
)
from portal.foundation.models import Letter
from tests.foundation.mail_server import (
    TRANSPORT,
    Mailbox,
    dripping_server,
    free_port,
    running,
    silent_server,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail_settings(settings):
    settings.EMAIL_BACKEND = "portal.foundation.mail.backend.EmailBackend"
    settings.LETTER_TRANSPORT = TRANSPORT
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = free_port()
    settings.EMAIL_TIMEOUT = 0.5
    settings.DEFAULT_FROM_EMAIL = "portal@portal.example"
    return settings


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox, mail_settings):
    with running(mailbox, mail_settings.EMAIL_PORT):
        yield mailbox


def write(subject: str = "设置密码", to: str = "chen@example.org") -> None:
    send_mail(subject, "链接在此", None, [to])


def outcome(letter: Letter | None = None) -> tuple[int, int, bool]:
    row = letter or Letter.objects.get()
    return row.attempts, row.refusals, row.parked_at is not None


def test_sending_stores_and_meets_no_server(mail_settings):
    with silent_server() as port:
        mail_settings.EMAIL_PORT, mail_settings.EMAIL_TIMEOUT = port, 30
        started = time.monotonic()
        write()
        assert time.monotonic() - started < 5
    letter = Letter.objects.get()
    assert letter.pk.version == 4
    assert (letter.message["subject"], letter.message["to"]) == ("设置密码", ["chen@example.org"])


def test_letter_is_part_of_the_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError
    assert not Letter.objects.exists()


def test_letter_arrives_and_is_deleted(server):
    message = EmailMultiAlternatives(
        "主题", "正文", None, ["chen@example.org"], bcc=["lin@example.org"], reply_to=["desk@example.org"]
    )
    message.attach_alternative("<p>正文</p>", "text/html")
    message.send()
    key = Letter.objects.get().pk.hex
    assert deliver_letters().sent == 1
    assert not Letter.objects.exists()
    [received] = server.messages
    assert server.recipients == ["chen@example.org", "lin@example.org"]
    assert (received["Message-ID"], received["Reply-To"]) == (f"<{key}@portal.example>", "desk@example.org")
    assert [part.get_content_type() for part in received.walk()][1:] == ["text/plain", "text/html"]
    assert received.get_payload(0).get_payload(decode=True).decode() == "正文"


def test_what_is_wrong_with_a_message_is_told_when_it_is_written():
    with pytest.raises(BadHeaderError):
        write(subject="a\nBcc: b@example.org")
    message = EmailMessage("a", "b", None, ["chen@example.org"], attachments=[("a.txt", "b", "text/plain")])
    with pytest.raises(ValueError, match="attachments"):
        message.send()
    assert not Letter.objects.exists()


def test_absent_server_delays_letters_and_loses_none(mailbox, mail_settings):
    for name in "abc":
        write(to=f"{name}@example.org")
    with time_machine.travel(timezone.now(), tick=False) as now:
        pauses = []
        for _attempt in range(6):
            delivery = deliver_letters()
            assert (delivery.sent, delivery.is_server_away) == (0, True)
            letter = Letter.objects.order_by("-attempts").first()
            pauses.append(letter.due_at - timezone.now())
            # Only this letter is due again: the others would be tried instead of it.
            Letter.objects.exclude(pk=letter.pk).update(due_at=timezone.now() + dt.timedelta(days=1))
            now.move_to(letter.due_at)
        assert pauses == [min(FIRST_PAUSE * factor, MAX_PAUSE) for factor in (1, 2, 4, 8, 16, 32)]
        now.shift(dt.timedelta(days=1))
        with running(mailbox, mail_settings.EMAIL_PORT):
            assert deliver_letters().sent == 3
    assert sorted(mailbox.recipients) == ["a@example.org", "b@example.org", "c@example.org"]


def test_hanging_server_takes_no_longer_than_the_timeout(mail_settings):
    write()
    with silent_server() as port:
        mail_settings.EMAIL_PORT = port
        started = time.monotonic()
        assert deliver_letters().is_server_away
        assert time.monotonic() - started < 10
    assert outcome() == (1, 0, False)


def test_server_that_drips_takes_no_longer_than_an_exchange_may(mail_settings, monkeypatch):
    """Each byte comes within the time limit of one answer."""
    monkeypatch.setattr(delivering, "EXCHANGE_SECONDS", 1.0)
    write()
    with dripping_server(pause_seconds=0.1) as port:
        mail_settings.EMAIL_PORT = port
        started = time.monotonic()
        assert deliver_letters().is_server_away
        assert time.monotonic() - started < 10
    assert outcome() == (1, 0, False)


def test_server_that_drips_its_answer_to_a_letter(server, monkeypatch, mail_settings):
    """As with aiosmtpd's own server, which here answers later than the whole exchange may take."""
    mail_settings.EMAIL_TIMEOUT = 30
    monkeypatch.setattr(delivering, "EXCHANGE_SECONDS", 0.5)
    server.answer_seconds = 3
    write()
    assert deliver_letters().is_server_away
    assert outcome() == (1, 0, False)


def test_server_that_hangs_within_a_letter_and_comes_back(server):
    write()
    server.answer_seconds = 3
    assert deliver_letters().is_server_away
    assert outcome() == (1, 0, False)
    server.answer_seconds = 0
    Letter.objects.update(due_at=timezone.now())
    assert deliver_letters().sent == 1


@pytest.mark.parametrize("answered", ["recipient_answer", "data_answer"])
def test_letter_refused_for_good_is_parked(server, answered):
    write()
    setattr(server, answered, "550 never")
    for attempt in range(1, MAX_REFUSALS + 1):
        assert not deliver_letters().is_server_away
        assert outcome() == (attempt, attempt, attempt == MAX_REFUSALS)
        Letter.objects.update(due_at=timezone.now())
    deliver_letters()
    assert server.refused_count == MAX_REFUSALS
    # An administrator has set the server right.
    setattr(server, answered, "250 OK")
    call_command("mail_worker", "--once", "--retry-parked")
    assert len(server.messages) == 1


def test_refused_letter_does_not_keep_the_next_one(server):
    write(to="first@example.org")
    server.recipient_answer = "550 never"
    deliver_letters()
    write(to="second@example.org")
    server.recipient_answer = "250 OK"
    assert (deliver_letters().sent, server.recipients) == (1, ["second@example.org"])


def test_letter_refused_for_now_is_parked_after_five_days(server):
    server.recipient_answer = "450 later"
    with time_machine.travel(timezone.now(), tick=False) as now:
        write()
        for _attempt in range(MAX_REFUSALS + 2):
            deliver_letters()
            now.move_to(Letter.objects.get().due_at)
        assert outcome() == (MAX_REFUSALS + 2, 0, False)
        now.shift(LIFETIME)
        deliver_letters()
        assert outcome() == (MAX_REFUSALS + 3, 0, True)
        now.shift(PARKED_LIFETIME + dt.timedelta(days=1))
        assert delivering.delete_parked_letters() == 1


def test_claimed_letter_is_nobody_elses_until_the_claim_ends(server):
    write()
    with time_machine.travel(timezone.now(), tick=False) as now:
        assert delivering._claim_next() is not None
        assert deliver_letters().sent == 0
        now.shift(CLAIM_LIFETIME)
        assert deliver_letters().sent == 1
