"""What the sign-in says: why a page asks for an account, and what was wrong."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from portal.org.models import PortalSettings
from tests.factories.org import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["tongtang_language"] = "en"


def text_of(response):
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/questions/", "so that those who ask can speak freely"),
        ("/clusters/C-2026-0001/", "so that those who ask can speak freely"),
        ("/questions/ask/", "you come back to the form"),
        ("/me/assignments/", "This is your own page"),
        ("/desk/?queue=awaiting", "At the desk analysts refine"),
        ("/admin/sessions/", "The administration is for people who have a role in it"),
    ],
)
def test_visitor_learns_why_a_page_asks_for_an_account(client, path, reason):
    response = client.get(path, follow=True)
    assert response.redirect_chain
    assert reason in text_of(response)


def test_sign_in_from_an_open_page_gives_no_reason(client):
    text = text_of(client.get("/accounts/login/", {"next": "/law/"}))
    assert "speak freely" not in text
    assert "open to people of the departments only" not in text


def test_closed_portal_says_that_it_is(client):
    settings = PortalSettings.load()
    settings.closed_to_visitors = True
    settings.save()
    text = text_of(client.get("/questions/", follow=True))
    assert "This portal is open to people of the departments only." in text
    assert "open without an account" not in text


def test_wrong_password_is_told_as_such(client):
    user = UserFactory(username="chen.lan")
    data = {"login": user.username, "password": "wrong", "next": "/questions/"}
    text = text_of(client.post(reverse("account_login"), data))
    assert "The username or the password is wrong." in text
    assert "Something is missing" not in text
    assert "speak freely" in text


def test_forgotten_field_is_named(client):
    text = text_of(client.post(reverse("account_login"), {"login": "", "password": PASSWORD}))
    assert "Something is missing or not right." in text
    assert "Username: This field is required." in text


def test_refused_page_says_who_is_signed_in(client):
    client.force_login(UserFactory(display_name="陈岚", roles=["trainee"], language="en"))
    text = text_of(client.get("/desk/"))
    assert "You are signed in as 陈岚." in text
    assert "Sign in as somebody else" in text
