"""What stays on a computer after its reader has left: headers, cookies, messages."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from inquiry.enums import Naming
from search.engines.configured import get_engine
from search.indexing.rebuilding import rebuild
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return UserFactory(roles=["administrator", "analyst"])


PERSONAL = [
    "/",
    "/me/",
    "/me/questions/",
    "/me/notifications/",
    "/me/profile/",
    "/questions/",
    "/clusters/",
    "/dossiers/",
    "/desk/",
    "/search/",
    "/search/suggest/?q=减刑",
    "/admin/",
    "/admin/users/",
    "/accounts/password/change/",
]


@pytest.mark.parametrize("address", PERSONAL)
def test_pages_of_a_signed_in_person_are_stored_nowhere(client, person, address):
    rebuild(get_engine())
    client.force_login(person)
    response = client.get(address)
    assert response.status_code == 200
    directives = {part.strip() for part in response["Cache-Control"].split(",")}
    assert {"private", "no-store"} <= directives


def test_pages_of_visitors_and_shared_files_may_be_stored(client, person):
    assert "no-store" not in client.get("/").get("Cache-Control", "")
    client.force_login(person)
    assert "no-store" not in client.get(reverse("home:departments_css"))["Cache-Control"]


def test_drafts_in_a_browser_do_not_say_whose_they_are(client, person):
    """A draft stays where its person forgot to sign out; administrators see in addresses which number is whose."""
    session = TrainingSessionFactory()
    keys = []
    for reader in (person, UserFactory()):
        client.force_login(reader)
        body = client.get(reverse("inquiry:ask", args=[session.number])).content.decode()
        (key,) = re.findall(r'data-person="([^"]*)"', body)
        assert f'data-draft="{key}:{session.number}"' in body
        assert not {str(reader.pk), reader.username} & {key}
        keys.append(key)
    assert len(set(keys)) == 2
    assert 'data-person=""' in Client().get("/").content.decode()


@pytest.mark.parametrize("address", ["/accounts/logout/", "/admin/logout/"])
def test_signing_out_clears_the_cache_and_no_more(client, person, address):
    client.force_login(person)
    client.cookies["tongtang_theme"] = "dark"
    response = client.post(address)
    assert response["Clear-Site-Data"] == '"cache"'
    assert "no-store" in response["Cache-Control"]
    assert "Clear-Site-Data" not in client.get("/")


def test_a_message_waits_in_the_session(client):
    """The number of a question that was just raised does not lie in a cookie."""
    session = TrainingSessionFactory()
    client.force_login(UserFactory())
    response = client.post(
        reverse("inquiry:ask", args=[session.number]),
        {
            "kind": "question",
            "text": "逾期一日未归可否警告？",
            "naming": Naming.ANONYMOUS,
            "submission_key": "6f1c53a4-93ff-4b7c-8a55-4d7e3f1e4b02",
        },
    )
    assert response.status_code == 302
    assert set(client.cookies) <= {"sessionid", "csrftoken"}
    assert "Q-" not in response.cookies.output()
    assert "Q-" in client.get(response["Location"]).content.decode()


def test_every_page_brings_the_script_that_deletes_drafts(client, person):
    question = QuestionFactory()
    visited = ["/accounts/login/"]
    assert all("js/drafts" in client.get(address).content.decode() for address in visited)
    client.force_login(person)
    for address in ("/", "/me/", question.get_absolute_url(), "/admin/", "/accounts/logout/"):
        body = client.get(address).content.decode()
        assert body.count("js/drafts") == 1, address
