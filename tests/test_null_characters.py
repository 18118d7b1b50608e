"""A null character is refused wherever something is sent: PostgreSQL stores none."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bench.fuzz import PLACEHOLDER, routes
from inquiry.models import QuestionCluster
from tests.factories.inquiry import ClusterFactory, DossierFactory, QuestionFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db
FIELDS = [
    "title",
    "text",
    "reason",
    "statement",
    "name",
    "names",
    "number",
    "numbers",
    "other_number",
    "q",
    "note",
    "direction",
    "status",
    "keys",
    "target",
    "next",
    "format",
    "lang",
    "queue",
    "further_topics",
    "topics",
    "questions",
    "upload",
    "sheet_name",
    "token",
    "to",
    "into",
    "role",
    "person",
    "due_on",
    "document",
    "username",
    "login",
    "password",
    "email",
    "display_name",
    "language",
    "theme",
    "undo",
    "record",
    "kind",
    "limit",
    "heading",
    "rationale",
    "me_too",
]


@pytest.fixture
def keeper(client):
    person = UserFactory(roles=["analyst", "keeper", "administrator", "reviewer"], is_superuser=True)
    client.force_login(person)
    return person


def addresses() -> list[str]:
    numbers = {
        "questions/": QuestionFactory().number,
        "clusters/": ClusterFactory(questions=[QuestionFactory()]).number,
        "dossiers/": DossierFactory().number,
    }
    found = []
    for route in routes():
        number = next((value for start, value in numbers.items() if route.startswith(start)), "x")
        found.append("/" + PLACEHOLDER.sub(lambda match, number=number: _part(match[1], number), route))
    return found


def _part(kind: str, number: str) -> str:
    keys = {"int": "1", "uuid": "0727ebab-61fe-451b-8697-1de004cba8c3"}
    return keys.get(kind, number)


def test_no_address_fails_where_every_field_holds_one(client, keeper):
    client.raise_request_exception = False
    data = dict.fromkeys(FIELDS, "减刑\x00假释")
    answers = {url: client.post(url, data).status_code for url in addresses()}
    assert {url: status for url, status in answers.items() if status >= 500} == {}
    assert list(answers.values()).count(400) > 200


def test_page_says_why_and_nothing_is_saved(client, keeper):
    cluster = ClusterFactory(title="原来的标题")
    url = f"/clusters/{cluster.number}/edit/"
    response = client.post(url, {"title": "新的\x00标题"}, headers={"accept-language": "en"})
    assert response.status_code == 400
    assert response.templates[0].name == "null_character.html"
    assert QuestionCluster.objects.get(pk=cluster.pk).title == "原来的标题"


@pytest.mark.parametrize(
    "data",
    [
        {"bo\x00dy": "减刑"},
        {"body": '[{"type": "text", "value": "减\\u0000刑"}]'},
        {"file": SimpleUploadedFile("减\x00刑.txt", b"x")},
    ],
)
def test_names_files_and_json_are_looked_at(client, keeper, data):
    status = client.post("/questions/import/", data).status_code
    # A file's name is cut at the character before anybody sees it.
    assert status in ((200, 400) if "file" in data else (400,))


def test_words_about_the_character_are_no_such_character(client, keeper):
    cluster = ClusterFactory()
    response = client.post(f"/clusters/{cluster.number}/edit/", {"title": r"\u0000 与 %00"})
    assert response.context["form"]["title"].value() == r"\u0000 与 %00"
