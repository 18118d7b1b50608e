"""One administrator alone becomes nobody: links, roles and earlier questions take a second one."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.org import services
from portal.org.enums import ApprovalDecision, ApprovalKind, NotificationKind
from portal.org.models import AccountApproval, Assignment, Notification, PasswordRequest, User
from portal.org.selectors import notifications_of, second_administrators, unread_count
from portal.org.services.passwords import MAX_WRONG_CODES
from portal.org.signals import earlier_questions_released, password_set_by_administrator
from tests.factories.org import NotificationFactory, OfficeFactory, UserFactory, department
from tests.waiting import at_once

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "another-long-password"


@pytest.fixture(autouse=True)
def _no_mail(settings):
    settings.HAS_MAIL = False


@pytest.fixture
def first():
    return UserFactory(roles=["administrator"], office=OfficeFactory(department=department("court")))


@pytest.fixture
def second():
    return UserFactory(roles=["administrator"], office=OfficeFactory(department=department("prison")))


@pytest.fixture
def person():
    return UserFactory(roles=["trainee"], office=OfficeFactory(department=department("court")))


def follow_link(client, link):
    return client.get(link.path, follow=True)


def set_by_link(client, link, **data):
    form = follow_link(client, link)
    passwords = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    return client.post(form.request["PATH_INFO"], passwords | data, follow=True)


def open_approval(account, kind):
    return AccountApproval.objects.open().get(account=account, kind=kind)


@pytest.fixture
def closed(client, first, person):
    """A person whose password was set through the first administrator's link."""
    NotificationFactory(recipient=person)
    set_by_link(client, services.issue_password_link(user=person, actor=first))
    person.refresh_from_db()
    assert person.check_password(NEW_PASSWORD)
    return person


# Earlier questions


def test_password_set_by_an_administrators_link_closes_what_was_told_before(closed):
    assert closed.earlier_closed_at
    kinds = {NotificationKind.PASSWORD_SET_BY_LINK, NotificationKind.EARLIER_CLOSED}
    assert NotificationKind.QUESTION_REFINED not in {row.kind for row in notifications_of(closed)}
    assert {row.kind for row in notifications_of(closed)} <= kinds
    assert unread_count(closed) == notifications_of(closed).count()


def test_hidden_notifications_open_no_page_and_stay_unread(client, closed):
    hidden = Notification.objects.get(recipient=closed, kind=NotificationKind.QUESTION_REFINED)
    client.force_login(closed)
    assert client.get(reverse("org:open_notification", args=[hidden.pk])).status_code == 404
    client.post(reverse("org:read_notifications"))
    hidden.refresh_from_db()
    assert hidden.read_at is None


def test_closing_is_announced_once(client, first, person):
    announced = []
    password_set_by_administrator.connect(lambda user, **kwargs: announced.append(user), weak=False)
    set_by_link(client, services.issue_password_link(user=person, actor=first))
    assert announced == [person]


def test_log_does_not_say_that_the_person_set_the_password(closed, first):
    entry = ModelLogEntry.objects.get(action="org.set_password_by_link")
    assert entry.user is None
    assert entry.data["made_by"] == first.username


def test_link_of_a_new_account_closes_nothing(client, first):
    account = services.create_account(username="chen.lan", display_name="陈岚", actor=first)
    set_by_link(client, services.issue_password_link(user=account, actor=first))
    account.refresh_from_db()
    assert account.earlier_closed_at is None


def test_second_link_of_an_account_that_its_maker_opened_closes(client, first):
    account = services.create_account(username="chen.lan", display_name="陈岚", actor=first)
    set_by_link(client, services.issue_password_link(user=account, actor=first))
    account.refresh_from_db()
    set_by_link(client, services.issue_password_link(user=account, actor=first))
    account.refresh_from_db()
    assert account.earlier_closed_at


def test_link_that_the_person_asked_for_closes_nothing(client, settings, mailoutbox, person):
    settings.HAS_MAIL = True
    User.objects.filter(pk=person.pk).update(email="chen@example.org")
    services.answer_forgotten_password(user_id=person.pk)
    path = urlsplit(re.search(r"http\S+", mailoutbox[0].body).group()).path
    set_by_link(client, services.PasswordLink(user=person, path=path, expires_at=None))
    person.refresh_from_db()
    assert person.earlier_closed_at is None
    kinds = set(Notification.objects.filter(recipient=person).values_list("kind", flat=True))
    assert kinds == {NotificationKind.PASSWORD_LINK_MAILED, NotificationKind.PASSWORD_SET_BY_LINK}


def test_own_change_of_the_password_closes_nothing(person):
    services.set_password(user=person, password=NEW_PASSWORD)
    assert person.earlier_closed_at is None


def test_password_of_the_command_closes(monkeypatch, person):
    monkeypatch.setattr("getpass.getpass", lambda prompt: NEW_PASSWORD)
    call_command("changepassword", person.username)
    person.refresh_from_db()
    assert person.earlier_closed_at


