"""A change of an e-mail address is told to the old one and held."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from portal.org import services
from portal.org.enums import NotificationKind
from portal.org.models import Notification, PortalSettings, User
from portal.org.services.addresses import apply_due_address_changes
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db
OLD, NEW = "old@example.org", "new@example.org"


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.HAS_MAIL = True


@pytest.fixture
def administrator():
    return UserFactory(roles=["administrator"])


@pytest.fixture
def person():
    return UserFactory(email=OLD)


def change_by(administrator, person, email):
    return services.update_account(
        user=User.objects.get(pk=person.pk),
        actor=administrator,
        office=person.office,
        roles=[],
        is_active=True,
        username=person.username,
        email=email,
    )


def after_the_hold():
    days = PortalSettings.load().address_hold_days
    return time_machine.travel(timezone.now() + dt.timedelta(days=days, minutes=1))


def test_change_is_held_and_told_to_the_old_address(administrator, person):
    change_by(administrator, person, NEW)
    person.refresh_from_db()
    assert (person.email, person.new_email) == (OLD, NEW)
    assert [letter.to for letter in mail.outbox] == [[OLD]]
    assert Notification.objects.get(recipient=person).kind == NotificationKind.ADDRESS_CHANGING
    assert ModelLogEntry.objects.get(action="org.request_address").user == administrator


def test_reset_within_the_hold_goes_to_the_old_address(administrator, person):
    change_by(administrator, person, NEW)
    services.answer_forgotten_password(user_id=person.pk)
    assert {address for letter in mail.outbox for address in letter.to} == {OLD}


def test_putting_the_address_back_leaves_letter_notification_and_log(administrator, person):
    change_by(administrator, person, NEW)
    change_by(administrator, person, OLD)
    person.refresh_from_db()
    assert (person.email, person.new_email, person.new_email_at) == (OLD, "", None)
    assert len(mail.outbox) == 1
    actions = ModelLogEntry.objects.values_list("action", flat=True)
    assert {"org.request_address", "org.cancel_address"} <= set(actions)


def test_address_counts_after_the_hold(administrator, person):
    change_by(administrator, person, NEW)
    assert apply_due_address_changes() == 0
    with after_the_hold():
        assert apply_due_address_changes() == 1
    person.refresh_from_db()
    assert (person.email, person.new_email, person.new_email_at) == (NEW, "", None)
    assert Notification.objects.filter(recipient=person, kind=NotificationKind.ADDRESS_CHANGED).exists()


def test_clock_applies_due_changes(administrator, person):
    change_by(administrator, person, NEW)
    with after_the_hold():
        call_command("clock", "--once")
    person.refresh_from_db()
    assert person.email == NEW


def test_first_address_and_removal_are_held_too(administrator):
    person = UserFactory(email="")
    change_by(administrator, person, NEW)
    person.refresh_from_db()
    assert (person.email, person.new_email) == ("", NEW)
    other = UserFactory(email=OLD)
    change_by(administrator, other, "")
    other.refresh_from_db()
    assert (other.email, other.new_email) == (OLD, "")
    assert other.new_email_at


def test_own_change_is_held_and_can_be_cancelled_on_the_profile_page(client, person):
    client.force_login(person)
    client.post(reverse("org:profile"), {"email": NEW, "phone": "", "language": "zh-hans"})
    assert NEW in client.get(reverse("org:profile")).content.decode()
    client.post(reverse("org:keep_address"))
    person.refresh_from_db()
    assert (person.email, person.new_email_at) == (OLD, None)


def test_wrong_address_is_refused_by_the_service(person):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        services.update_profile(user=person, email="kein-zeichen")
