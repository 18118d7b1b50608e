"""Repeated wrong passwords make further attempts wait, ever longer; nobody else waits, and the person is told."""

from __future__ import annotations

import datetime as dt
import time

import pytest
import time_machine
from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.org import services
from portal.org.enums import NotificationKind
from portal.org.models import FailedSignIns
from portal.org.services import sign_in as sign_in_services
from portal.settings import base
from tests.factories.org import PASSWORD, UserFactory
from tests.waiting import at_once

pytestmark = pytest.mark.django_db


def sign_in(client, user, password, **extra):
    username = user if isinstance(user, str) else user.username
    return client.post(reverse("account_login"), {"login": username, "password": password}, **extra)


def is_signed_in(client, user) -> bool:
    return client.session.get("_auth_user_id") == str(user.pk)


def fail(client, user, times, **extra):
    for _attempt in range(times):
        response = sign_in(client, user, "wrong", **extra)
    return response


@pytest.fixture(autouse=True)
def clock():
    """Time stands still, so that no wait ends because the machine is slow."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.mark.parametrize(("language", "heading"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_page_says_how_long_to_wait(client, settings, clock, language, heading):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = fail(client, UserFactory(), settings.LOCKOUT_FAILURES)
    assert (response.status_code, response["Retry-After"]) == (429, "5")
    assert "account/locked_out.html" in [template.name for template in response.templates]
    page = response.content.decode()
    assert f'<html lang="{heading}"' in page
    assert ("Wait 5 seconds" if language == "en" else "请等待 5 秒") in page


def test_wait_is_answered_at_once(client, settings):
    """No thread sleeps while somebody has to wait."""
    user = UserFactory()
    fail(client, user, settings.LOCKOUT_FAILURES)
    started = time.perf_counter()
    assert sign_in(client, user, PASSWORD).status_code == 429
    assert time.perf_counter() - started < 3


def test_right_password_is_let_in_after_the_wait(client, settings, clock):
    user = UserFactory()
    wait = int(fail(client, user, settings.LOCKOUT_FAILURES)["Retry-After"])
    assert sign_in(client, user, PASSWORD).status_code == 429
    assert not is_signed_in(client, user)
    clock.shift(wait)
    sign_in(client, user, PASSWORD)
    assert is_signed_in(client, user)
    assert not FailedSignIns.objects.exists()


def test_waits_grow_up_to_the_longest(client, settings, clock):
    user = UserFactory()
    fail(client, user, settings.LOCKOUT_FAILURES - 1)
    waits = []
    for _attempt in range(8):
        waits.append(int(sign_in(client, user, "wrong")["Retry-After"]))
        clock.shift(waits[-1])
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]
    assert dt.timedelta(seconds=300) == settings.LOCKOUT_MAX_WAIT


def test_attempts_during_the_wait_do_not_prolong_it(client, settings, clock):
    user = UserFactory()
    fail(client, user, settings.LOCKOUT_FAILURES)
    clock.shift(4)
    assert fail(client, user, 50)["Retry-After"] == "1"
    clock.shift(1)
    sign_in(client, user, PASSWORD)
    assert is_signed_in(client, user)


def test_others_at_the_same_address_do_not_wait(client, settings):
    slowed, other = UserFactory(), UserFactory()
    fail(client, slowed, settings.LOCKOUT_FAILURES)
    sign_in(client, other, PASSWORD)
    assert is_signed_in(client, other)


def test_hall_signs_in_within_a_minute_from_one_address(settings):
    """Everybody of 500 mistypes once; each signs in with the second attempt."""
    user = UserFactory()
    statuses = [
        sign_in(Client(), f"person.{number}", "wrong").status_code
        for number in range(500)
        for _attempt in range(2)
    ]
    assert set(statuses) == {200}
    assert sign_in(Client(), user, PASSWORD).status_code == 302


def test_account_waits_at_another_address_only_after_more_failures(client, settings, clock):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user = UserFactory()
    limit = settings.LOCKOUT_FAILURES
    for number in range(sign_in_services.ACCOUNT_FACTOR - 1):
        fail(client, user, limit, headers={"x-forwarded-for": f"10.0.0.{number}"})
    response = fail(client, user, limit - 1, headers={"x-forwarded-for": "10.0.1.1"})
    assert response.status_code == 200
    response = fail(client, user, 1, headers={"x-forwarded-for": "10.0.1.2"})
    assert response.status_code == 429
    clock.shift(int(response["Retry-After"]))
    sign_in(client, user, PASSWORD, headers={"x-forwarded-for": "10.0.1.3"})
    assert is_signed_in(client, user)


def test_person_is_told_once(client, settings, clock):
    user = UserFactory()
    fail(client, user, settings.LOCKOUT_FAILURES)
    clock.shift(60)
    fail(client, user, 1)
    assert [notice.kind for notice in user.notifications.all()] == [NotificationKind.SIGN_IN_SLOWED]


def test_name_without_an_account_is_slowed_alike(client, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    user = UserFactory()
    fail(client, "warm.up", settings.LOCKOUT_FAILURES)
    answers = []
    for name in (user.username, "nobody.there"):
        fail(client, name, settings.LOCKOUT_FAILURES - 1)
        with CaptureQueriesContext(connection) as queries:
            response = sign_in(client, name, "wrong")
        # The verb and the table; savepoints carry numbers that count.
        parts = [query["sql"].split()[:3] for query in queries if "SAVEPOINT" not in query["sql"]]
        statements = [(verb, table if verb == "INSERT" else first) for verb, first, table in parts]
        answers.append((response.status_code, response["Retry-After"], statements))
    assert answers[0] == answers[1]


def test_fewer_failures_do_not_slow(client, settings):
    user = UserFactory()
    response = fail(client, user, settings.LOCKOUT_FAILURES - 1)
    assert response.templates[0].name == "account/login.html"
    sign_in(client, user, PASSWORD)
    assert is_signed_in(client, user)


def test_failures_are_forgotten_after_an_hour(client, settings, clock):
    user = UserFactory()
    fail(client, user, settings.LOCKOUT_FAILURES)
    clock.shift(sign_in_services.MEMORY + dt.timedelta(seconds=1))
    assert fail(client, user, settings.LOCKOUT_FAILURES - 1).status_code == 200
    clock.shift(sign_in_services.MEMORY + dt.timedelta(seconds=1))
    assert sign_in_services.delete_forgotten_failures() == 2


@pytest.mark.parametrize(
    ("page", "field"), [("account_change_password", "oldpassword"), ("account_reauthenticate", "password")]
)
def test_guesses_while_signed_in_are_counted_with_those_at_the_sign_in(client, settings, page, field):
    """Somebody at a computer that was left open guesses the password of its person."""
    user = UserFactory()
    client.force_login(user)
    new = {"password1": "a-good-new-one", "password2": "a-good-new-one"}
    for _attempt in range(settings.LOCKOUT_FAILURES):
        response = client.post(reverse(page), {field: "wrong", **new})
    assert (response.status_code, response["Retry-After"]) == (429, "5")
    assert client.post(reverse(page), {field: PASSWORD, **new}).status_code == 429
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert user.notifications.filter(kind=NotificationKind.SIGN_IN_SLOWED).exists()
    assert sign_in(Client(), user, PASSWORD).status_code == 429


def test_setting_a_password_ends_the_wait(client, settings):
    user = UserFactory()
    fail(client, user, settings.LOCKOUT_FAILURES)
    services.set_password(user=user, password="another-long-password")
    sign_in(client, user, "another-long-password")
    assert is_signed_in(client, user)


def test_visitors_behind_a_proxy_are_distinguished(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user = UserFactory()
    response = fail(client, user, settings.LOCKOUT_FAILURES, headers={"x-forwarded-for": "10.0.0.1"})
    assert response.status_code == 429
    sign_in(client, user, PASSWORD, headers={"x-forwarded-for": "10.0.0.2"})
    assert is_signed_in(client, user)


def test_address_that_a_visitor_makes_up_does_not_count(client, settings):
    """The proxy adds the true one behind it."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user = UserFactory()
    for attempt in range(settings.LOCKOUT_FAILURES):
        made_up = {"x-forwarded-for": f"10.9.9.{attempt}, 10.0.0.1"}
        response = sign_in(client, user, "wrong", headers=made_up)
    assert response.status_code == 429
    sign_in(client, user, PASSWORD, headers={"x-forwarded-for": "10.9.9.99, 10.0.0.1"})
    assert not is_signed_in(client, user)