def test_second_administrator_of_another_department_releases(closed, second):
    released = []
    earlier_questions_released.connect(lambda user, **kwargs: released.append(user), weak=False)
    services.approve(approval=open_approval(closed, ApprovalKind.EARLIER_QUESTIONS), actor=second)
    closed.refresh_from_db()
    assert closed.earlier_closed_at is None
    assert released == [closed]
    assert NotificationKind.QUESTION_REFINED in {row.kind for row in notifications_of(closed)}
    assert not Assignment.objects.open().exists()


@pytest.mark.parametrize("who", ["first", "colleague", "trainee", "closed", "analyst"])
def test_nobody_else_releases(closed, first, who):
    colleague = UserFactory(roles=["administrator"], office=first.office)
    people = {
        "first": first,
        "colleague": colleague,
        "trainee": UserFactory(roles=["trainee"]),
        "closed": closed,
        "analyst": UserFactory(roles=["analyst"], office=OfficeFactory(department=department("prison"))),
    }
    approval = open_approval(closed, ApprovalKind.EARLIER_QUESTIONS)
    with pytest.raises(PermissionDenied):
        services.approve(approval=approval, actor=people[who])
    with pytest.raises(PermissionDenied):
        services.refuse(approval=approval, actor=people[who], reason="否")


def test_another_link_supersedes_what_waits_and_closes_again(client, closed, first, second):
    waiting = open_approval(closed, ApprovalKind.EARLIER_QUESTIONS)
    set_by_link(client, services.issue_password_link(user=closed, actor=first))
    waiting.refresh_from_db()
    assert waiting.decision == ApprovalDecision.SUPERSEDED
    with pytest.raises(ValidationError):
        services.approve(approval=waiting, actor=second)


def test_refusal_needs_a_reason_and_shows_it(client, closed, first, second):
    approval = open_approval(closed, ApprovalKind.EARLIER_QUESTIONS)
    with pytest.raises(ValidationError):
        services.refuse(approval=approval, actor=second, reason=" ")
    services.refuse(approval=approval, actor=second, reason="本人未确认")
    client.force_login(first)
    assert "本人未确认" in client.get(reverse("org_approvals")).content.decode()
    closed.refresh_from_db()
    assert closed.earlier_closed_at


def test_server_releases_where_nobody_else_can(capsys, closed, first):
    approval = open_approval(closed, ApprovalKind.EARLIER_QUESTIONS)
    assert second_administrators(approval) == []
    call_command("release_account", closed.username, "--reason", "只有一名管理员")
    closed.refresh_from_db()
    assert closed.earlier_closed_at is None
    told = Notification.objects.filter(kind=NotificationKind.APPROVAL_DECIDED)
    assert set(told.values_list("recipient", flat=True)) == {closed.pk, first.pk}
    approval.refresh_from_db()
    assert (approval.decided_by, approval.decision_reason) == (None, "只有一名管理员")


def test_server_says_where_nothing_waits(person):
    with pytest.raises(CommandError):
        call_command("release_account", person.username, "--reason", "x")


# Roles


@pytest.mark.parametrize("role", ["keeper", "administrator"])
def test_guarded_role_waits_for_a_second_administrator(first, second, role):
    account = services.create_account(
        username="chen.lan", display_name="陈岚", actor=first, roles=[role, "editor"]
    )
    assert account.role_names == {"editor"}
    services.approve(approval=open_approval(account, ApprovalKind.ROLE), actor=second)
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
        services.approve(approval=open_approval(account, ApprovalKind.ROLE), actor=first)


def test_new_keeper_opened_by_its_maker_is_no_keeper_and_loses_the_password(client, first, second):
    account = services.create_account(username="chen.lan", display_name="陈岚", actor=first)
    set_by_link(client, services.issue_password_link(user=account, actor=first))
    values = {"office": OfficeFactory(), "is_active": True, "username": account.username}
    services.update_account(user=account, actor=first, roles=["keeper"], **values)
    services.approve(approval=open_approval(account, ApprovalKind.ROLE), actor=second)
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


def test_account_that_is_closed_and_opened_still_waits_for_the_release(closed, first, second):
    values = {"office": closed.office, "username": closed.username, "roles": []}
    for is_active in (False, True):
        services.update_account(user=closed, actor=first, is_active=is_active, **values)
    services.approve(approval=open_approval(closed, ApprovalKind.EARLIER_QUESTIONS), actor=second)
    assert User.objects.get(pk=closed.pk).earlier_closed_at is None


def test_server_gives_a_role(first, person):
    call_command("release_account", person.username, "--reason", "首任保密员", "--role", "keeper")
    assert "keeper" in User.objects.get(pk=person.pk).role_names


# Links of guarded accounts


@pytest.fixture
def keeper():
    return UserFactory(roles=["keeper"], office=OfficeFactory(department=department("court")))


