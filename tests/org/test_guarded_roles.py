"""One administrator alone neither makes a keeper nor opens the account of one."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse

from portal.org import services
from portal.org.enums import ApprovalKind
from portal.org.models import AccountApproval, Assignment, PasswordRequest, User
from portal.org.services.passwords import MAX_WRONG_CODES
from tests.factories.org import OfficeFactory, UserFactory
from tests.org.password_links import NEW_PASSWORD, follow_link, open_approval, set_by_link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_mail")]


# Roles


@pytest.mark.parametrize("role", ["keeper", "administrator"])
def test_guarded_role_waits_for_a_second_administrator(first, second, role):
    account = services.create_account(
        username="chen.lan", display_name="陈岚", actor=first, roles=[role, "editor"]
    )
    assert account.role_names == {"editor"}
    services.grant_approval(approval=open_approval(account, ApprovalKind.ROLE), actor=second)
    assert User.objects.get(pk=account.pk).role_names == {"editor", role}


def test_guarded_role_given_by_a_change_waits(first, person):
    values = {"office": person.office, "is_active": True, "username": person.username}
    services.update_account(user=person, actor=first, roles=["trainee", "keeper"], **values)
    assert User.objects.get(pk=person.pk).role_names == {"trainee"}
    # Asked for again it waits once.
    services.update_account(user=person, actor=first, roles=["trainee", "keeper"], **values)
    assert AccountApproval.objects.open().count() == 1
    # What the account has stays without another approval, and goes at once.
    person.groups.add(*UserFactory(roles=["keeper"]).groups.all())
    services.update_account(user=person, actor=first, roles=["trainee"], **values)
    assert User.objects.get(pk=person.pk).role_names == {"trainee"}


def test_who_asked_for_a_role_does_not_approve_it(first, second):
    account = services.create_account(username="chen.lan", display_name="陈岚", actor=first, roles=["keeper"])
    with pytest.raises(PermissionDenied):
        services.grant_approval(approval=open_approval(account, ApprovalKind.ROLE), actor=first)


def test_new_keeper_opened_by_its_maker_is_no_keeper_and_loses_the_password(client, first, second):
    account = services.create_account(username="chen.lan", display_name="陈岚", actor=first)
    set_by_link(client, services.issue_password_link(user=account, actor=first))
    values = {"office": OfficeFactory(), "is_active": True, "username": account.username}
    services.update_account(user=account, actor=first, roles=["keeper"], **values)
    services.grant_approval(approval=open_approval(account, ApprovalKind.ROLE), actor=second)
    account.refresh_from_db()
    assert not account.has_usable_password()


def test_accounts_by_sheet_get_no_guarded_role_at_once(first):
    from portal.org.services.account_sheets import import_accounts, read_accounts

    OfficeFactory(name="宁川市中级法院")
    sheet = "用户名,姓名,单位,角色\nchen.lan,陈岚,宁川市中级法院,保密员\n".encode()
    file = read_accounts(data=sheet)
    import_accounts(rows=file.rows, actor=first)
    assert User.objects.get(username="chen.lan").role_names == set()
    assert open_approval(User.objects.get(username="chen.lan"), ApprovalKind.ROLE).role == "keeper"


def test_closed_account_ends_what_waits(first, second, person):
    values = {"office": person.office, "username": person.username}
    services.update_account(user=person, actor=first, roles=["keeper"], is_active=True, **values)
    services.update_account(user=person, actor=first, roles=[], is_active=False, **values)
    assert not AccountApproval.objects.open().exists()
    assert not Assignment.objects.open().exists()


def test_server_gives_a_role(first, person):
    call_command("release_account", person.username, "--reason", "首任保密员", "--role", "keeper")
    assert "keeper" in User.objects.get(pk=person.pk).role_names


# Links of guarded accounts


def test_link_of_a_keeper_waits_and_needs_the_code(client, first, second, keeper):
    link = services.issue_password_link(user=keeper, actor=first)
    assert "password1" not in follow_link(client, link).content.decode()
    set_by_link(client, link)
    keeper.refresh_from_db()
    assert not keeper.check_password(NEW_PASSWORD)
    code = services.grant_approval(
        approval=open_approval(keeper, ApprovalKind.PASSWORD_LINK), actor=second
    ).code
    set_by_link(client, link, code="0" * 8 if code != "0" * 8 else "1" * 8)
    keeper.refresh_from_db()
    assert not keeper.check_password(NEW_PASSWORD)
    set_by_link(client, link, code=f"{code[:4]} {code[4:]}")
    keeper.refresh_from_db()
    assert keeper.check_password(NEW_PASSWORD)
    # Two administrators of two departments opened it together: nothing more is to be released.
    assert keeper.earlier_closed_at is None


def test_wrong_codes_end_the_link(client, first, second, keeper):
    link = services.issue_password_link(user=keeper, actor=first)
    code = services.grant_approval(
        approval=open_approval(keeper, ApprovalKind.PASSWORD_LINK), actor=second
    ).code
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    for _attempt in range(MAX_WRONG_CODES):
        set_by_link(client, link, code=wrong)
    set_by_link(client, link, code=code)
    keeper.refresh_from_db()
    assert not keeper.check_password(NEW_PASSWORD)


def test_weak_password_costs_no_try(client, first, second, keeper):
    link = services.issue_password_link(user=keeper, actor=first)
    services.grant_approval(approval=open_approval(keeper, ApprovalKind.PASSWORD_LINK), actor=second)
    set_by_link(client, link, code="1", password1="kurz", password2="kurz")
    assert keeper.administrator_links.get().wrong_codes == 0


def test_administrators_are_guarded_as_well(first, second):
    link = services.issue_password_link(user=second, actor=first)
    assert link.needs_release


def test_link_of_a_trainee_needs_no_release(first, person):
    assert not services.issue_password_link(user=person, actor=first).needs_release


def test_link_for_a_role_that_waits_is_guarded(first):
    account = services.create_account(username="chen.lan", display_name="陈岚", actor=first, roles=["keeper"])
    assert services.issue_password_link(user=account, actor=first).needs_release


def given_keeper(account, first, second):
    """The role that the first administrator asked for, approved by the second."""
    values = {"office": account.office, "is_active": True, "username": account.username}
    services.update_account(user=account, actor=first, roles=["keeper"], **values)
    services.grant_approval(approval=open_approval(account, ApprovalKind.ROLE), actor=second)
    account.refresh_from_db()
    return account


def mailed_link(account, outbox):
    services.answer_forgotten_password(user_id=account.pk)
    path = urlsplit(re.search(r"http\S+", outbox[-1].body).group()).path
    return services.PasswordLink(user=account, path=path, expires_at=None)


def test_link_kept_from_before_the_role_does_not_open_the_keeper(client, first, second):
    account = services.create_account(username="chen.lan", display_name="陈岚", actor=first)
    kept = services.issue_password_link(user=account, actor=first)
    given_keeper(account, first, second)
    set_by_link(client, kept)
    account.refresh_from_db()
    assert not account.check_password(NEW_PASSWORD)


def test_link_kept_from_before_does_not_work_while_the_role_waits(client, first):
    account = services.create_account(username="chen.lan", display_name="陈岚", actor=first)
    kept = services.issue_password_link(user=account, actor=first)
    values = {"office": OfficeFactory(), "is_active": True, "username": account.username}
    services.update_account(user=account, actor=first, roles=["keeper"], **values)
    set_by_link(client, kept)
    account.refresh_from_db()
    assert not account.check_password(NEW_PASSWORD)


@pytest.mark.parametrize("role", ["keeper", "administrator"])
def test_mail_alone_opens_no_guarded_account(settings, mailoutbox, first, role):
    settings.HAS_MAIL = True
    account = UserFactory(roles=[role], email="of.the.maker@example.org")
    services.answer_forgotten_password(user_id=account.pk)
    assert not mailoutbox
    assert PasswordRequest.objects.get(user=account).settled_at is None


def test_link_mailed_before_the_role_does_not_open_the_keeper(
    client, settings, mailoutbox, first, second, person
):
    settings.HAS_MAIL = True
    User.objects.filter(pk=person.pk).update(email="of.the.maker@example.org")
    kept = mailed_link(person, mailoutbox)
    person.groups.set(UserFactory(roles=["keeper"]).groups.all())
    set_by_link(client, kept)
    person.refresh_from_db()
    assert not person.check_password(NEW_PASSWORD)


def test_password_set_by_mail_before_the_role_ends(client, settings, mailoutbox, first, second, person):
    settings.HAS_MAIL = True
    User.objects.filter(pk=person.pk).update(email="of.the.maker@example.org")
    set_by_link(client, mailed_link(person, mailoutbox))
    person.refresh_from_db()
    assert person.check_password(NEW_PASSWORD)
    assert not given_keeper(person, first, second).has_usable_password()


def test_service_refuses_what_the_page_refuses(first):
    account = services.create_account(username="chen.lan", display_name="陈岚", actor=first)
    key = services.issue_password_link(user=account, actor=first).path.strip("/").split("-", 1)[1]
    account.groups.set(UserFactory(roles=["keeper"]).groups.all())
    with pytest.raises(PermissionDenied):
        services.set_password_by_link(user=account, password=NEW_PASSWORD, key=key)


def test_link_of_the_server_opens_a_guarded_account(client):
    account = services.create_account(username="chen.lan", display_name="陈岚", actor=None, roles=["keeper"])
    set_by_link(client, services.issue_password_link(user=account, actor=None))
    account.refresh_from_db()
    assert account.check_password(NEW_PASSWORD)


# Groups


def test_no_group_takes_the_name_of_a_role(client, django_user_model):
    from django.contrib.auth.models import Group

    client.force_login(UserFactory(is_superuser=True))
    keeper, trainee = Group.objects.get(name="keeper"), Group.objects.get(name="trainee")
    for group, name in ((keeper, "former"), (trainee, "keeper")):
        page = reverse("wagtailusers_groups:edit", args=[group.pk])
        form = client.get(page)
        assert form.status_code == 200
        client.post(page, {"name": name})
    assert set(Group.objects.filter(pk__in=[keeper.pk, trainee.pk]).values_list("name", flat=True)) == {
        "keeper",
        "trainee",
    }
    client.post(reverse("wagtailusers_groups:delete", args=[keeper.pk]))
    assert Group.objects.filter(name="keeper").exists()
