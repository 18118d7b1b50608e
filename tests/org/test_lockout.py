"""Repeated wrong passwords lock an account for a while, and the page says so."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from portal.org import services
from tests.factories.org import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def sign_in(client, user, password, **extra):
    return client.post(reverse("account_login"), {"login": user.username, "password": password}, **extra)


def is_signed_in(client, user) -> bool:
    return client.session.get("_auth_user_id") == str(user.pk)


def fail(client, user, times):
    for _attempt in range(times):
        response = sign_in(client, user, "wrong")
    return response


@pytest.mark.parametrize(("language", "heading"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_lockout_after_repeated_failures(client, settings, language, heading):
    user = UserFactory()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = fail(client, user, settings.AXES_FAILURE_LIMIT)
    assert response.status_code == 429
    assert "account/locked_out.html" in [template.name for template in response.templates]
    assert f'<html lang="{heading}"' in response.content.decode()


def test_lockout_refuses_the_right_password(client, settings):
    user = UserFactory()
    fail(client, user, settings.AXES_FAILURE_LIMIT)
    assert sign_in(client, user, PASSWORD).status_code == 429
    assert not is_signed_in(client, user)


def test_lockout_leaves_others_alone(client, settings):
    locked, other = UserFactory(), UserFactory()
    fail(client, locked, settings.AXES_FAILURE_LIMIT)
    sign_in(client, other, PASSWORD)
    assert is_signed_in(client, other)


def test_fewer_failures_do_not_lock(client, settings):
    user = UserFactory()
    response = fail(client, user, settings.AXES_FAILURE_LIMIT - 1)
    assert response.templates[0].name == "account/login.html"
    sign_in(client, user, PASSWORD)
    assert is_signed_in(client, user)


def test_setting_a_password_ends_the_lock(client, settings):
    user = UserFactory()
    fail(client, user, settings.AXES_FAILURE_LIMIT)
    services.set_password(user=user, password="another-long-password")
    sign_in(client, user, "another-long-password")
    assert is_signed_in(client, user)


def test_lock_ends_after_its_minutes(client, settings):
    user = UserFactory()
    fail(client, user, settings.AXES_FAILURE_LIMIT)
    later = timezone.now() + dt.timedelta(minutes=settings.AXES_COOLOFF_MINUTES, seconds=5)
    with time_machine.travel(later):
        sign_in(client, user, PASSWORD)
        assert is_signed_in(client, user)


def test_lockout_tells_visitors_apart_behind_a_proxy(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user = UserFactory()
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        response = sign_in(client, user, "wrong", headers={"x-forwarded-for": "10.0.0.1"})
    assert response.status_code == 429
    sign_in(client, user, PASSWORD, headers={"x-forwarded-for": "10.0.0.2"})
    assert is_signed_in(client, user)


def test_address_that_a_visitor_makes_up_does_not_count(client, settings):
    """The proxy adds the true one behind it."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user = UserFactory()
    for attempt in range(settings.AXES_FAILURE_LIMIT):
        made_up = {"x-forwarded-for": f"10.9.9.{attempt}, 10.0.0.1"}
        response = sign_in(client, user, "wrong", headers=made_up)
    assert response.status_code == 429
    sign_in(client, user, PASSWORD, headers={"x-forwarded-for": "10.9.9.99, 10.0.0.1"})
    assert not is_signed_in(client, user)


def test_header_counts_for_nothing_without_a_proxy(client, settings):
    user = UserFactory()
    for attempt in range(settings.AXES_FAILURE_LIMIT):
        response = sign_in(client, user, "wrong", headers={"x-forwarded-for": f"10.9.9.{attempt}"})
    assert response.status_code == 429
    sign_in(client, user, PASSWORD, headers={"x-forwarded-for": "10.9.9.99"})
    assert not is_signed_in(client, user)
