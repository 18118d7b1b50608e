"""Accounts are made by administrators; people set their passwords by links."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from portal.org import services
from portal.org.enums import NotificationKind
from portal.org.models import PasswordRequest, User
from tests.factories.org import PASSWORD, OfficeFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "another-long-password"


@pytest.fixture
def administrator():
    return UserFactory(roles=["administrator"])


def make(administrator, **values):
    defaults = {"username": "chen.lan", "display_name": "陈岚", "office": OfficeFactory()}
    return services.create_account(actor=administrator, **(defaults | values))


def set_by_link(client, path, password=NEW_PASSWORD):
    form = client.get(path, follow=True)
    return client.post(form.request["PATH_INFO"], {"password1": password, "password2": password}, follow=True)


def test_create_account_sets_office_and_roles_and_no_password(administrator):
    office = OfficeFactory()
    user = make(administrator, office=office, roles=["analyst", "editor"])
    assert user.office == office
    assert set(user.groups.values_list("name", flat=True)) == {"analyst", "editor"}
    assert not user.has_usable_password()


def test_create_account_refuses_a_trainee():
    with pytest.raises(PermissionDenied):
        make(UserFactory(roles=["trainee"]))


def test_create_account_refuses_an_unknown_role(administrator):
    with pytest.raises(ValidationError):
        make(administrator, roles=["superuser"])
    assert not User.objects.filter(username="chen.lan").exists()


def test_create_account_refuses_a_taken_name(administrator):
    make(administrator)
    with pytest.raises(ValidationError) as caught:
        make(administrator)
    assert set(caught.value.message_dict) == {"username"}


def test_names_that_differ_by_case_only_are_one_name(administrator):
    make(administrator)
    with pytest.raises(ValidationError):
        make(administrator, username="Chen.Lan")


def test_link_is_shown_once_and_works_once(administrator, client):
    user = make(administrator)
    link = services.issue_password_link(user=user, actor=administrator)
    assert link.mailed_to == ""
    assert set_by_link(client, link.path).status_code == 200
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    again = client.get(link.path, follow=True)
    assert again.context["token_fail"] is True


def test_link_expires(administrator, client, settings):
    user = make(administrator)
    link = services.issue_password_link(user=user, actor=administrator)
    late = dt.datetime.now() + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)
    with time_machine.travel(late):
        assert client.get(link.path, follow=True).context["token_fail"] is True


def test_new_link_ends_an_earlier_one_of_a_new_account(administrator, client):
    user = make(administrator)
    first = services.issue_password_link(user=user, actor=administrator)
    second = services.issue_password_link(user=user, actor=administrator)
    assert client.get(first.path, follow=True).context["token_fail"] is True
    assert "token_fail" not in client.get(second.path, follow=True).context


def test_link_does_not_work_for_a_closed_account(administrator, client):
    user = make(administrator)
    link = services.issue_password_link(user=user, actor=administrator)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(link.path, follow=True).context["token_fail"] is True


def test_link_is_mailed_where_there_is_mail(administrator, settings):
    settings.HAS_MAIL = True
    user = make(administrator, email="chen@example.org")
    link = services.issue_password_link(user=user, actor=administrator)
    assert (link.path, link.mailed_to) == ("", "chen@example.org")
    assert [message.to for message in mail.outbox] == [["chen@example.org"]]
    assert f"{settings.BASE_URL}/accounts/password/reset/key/" in mail.outbox[0].body


def test_link_for_an_account_in_use_tells_its_person(administrator):
    user = UserFactory()
    services.issue_password_link(user=user, actor=administrator)
    assert [n.kind for n in user.notifications.all()] == [NotificationKind.PASSWORD_LINK_MADE]


def test_link_of_a_superuser_is_none_of_an_administrators(administrator):
    superuser = UserFactory(is_superuser=True)
    with pytest.raises(PermissionDenied):
        services.issue_password_link(user=superuser, actor=administrator)


def test_forgotten_password_without_mail_asks_the_administrator(administrator, client):
    user = UserFactory()
    client.post(reverse("account_reset_password"), {"login": user.username})
    client.post(reverse("account_reset_password"), {"login": user.username})
    assert [request.user for request in PasswordRequest.objects.all()] == [user]
    assert [n.kind for n in administrator.notifications.all()] == [NotificationKind.PASSWORD_REQUESTED]


def test_forgotten_password_answers_alike_for_unknown_names(client):
    known, unknown = UserFactory().username, "nobody.there"
    answers = [
        client.post(reverse("account_reset_password"), {"login": login}, follow=True).content
        for login in (known, unknown)
    ]
    token = re.compile(rb'(value="|X-CSRFToken": ")\w{64}"')
    assert token.sub(b"", answers[0]) == token.sub(b"", answers[1])


def test_forgotten_password_with_mail_is_mailed(client, settings):
    settings.HAS_MAIL = True
    user = UserFactory(email="chen@example.org")
    client.post(reverse("account_reset_password"), {"login": user.username})
    assert len(mail.outbox) == 1
    assert PasswordRequest.objects.count() == 0


def test_link_settles_the_request(administrator):
    user = UserFactory()
    services.answer_forgotten_password(user_id=user.pk)
    services.issue_password_link(user=user, actor=administrator)
    assert PasswordRequest.objects.get().settled_at is not None


def test_update_account_refuses_to_change_own_roles(administrator):
    with pytest.raises(ValidationError):
        services.update_account(
            user=administrator,
            actor=administrator,
            office=administrator.office,
            roles=["administrator", "keeper"],
            is_active=True,
        )
    assert list(administrator.groups.values_list("name", flat=True)) == ["administrator"]


def test_update_account_never_makes_a_superuser(administrator, client):
    user = UserFactory()
    client.force_login(administrator)
    data = {"username": user.username, "display_name": "陈岚", "language": "en", "is_superuser": "on"}
    client.post(
        reverse("wagtailusers_users:edit", args=[user.pk]),
        data | {"office": user.office.pk, "is_active": "on", "is_staff": "on"},
    )
    user.refresh_from_db()
    assert (user.language, user.is_superuser, user.is_staff) == ("en", False, False)


def test_change_password_signed_in(client):
    user = UserFactory()
    client.force_login(user)
    data = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post(reverse("account_change_password"), data)
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)


def test_nobody_registers_alone(client):
    data = {"username": "new.person", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post(reverse("account_signup"), data)
    assert not User.objects.filter(username="new.person").exists()
    assert client.get(reverse("account_signup")).templates[0].name == "account/signup_closed.html"
