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
from portal.org.models import AccountApproval, Assignment, Notification, User
from portal.org.selectors import notifications_of, second_administrators, unread_count
from portal.org.signals import earlier_questions_released, password_set_by_administrator
from tests.factories.org import NotificationFactory, OfficeFactory, UserFactory, department
from tests.org.password_links import NEW_PASSWORD, open_approval, set_by_link
from tests.waiting import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_mail")]


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
    opened = client.get(reverse("org:open_notification", args=[hidden.pk]))
    assert opened.url == reverse("org:notifications")
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
    services.grant_approval(approval=open_approval(closed, ApprovalKind.EARLIER_QUESTIONS), actor=second)
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
        services.grant_approval(approval=approval, actor=people[who])
    with pytest.raises(PermissionDenied):
        services.refuse_approval(approval=approval, actor=people[who], reason="否")


def test_another_link_supersedes_what_waits_and_closes_again(client, closed, first, second):
    waiting = open_approval(closed, ApprovalKind.EARLIER_QUESTIONS)
    set_by_link(client, services.issue_password_link(user=closed, actor=first))
    waiting.refresh_from_db()
    assert waiting.decision == ApprovalDecision.SUPERSEDED
    with pytest.raises(ValidationError):
        services.grant_approval(approval=waiting, actor=second)


def test_refusal_needs_a_reason_and_shows_it(client, closed, first, second):
    approval = open_approval(closed, ApprovalKind.EARLIER_QUESTIONS)
    with pytest.raises(ValidationError):
        services.refuse_approval(approval=approval, actor=second, reason=" ")
    services.refuse_approval(approval=approval, actor=second, reason="本人未确认")
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


def test_account_that_is_closed_and_opened_still_waits_for_the_release(closed, first, second):
    values = {"office": closed.office, "username": closed.username, "roles": []}
    for is_active in (False, True):
        services.update_account(user=closed, actor=first, is_active=is_active, **values)
    services.grant_approval(approval=open_approval(closed, ApprovalKind.EARLIER_QUESTIONS), actor=second)
    assert User.objects.get(pk=closed.pk).earlier_closed_at is None


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
        lambda: decide(lambda: services.grant_approval(approval=approval, actor=others[0])),
        lambda: decide(lambda: services.refuse_approval(approval=approval, actor=others[1], reason="否")),
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
        services.grant_approval(approval=approval, actor=User.objects.get(pk=colleague.pk))
    # Nor does whoever stayed, where the first one leaves.
    stayed = UserFactory(roles=["administrator"], office=first.office)
    detention = OfficeFactory(department=department("detention"))
    services.move_to_office(user=first, office=detention, actor=colleague)
    with pytest.raises(PermissionDenied):
        services.grant_approval(approval=approval, actor=stayed)
