"""Departments, offices, language, the closed portal, and Wagtail's own pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.org import services
from portal.org.enums import Role
from portal.org.models import Department, PortalSettings, Topic
from portal.org.rules import audience_tokens
from portal.org.selectors import office_by_name
from tests.factories.org import (
    DepartmentFactory,
    OfficeAliasFactory,
    OfficeFactory,
    TopicFactory,
    UserFactory,
)
from tests.org.test_topics import session_with

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
