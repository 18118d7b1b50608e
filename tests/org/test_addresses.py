"""A change of an e-mail address is told to the old one and held."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from portal.org import services
from portal.org.enums import ApprovalKind, NotificationKind
from portal.org.models import Notification, PortalSettings, User
from portal.org.services.addresses import apply_due_address_changes
from tests.factories.org import OfficeFactory, UserFactory

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


# An address that an administrator wrote -------------------------------------------------------------------------


def reset_by_mail(client, person):
    """Set a password through the link that a reset mails, whoever reads that mail."""
    mail.outbox.clear()
    services.answer_forgotten_password(user_id=person.pk)
    path = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[0].body)[0]
    form = client.get(path, follow=True).request["PATH_INFO"]
    client.post(form, {"password1": "a-longer-password", "password2": "a-longer-password"})
    person.refresh_from_db()
    return person


@pytest.fixture
def written(administrator, person):
    """An address that an administrator wrote, after the days of holding it."""
    change_by(administrator, person, NEW)
    with after_the_hold():
        apply_due_address_changes()
    person.refresh_from_db()
    return person


def test_mail_to_an_address_that_an_administrator_wrote_opens_nothing_earlier(client, administrator, written):
    reset_by_mail(client, written)
    assert written.earlier_closed_at
    approval = written.approvals.open().get()
    assert (approval.kind, approval.requested_by) == (ApprovalKind.EARLIER_QUESTIONS, administrator)


def test_address_of_a_new_account_is_its_makers(client, administrator):
    office = OfficeFactory()
    account = services.create_account(
        username="new.person", display_name="陈岚", email=NEW, office=office, actor=administrator
    )
    assert account.email_author == administrator
    # Nothing can have been asked before the first password.
    assert reset_by_mail(client, account).earlier_closed_at is None
    assert reset_by_mail(client, account).earlier_closed_at


def test_address_that_the_person_confirms_or_wrote_is_the_persons(client, written):
    client.force_login(written)
    assert NEW in client.get(reverse("org:profile")).content.decode()
    client.post(reverse("org:confirm_address"), {"email": NEW})
    client.logout()
    assert reset_by_mail(client, written).earlier_closed_at is None
    services.update_profile(user=written, email=OLD)
    with after_the_hold():
        apply_due_address_changes()
    written.refresh_from_db()
    assert written.email_author is None
    client.logout()
    assert reset_by_mail(client, written).earlier_closed_at is None


def test_address_that_took_the_place_of_the_one_shown_is_not_confirmed(client, administrator, written):
    """A page that was left open asks about an address that counts no more."""
    client.force_login(written)
    assert f'name="email" value="{NEW}"' in client.get(reverse("org:profile")).content.decode()
    services.request_address_change(user=written, email="other@example.org", actor=administrator)
    with after_the_hold():
        apply_due_address_changes()
    said = client.post(reverse("org:confirm_address"), {"email": NEW}, follow=True).content.decode()
    written.refresh_from_db()
    assert (written.email, written.email_author) == ("other@example.org", administrator)
    assert "其他人刚刚修改过这里" in said


def test_whoever_opened_the_account_through_a_link_neither_confirms_nor_writes_an_address(
    client, administrator, person
):
    link = services.issue_password_link(user=person, actor=administrator)
    path = link.path or re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)[0]
    form = client.get(path, follow=True).request["PATH_INFO"]
    client.post(form, {"password1": "a-longer-password", "password2": "a-longer-password"})
    person.refresh_from_db()
    assert (bool(person.earlier_closed_at), person.email_author) == (True, administrator)
    for act in (
        lambda: services.confirm_address(user=person, email=person.email),
        lambda: services.update_profile(user=person, email=NEW),
    ):
        with pytest.raises(ValidationError):
            act()
    client.force_login(person)
    response = client.post(reverse("org:profile"), {"email": NEW, "phone": "", "language": "en"})
    assert "第二管理员放行本账号之后" in response.content.decode()
    person.refresh_from_db()
    assert (person.email, person.new_email) == (OLD, "")