def test_header_counts_for_nothing_without_a_proxy(client, settings):
    user = UserFactory()
    for attempt in range(settings.LOCKOUT_FAILURES):
        response = sign_in(client, user, "wrong", headers={"x-forwarded-for": f"10.9.9.{attempt}"})
    assert response.status_code == 429
    sign_in(client, user, PASSWORD, headers={"x-forwarded-for": "10.9.9.99"})
    assert not is_signed_in(client, user)


def test_table_holds_neither_names_nor_addresses(client):
    user = UserFactory()
    fail(client, user, 1)
    stored = str(list(FailedSignIns.objects.values()))
    assert user.username not in stored and "127.0.0.1" not in stored


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_attempts_at_the_same_moment_are_all_counted(settings):
    """Guesses that come together are not checked together beyond the limit."""

    def guess() -> bool:
        return sign_in_services.begin_attempt(username="chen", address="10.0.0.1") == sign_in_services.NO_WAIT

    assert sum(at_once(*[guess] * 12)) == settings.LOCKOUT_FAILURES


def test_passwords_are_hashed_with_argon2_and_old_hashes_upgraded(client, settings):
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    user = UserFactory()
    user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)
    user.save()
    sign_in(client, user, PASSWORD)
    assert is_signed_in(client, user)
    user.refresh_from_db()
    assert identify_hasher(user.password).algorithm == "argon2"
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in user.password
    assert user.check_password(PASSWORD)