def test_link_of_a_keeper_waits_and_needs_the_code(client, first, second, keeper):
    link = services.issue_password_link(user=keeper, actor=first)
    assert "password1" not in follow_link(client, link).content.decode()
    set_by_link(client, link)
    keeper.refresh_from_db()
    assert not keeper.check_password(NEW_PASSWORD)
    code = services.approve(approval=open_approval(keeper, ApprovalKind.PASSWORD_LINK), actor=second).code
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
    code = services.approve(approval=open_approval(keeper, ApprovalKind.PASSWORD_LINK), actor=second).code
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    for _attempt in range(MAX_WRONG_CODES):
        set_by_link(client, link, code=wrong)
    set_by_link(client, link, code=code)
    keeper.refresh_from_db()
    assert not keeper.check_password(NEW_PASSWORD)


def test_weak_password_costs_no_try(client, first, second, keeper):
    link = services.issue_password_link(user=keeper, actor=first)
    services.approve(approval=open_approval(keeper, ApprovalKind.PASSWORD_LINK), actor=second)
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
    services.approve(approval=open_approval(account, ApprovalKind.ROLE), actor=second)
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


# Pages


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_approvals_say_what_will_happen(client, language, closed, first, second, keeper):
    services.issue_password_link(user=keeper, actor=first)
    services.create_account(username="chen.lan", display_name="陈岚", actor=first, roles=["keeper"])
    User.objects.filter(pk__in=[first.pk, second.pk]).update(language=language)
    for administrator in (first, second):
        administrator.refresh_from_db()
        client.force_login(administrator)
        assert client.get(reverse("org_approvals")).status_code == 200
        for approval in AccountApproval.objects.open():
            page = client.get(reverse("org_approval", args=[approval.pk])).content.decode()
            assert ('<button class="button" type="submit">' in page) == (administrator == second)


@pytest.mark.parametrize("role", ["trainee", "analyst", "editor", "keeper"])
def test_pages_of_approvals_are_for_administrators(client, closed, role):
    client.force_login(UserFactory(roles=[role]))
    approval = AccountApproval.objects.get()
    paths = [reverse("org_approvals"), reverse("org_approval", args=[approval.pk])]
    assert {client.get(path).status_code for path in paths} <= {302, 403}
    assert client.post(paths[1]).status_code in {302, 403}
    approval.refresh_from_db()
    assert not approval.decision


def test_code_is_shown_once(client, first, second, keeper):
    services.issue_password_link(user=keeper, actor=first)
    page = reverse("org_approval", args=[AccountApproval.objects.get().pk])
    client.force_login(second)
    code = re.search(r"<strong class=\"w-h2\">(\d{8})<", client.post(page).content.decode()).group(1)
    assert code not in client.get(page).content.decode()


def test_requester_withdraws(client, closed, first):
    approval = AccountApproval.objects.get()
    client.force_login(first)
    client.post(reverse("org_withdraw_approval", args=[approval.pk]))
    approval.refresh_from_db()
    assert approval.decision == ApprovalDecision.WITHDRAWN


def test_profile_says_what_is_closed(client, closed):
    client.force_login(closed)
    assert 'class="alert alert--warn"' in client.get(reverse("org:profile")).content.decode()


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


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_decisions_at_once_one_counts():
    first = UserFactory(roles=["administrator"])
    account = services.create_account(username="chen.lan", display_name="陈岚", actor=first, roles=["keeper"])
    approval = AccountApproval.objects.get()
    others = [UserFactory(roles=["administrator"]) for _ in range(2)]

    def decide(act):
        try:
            return act()
        except ValidationError:
            return None

    results = at_once(
        lambda: decide(lambda: services.approve(approval=approval, actor=others[0])),
        lambda: decide(lambda: services.refuse(approval=approval, actor=others[1], reason="否")),
    )
    assert results.count(None) == 1
    approval.refresh_from_db()
    is_keeper = "keeper" in User.objects.get(pk=account.pk).role_names
    assert is_keeper == (approval.decision == ApprovalDecision.APPROVED)


def test_colleague_who_was_moved_for_the_decision_does_not_release(closed, first, second):
    colleague = UserFactory(roles=["administrator"], office=first.office)
    office = OfficeFactory(department=department("correction"))
    services.move_to_office(user=colleague, office=office, since=dt.date(2021, 1, 1), actor=first)
    approval = open_approval(closed, ApprovalKind.EARLIER_QUESTIONS)
    assert colleague not in second_administrators(approval)
    with pytest.raises(PermissionDenied):
        services.approve(approval=approval, actor=User.objects.get(pk=colleague.pk))
    # Nor does whoever stayed, where the first one leaves.
    stayed = UserFactory(roles=["administrator"], office=first.office)
    detention = OfficeFactory(department=department("detention"))
    services.move_to_office(user=first, office=detention, actor=colleague)
    with pytest.raises(PermissionDenied):
        services.approve(approval=approval, actor=stayed)
