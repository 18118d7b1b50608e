"""Language, the closed portal, Wagtail's own pages, notifications, topics, offices."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from wagtail.models import ModelLogEntry

from courses.models import TrainingSession
from portal.foundation.signals import record_changed
from portal.org import services
from portal.org.enums import NotificationKind, Role
from portal.org.models import Department, PortalSettings, Topic
from portal.org.rules import audience_tokens
from portal.org.selectors import office_by_name, unread_count
from tests.factories.courses import TrainingSessionFactory
from tests.factories.org import (
    DepartmentFactory,
    NotificationFactory,
    OfficeAliasFactory,
    OfficeFactory,
    TopicFactory,
    UserFactory,
)
from tests.revisions import post_edit

pytestmark = pytest.mark.django_db


# Departments and roles ----------------------------------------------------------------------------------------


def test_five_departments_come_with_the_database():
    assert list(Department.objects.values_list("seal", flat=True)) == ["法", "检", "看", "狱", "矫"]


def test_roles_are_the_groups():
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


def test_a_further_department_can_join(client):
    client.force_login(UserFactory(roles=["administrator"]))
    data = {
        "code": "judicial-admin", "name": "司法行政机关", "name_en": "Judicial administration",
        "short_name": "司法", "short_name_en": "Justice", "seal": "司",
        "hue_light": "#4a545c", "hue_dark": "#bcc3c7", "is_active": "on",
    }  # fmt: skip
    client.post(reverse("departments:add"), data)
    assert [d.seal for d in Department.objects.all()][-1] == "司"


def test_audience_tokens_name_roles_department_and_person():
    user = UserFactory(roles=["analyst"])
    tokens = {"all", "staff", "role:analyst", f"department:{user.department.pk}", f"user:{user.pk}"}
    assert audience_tokens(user) == tokens


def test_audience_tokens_of_a_closed_account_are_a_visitors():
    assert audience_tokens(UserFactory(roles=["analyst"], is_active=False)) == {"all"}


# Offices --------------------------------------------------


def test_office_is_found_by_name_english_name_and_alias():
    office = OfficeFactory(name="宁川市社区矫正中心", name_en="Ningchuan Centre")
    OfficeAliasFactory(office=office, name="宁川矫正")
    assert [office_by_name(name) for name in (office.name, "ningchuan centre", " 宁川矫正 ")] == [office] * 3
    assert office_by_name("") is None


def test_move_to_office_keeps_history():
    user = UserFactory()
    before, after = user.office, OfficeFactory()
    services.move_to_office(user=user, office=after, since=dt.date(2026, 3, 1), actor=None)
    assert user.office == after
    assert [(m.office, m.until) for m in user.memberships.all()] == [
        (after, None),
        (before, dt.date(2026, 3, 1)),
    ]


def test_move_to_office_refuses_a_day_before_the_present_membership():
    user = UserFactory()
    with pytest.raises(ValidationError):
        services.move_to_office(user=user, office=OfficeFactory(), since=dt.date(2019, 1, 1), actor=None)


# Language --------------------------------------------------


def test_language_switch_keeps_the_page_and_is_remembered(client, settings):
    response = client.post(reverse("org:set_language"), {"language": "en", "next": "/sessions/?past=1"})
    assert response["Location"] == "/sessions/?past=1"
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert '<html lang="en"' in client.get(reverse("account_login")).content.decode()


def test_language_switch_is_kept_in_the_profile(client):
    user = UserFactory()
    client.force_login(user)
    client.post(reverse("org:set_language"), {"language": "en"})
    user.refresh_from_db()
    assert user.language == "en"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_language_switch_stays_on_this_site(client, target):
    response = client.post(reverse("org:set_language"), {"language": "en", "next": target})
    assert response["Location"] == "/"


def test_language_switch_ignores_unknown_languages(client, settings):
    client.post(reverse("org:set_language"), {"language": "xx"})
    assert settings.LANGUAGE_COOKIE_NAME not in client.cookies


# The closed portal --------------------------------------------------


def test_closed_portal_asks_visitors_to_sign_in(client):
    settings = PortalSettings.load()
    settings.closed_to_visitors = True
    settings.save()
    for path in ("/", "/sessions/", "/law/", "/admin/"):
        assert client.get(path)["Location"].startswith("/accounts/login/?next=")
    assert client.get(reverse("account_login")).status_code == 200


def test_closed_portal_is_open_to_people(client):
    settings = PortalSettings.load()
    settings.closed_to_visitors = True
    settings.save()
    user = UserFactory()
    client.force_login(user)
    assert client.get(reverse("org:profile")).context["form"].instance == user
    assert client.get("/sessions/").context["cards"] == []


# Wagtail's own pages -----------------------------------------------


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/admin/login/?next=/admin/reports/", "/accounts/login/?next=%2Fadmin%2Freports%2F"),
        ("/admin/login/?next=https://elsewhere.example/", "/accounts/login/?next=%2Fadmin%2F"),
        ("/admin/password_reset/", "/accounts/password/reset/"),
        ("/admin/password_reset/confirm/a/b/", "/accounts/password/reset/"),
        ("/admin/account/", "/me/profile/"),
        ("/accounts/email/", "/me/profile/"),
    ],
)
def test_wagtails_pages_redirect_to_the_portals(client, path, target):
    assert client.get(path)["Location"] == target


def test_admin_asks_visitors_to_the_portals_sign_in(client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


@pytest.mark.parametrize("path", ["/admin/", "/admin/users/", "/admin/login/?next=/admin/"])
def test_admin_turns_away_who_may_not_enter(client, path):
    client.force_login(UserFactory(roles=["trainee"]))
    response = client.get(path, follow=True)
    assert (response.status_code, response.templates[0].name) == (403, "403.html")


def test_wagtails_sign_out_signs_out(client):
    client.force_login(UserFactory(roles=["administrator"]))
    assert client.post("/admin/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_bulk_actions_on_people_do_not_pass_by_the_services(client):
    client.force_login(UserFactory(roles=["administrator"]))
    account = UserFactory()
    for action in ("assign_role", "set_active_state", "delete"):
        address = f"/admin/bulk/org/user/{action}/?id={account.pk}"
        assert [client.get(address).status_code, client.post(address).status_code] == [404, 404]
    account.refresh_from_db()
    assert (account.is_active, account.groups.count()) == (True, 0)


@pytest.mark.parametrize("action", ["edit", "history"])
def test_administrator_has_no_page_of_a_superuser(client, action):
    client.force_login(UserFactory(roles=["administrator"]))
    superuser = UserFactory(is_superuser=True)
    address = reverse(f"wagtailusers_users:{action}", args=[superuser.pk])
    assert client.get(address).status_code == 302
    assert client.post(address, {"username": "mine"}).status_code == 302
    superuser.refresh_from_db()
    assert superuser.username != "mine"
    index = client.get(reverse("wagtailusers_users:index"))
    assert superuser.username not in index.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_people_are_listed_with_few_queries(client, rows, django_assert_num_queries):
    administrator = UserFactory(roles=["administrator"])
    for _row in range(rows - 1):
        UserFactory(roles=["analyst"])
    client.force_login(administrator)
    client.get(reverse("wagtailusers_users:index"))
    with django_assert_num_queries(14):
        assert len(client.get(reverse("wagtailusers_users:index")).context["users"]) == rows


def test_people_are_searched_by_chinese_name(client):
    client.force_login(UserFactory(roles=["administrator"], display_name="管理员"))
    UserFactory(display_name="欧阳修远")
    response = client.get(reverse("wagtailusers_users:index"), {"q": "修远"})
    assert [user.display_name for user in response.context["users"]] == ["欧阳修远"]


# Profile and notifications ------------------------------------------------------------------------------------


def test_profile_changes_own_details_only(client):
    user = UserFactory()
    client.force_login(user)
    data = {
        "display_name": "另一个名字",
        "email": "",
        "phone": "0571",
        "language": "zh-hans",
        "username": "x",
    }
    client.post(reverse("org:profile"), data | {"is_superuser": "on"})
    before, name = user.username, user.display_name
    user.refresh_from_db()
    assert (user.display_name, user.phone, user.username, user.is_superuser) == (
        name,
        "0571",
        before,
        False,
    )


def test_own_pages_ask_visitors_to_sign_in(client):
    for name in ("me", "profile", "notifications"):
        address = reverse(f"org:{name}")
        assert client.get(address).url == f"{reverse('account_login')}?next={address}"


@pytest.mark.parametrize("rows", [1, 3])
def test_notifications_are_listed_with_few_queries(client, rows, django_assert_num_queries):
    user = UserFactory()
    NotificationFactory.create_batch(rows, recipient=user)
    NotificationFactory()
    client.force_login(user)
    client.get(reverse("org:notifications"))
    with django_assert_num_queries(6):
        page = client.get(reverse("org:notifications")).context["page_obj"]
    assert len(page.object_list) == rows


def test_following_a_notification_marks_it_read(client):
    notification = NotificationFactory()
    client.force_login(notification.recipient)
    response = client.get(reverse("org:open_notification", args=[notification.pk]))
    assert response["Location"] == notification.url
    assert unread_count(notification.recipient) == 0


def test_notification_of_another_person_is_not_there(client):
    notification = NotificationFactory()
    client.force_login(UserFactory(is_superuser=True))
    assert client.get(reverse("org:open_notification", args=[notification.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        services.mark_read(notification=notification, user=UserFactory())


def test_all_can_be_marked_read(client):
    user = UserFactory()
    NotificationFactory.create_batch(3, recipient=user)
    client.force_login(user)
    client.post(reverse("org:read_notifications"))
    assert unread_count(user) == 0


def test_notify_leaves_no_trace_in_the_audit_log():
    before = ModelLogEntry.objects.count()
    user = UserFactory()
    services.notify(recipient=user, kind=NotificationKind.QUESTION_REFINED, subject="Q", url="/")
    assert unread_count(user) == 1
    assert ModelLogEntry.objects.count() == before


def test_notify_tells_closed_accounts_nothing():
    user = UserFactory(is_active=False)
    assert services.notify(recipient=user, kind=NotificationKind.EXPORT_READY, subject="D", url="/") is None


# Topics --------------------------------------------------


@pytest.fixture
def editor():
    return UserFactory(roles=["editor"])


def session_with(*topics) -> TrainingSession:
    session = TrainingSessionFactory()
    session.topics.add(*topics)
    session.save()
    return session


def topics_of(session) -> list[str]:
    return sorted(TrainingSession.objects.get(pk=session.pk).topics.values_list("name", flat=True))


def test_merge_topic_moves_records_and_tells_of_each(editor):
    old, kept = TopicFactory(name="财产刑"), TopicFactory(name="财产性判项")
    only_old, both = session_with(old), session_with(old, kept)
    announced = []

    def listen(sender, instances, **kwargs):
        announced.extend(instances)

    record_changed.connect(listen)
    services.merge_topic(topic=old, into=kept, actor=editor)
    record_changed.disconnect(listen)
    assert [topics_of(session) for session in (only_old, both)] == [["财产性判项"], ["财产性判项"]]
    assert {session.pk for session in announced} == {only_old.pk, both.pk}
    assert Topic.objects.get(pk=old.pk).merged_into == kept


def test_merge_topic_moves_narrower_topics(editor):
    old, kept = TopicFactory(), TopicFactory()
    child = TopicFactory(parent=old)
    services.merge_topic(topic=old, into=kept, actor=editor)
    child.refresh_from_db()
    assert child.parent == kept


def test_merge_topic_into_its_own_child_leaves_no_circle(editor):
    old = TopicFactory()
    kept = TopicFactory(parent=old)
    services.merge_topic(topic=old, into=kept, actor=editor)
    kept.refresh_from_db()
    assert kept.parent is None


def test_merge_topic_refuses_itself_merged_ones_and_trainees(editor):
    old, kept = TopicFactory(), TopicFactory()
    with pytest.raises(ValidationError):
        services.merge_topic(topic=old, into=old, actor=editor)
    with pytest.raises(PermissionDenied):
        services.merge_topic(topic=old, into=kept, actor=UserFactory(roles=["trainee"]))
    services.merge_topic(topic=old, into=kept, actor=editor)
    with pytest.raises(ValidationError):
        services.merge_topic(topic=kept, into=old, actor=editor)


def test_merge_page_merges(client, editor):
    old, kept = TopicFactory(), TopicFactory()
    client.force_login(editor)
    client.post(reverse("topics:merge", args=[old.pk]), {"into": kept.pk})
    assert services.present_topic(Topic.objects.get(pk=old.pk)) == kept


@pytest.mark.parametrize("role", ["trainee", "signatory", "keeper"])
def test_organisation_is_not_for_everybody(client, role):
    client.force_login(UserFactory(roles=[role]))
    topic, department = TopicFactory(), DepartmentFactory()
    for name in ("index", "add"):
        for viewset in ("topics", "offices", "departments"):
            assert client.get(reverse(f"{viewset}:{name}")).status_code == 302
    assert client.post(reverse("topics:merge", args=[topic.pk])).status_code == 302
    assert client.post(reverse("departments:delete", args=[department.pk])).status_code == 302
    assert Department.objects.filter(pk=department.pk).exists()


def test_what_is_in_use_cannot_be_deleted(client):
    client.force_login(UserFactory(roles=["administrator"]))
    topic = TopicFactory()
    session_with(topic)
    office = UserFactory().office
    for viewset, record in (("topics", topic), ("offices", office), ("departments", office.department)):
        response = client.post(reverse(f"{viewset}:delete", args=[record.pk]))
        assert response["Location"] == reverse(f"{viewset}:edit", args=[record.pk])
        assert type(record).objects.filter(pk=record.pk).exists()


def test_what_is_not_in_use_can_be_deleted(client):
    client.force_login(UserFactory(roles=["administrator"]))
    topic = TopicFactory()
    client.post(reverse("topics:delete", args=[topic.pk]))
    assert not Topic.objects.filter(pk=topic.pk).exists()


def test_topic_is_typed_by_name_and_strangers_are_refused(client, editor):
    client.force_login(editor)
    broad, topic = TopicFactory(name="刑罚执行"), TopicFactory(name="减刑")
    url = reverse("topics:edit", args=[topic.pk])
    post_edit(client, url, {"name": "减刑", "slug": topic.slug, "parent": "刑罚执行"})
    topic.refresh_from_db()
    assert topic.parent == broad
    html = client.get(url).content.decode()
    assert 'value="刑罚执行"' in html
    assert f' value="{broad.pk}"' not in html
    response = post_edit(client, url, {"name": "减刑", "slug": topic.slug, "parent": "没有这个"})
    assert list(response.context["form"].errors) == ["parent"]
    assert 'value="没有这个"' in response.content.decode()
