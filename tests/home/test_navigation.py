"""What stands around every page."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from home.navigation import Shell, section_of
from portal.org.models import PortalSettings
from tests.factories.org import NotificationFactory, UserFactory, department

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def shell(rf, user, path="/"):
    request = rf.get(path)
    request.user = user
    return Shell(request)


def keys(entries):
    return [entry.key for entry in entries]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "home"),
        ("/sessions/TT-2026-03/", "sessions"),
        ("/questions/Q-2026-000123/", "questions"),
        ("/questions/ask/TT-2026-03/", "ask"),
        ("/clusters/C-2026-0031/", "questions"),
        ("/dossiers/D-2026-004/", "questions"),
        ("/law/社区矫正法/", "law"),
        ("/styleguide/", ""),
    ],
)
def test_section_of_takes_the_longest_prefix(path, expected):
    assert section_of(path) == expected


def test_visitors_are_not_led_to_questions(rf):
    visitor = shell(rf, AnonymousUser())
    assert keys(visitor.navigation) == ["sessions", "cases", "law", "search"]
    assert keys(visitor.bar) == ["home", "sessions", "law", "search", "me"]


def test_all_tasks_stand_at_the_foot_of_a_phones_page(client):
    client.force_login(UserFactory(roles=["trainee"]))
    foot = client.get("/me/").content.decode().split('<nav class="footer__nav"')[1].split("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', foot) == [
        "/sessions/",
        "/questions/",
        "/cases/",
        "/law/",
        "/search/",
    ]


def test_trainees_have_no_desk(rf):
    trainee = shell(rf, UserFactory(roles=["trainee"]))
    assert keys(trainee.navigation) == ["sessions", "questions", "cases", "law", "search"]
    assert keys(trainee.bar) == ["home", "sessions", "ask", "search", "me"]
    assert keys(trainee.menu) == ["questions", "assignments", "notifications", "profile"]


def test_analysts_have_a_desk(rf):
    analyst = shell(rf, UserFactory(roles=["analyst"]))
    assert keys(analyst.navigation)[-1] == "desk"
    assert "desk" in keys(analyst.menu)


def test_one_entry_is_current(rf):
    entries = shell(rf, UserFactory(), "/questions/ask/TT-2026-03/").navigation
    assert [entry.key for entry in entries if entry.current] == ["questions"]


def test_closed_portal_shows_visitors_no_entry(rf):
    PortalSettings.objects.update_or_create(
        pk=PortalSettings.load().pk, defaults={"closed_to_visitors": True}
    )
    visitor = shell(rf, AnonymousUser(), "/accounts/login/")
    assert [visitor.navigation, visitor.bar] == [[], []]


def test_unread_counts_own_unread_notifications(rf):
    user = UserFactory()
    NotificationFactory(recipient=user)
    NotificationFactory(recipient=user)
    NotificationFactory()
    assert shell(rf, user).unread == 2


def test_department_is_that_of_the_current_office(rf):
    assert shell(rf, UserFactory()).department == department("court")


def test_theme_comes_from_the_cookie(rf):
    page = shell(rf, AnonymousUser())
    page.request.COOKIES["tongtang_theme"] = "dark"
    assert page.theme == "dark"


def test_unknown_theme_is_ignored(rf):
    page = shell(rf, AnonymousUser())
    page.request.COOKIES["tongtang_theme"] = '"><script>'
    assert page.theme == ""


def test_sign_in_comes_back_to_the_page(rf):
    page = shell(rf, AnonymousUser(), "/law/?q=1")
    assert page.sign_in_url == "/accounts/login/?next=%2Flaw%2F%3Fq%3D1"
