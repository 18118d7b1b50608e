"""Proving again who one is: by the password, for some minutes, at this session alone."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.org.services.confirmation import (
    CONFIRMATION_MINUTES,
    confirm_identity,
    confirmation_of,
    forget_confirmation,
)
from tests.factories.org import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_here(rf):
    request = rf.post("/", REMOTE_ADDR="10.0.0.1")
    request.session = SessionStore()
    return request


def test_password_proves_for_some_minutes(request_here):
    user = UserFactory()
    assert confirmation_of(session=request_here.session, user=user) is None
    confirmation = confirm_identity(request=request_here, user=user, password=PASSWORD)
    assert confirmation_of(session=request_here.session, user=user) == confirmation
    assert confirmation.proves(user, timezone.now())
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=CONFIRMATION_MINUTES, seconds=1)):
        assert confirmation_of(session=request_here.session, user=user) is None


def test_wrong_password_proves_nothing_and_forgets_what_was_proved(request_here):
    user = UserFactory()
    confirm_identity(request=request_here, user=user, password=PASSWORD)
    with pytest.raises(ValidationError) as refused:
        confirm_identity(request=request_here, user=user, password="guess")
    assert list(refused.value.message_dict) == ["password"]
    assert confirmation_of(session=request_here.session, user=user) is None


def test_guesses_are_slowed_down_as_at_the_sign_in(request_here, settings):
    user = UserFactory()
    for _guess in range(settings.LOCKOUT_FAILURES + 1):
        with pytest.raises(ValidationError):
            confirm_identity(request=request_here, user=user, password="guess")
    with pytest.raises(ValidationError):
        confirm_identity(request=request_here, user=user, password=PASSWORD)
    assert request_here.sign_in_wait


def test_account_without_a_password_proves_nothing(request_here):
    user = UserFactory()
    user.set_unusable_password()
    user.save()
    with pytest.raises(ValidationError):
        confirm_identity(request=request_here, user=user, password="")


def test_proof_is_of_one_person_and_of_the_present_password(request_here):
    user = UserFactory()
    confirm_identity(request=request_here, user=user, password=PASSWORD)
    assert confirmation_of(session=request_here.session, user=UserFactory()) is None
    user.set_password("another-password-of-tests")
    user.save()
    assert confirmation_of(session=request_here.session, user=user) is None


def test_proof_can_be_dropped(request_here):
    user = UserFactory()
    confirm_identity(request=request_here, user=user, password=PASSWORD)
    forget_confirmation(session=request_here.session)
    assert confirmation_of(session=request_here.session, user=user) is None
