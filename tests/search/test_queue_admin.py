"""The outbox in Wagtail's admin."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from portal.org.enums import Role
from search.indexing.outbox import retry_parked
from search.models import IndexBuild, OutboxEntry
from search.rules import can_retry_indexing, can_see_queue
from tests.factories.org import UserFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/search-queue/"
AWAY = {"hosts": ("http://127.0.0.1:9",), "timeout": 1.0}


def sign_in(client, *roles, **fields):
    client.force_login(UserFactory(roles=list(roles), **fields))
    return client


@pytest.fixture
def administrator(client):
    return sign_in(client, "administrator", language="en")


def wait(pk=1, *, kind="question", engine="embedded", minutes=0, **fields) -> OutboxEntry:
    since = timezone.now() - dt.timedelta(minutes=minutes)
    return OutboxEntry.objects.create(engine=engine, kind=kind, object_id=pk, created_at=since, **fields)


def park(pk=1, **fields) -> OutboxEntry:
    return wait(pk, attempts=8, last_error="ValueError", parked_at=timezone.now(), **fields)


def body(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def rows(response) -> list[int]:
    return [row.object_id for row in response.context["object_list"]]


@pytest.mark.parametrize("role", Role.values)
def test_analysts_and_administrators_see_the_queue(client, role):
    sees = role in {"analyst", "administrator"}
    assert sign_in(client, role).get(PAGE).status_code == (200 if sees else 302)
    user = UserFactory(roles=[role])
    assert (can_see_queue(user), can_retry_indexing(user)) == (sees, role == "administrator")


def test_person_with_the_admin_but_without_the_queue_is_refused(client):
    """Wagtail sends back to its front page."""
    editor = sign_in(client, "editor")
    assert editor.get(PAGE).url == reverse("wagtailadmin_home")
    assert editor.post(reverse("search-queue:retry"), {"row": park().pk}).status_code == 302
    assert OutboxEntry.objects.parked().count() == 1
    assert PAGE not in body(editor.get(reverse("wagtailadmin_home")))


def test_queue_is_in_the_menu(administrator):
    assert PAGE in body(administrator.get(reverse("wagtailadmin_home")))


def test_empty_queue_says_so(administrator, indexed):
    indexed()
    page = body(administrator.get(PAGE))
    assert "Nothing waits: the indexes hold the present state of every record." in page
    assert "It answers." in page


def test_rows_name_kind_and_number_alone(administrator, indexed):
    question = QuestionFactory(title="不该看见的题目", number="Q-2026-000777")
    indexed()
    OutboxEntry.objects.all().delete()
    park(question.pk)
    page = body(administrator.get(PAGE))
    assert f"Question {question.pk}" in page
    assert "ValueError" in page
    assert question.title not in page and question.number not in page


def test_what_failed_most_often_comes_first(administrator, indexed):
    indexed()
    wait(1), wait(2, attempts=3), park(3)
    assert rows(administrator.get(PAGE)) == [3, 2, 1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "parked"}, [3]),
        ({"state": "failing"}, [2]),
        ({"state": "waiting"}, [1, 4]),
        ({"kind": "norm"}, [4]),
        ({"engine": "elastic"}, []),
        ({"state": "parked", "kind": "norm"}, []),
        ({"state": "nonsense"}, [3, 2, 1, 4]),
    ],
)
def test_rows_can_be_filtered(administrator, indexed, settings, query, expected):
    indexed()
    settings.SEARCH_ELASTICSEARCH = AWAY
    settings.SEARCH_ENGINES = ["embedded", "elastic"]
    wait(1), wait(2, attempts=3), park(3), wait(4, kind="norm")
    response = administrator.get(PAGE, query)
    assert rows(response) == expected
    if not expected:
        assert "No record that waits matches these filters." in body(response)


def test_rows_are_paged(administrator, indexed):
    indexed()
    for pk in range(1, 53):
        wait(pk)
    assert rows(administrator.get(PAGE, {"p": 2})) == [51, 52]
    assert rows(administrator.get(reverse("search-queue:results"), {"p": 2})) == [51, 52]


def test_engines_are_shown_with_what_waits_for_them(administrator, indexed, settings):
    QuestionFactory()
    indexed()
    settings.SEARCH_ELASTICSEARCH = AWAY
    settings.SEARCH_ENGINES = ["elastic", "embedded"]
    OutboxEntry.objects.all().delete()
    wait(1, engine="elastic", minutes=25), wait(2, engine="elastic"), park(3, engine="elastic", kind="norm")
    response = administrator.get(PAGE)
    elastic, embedded = (card["state"] for card in response.context["engines"])
    assert (elastic.answer, elastic.is_first, elastic.queue.waiting, elastic.queue.parked) == (
        "away",
        True,
        2,
        1,
    )
    assert elastic.queue.is_late is True
    counts = [(kind.kind, kind.waiting, kind.parked) for kind in elastic.queue.kinds]
    assert counts == [("norm", 0, 1), ("question", 2, 0)]
    assert (embedded.answer, embedded.is_first, embedded.documents) == ("answers", False, 1)
    page = body(response)
    assert "It does not answer. Changes are kept and indexed when it is back." in page
    assert "the oldest for more than 10 minutes" in page


def test_missing_index_is_said(administrator):
    assert "It has no index yet." in body(administrator.get(PAGE))


def test_running_build_is_shown_with_its_progress(administrator, indexed):
    indexed()
    build = IndexBuild.objects.create(engine="embedded", records=4000, done=1000)
    page = body(administrator.get(PAGE))
    assert "A new index is being built: 1,000 of 4,000 records" in page
    assert 'value="25"' in page
    IndexBuild.objects.filter(pk=build.pk).update(seen_at=timezone.now() - dt.timedelta(hours=1))
    assert "its process has ended" in body(administrator.get(PAGE))


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_any_number(administrator, indexed, django_assert_num_queries, count):
    indexed()
    OutboxEntry.objects.all().delete()
    for pk in range(count):
        park(pk + 1)
    administrator.get(PAGE)
    with django_assert_num_queries(11):
        administrator.get(PAGE)


def test_one_record_is_tried_again(administrator, indexed):
    indexed()
    one, other = park(1), park(2)
    response = administrator.post(
        reverse("search-queue:retry"), {"row": one.pk, "next": f"{PAGE}?state=parked"}, follow=True
    )
    assert response.redirect_chain[0][0] == f"{PAGE}?state=parked"
    assert "1 record will be tried again." in body(response)
    one.refresh_from_db()
    assert (one.parked_at, one.attempts) == (None, 0)
    assert list(OutboxEntry.objects.parked()) == [other]
    entry = ModelLogEntry.objects.get(action="search.retry")
    assert (entry.label, entry.data) == ("embedded question:1", {"engine": "embedded", "rows": 1})


def test_all_records_of_an_engine_are_tried_again(administrator, indexed):
    indexed()
    park(1), park(2), park(3, engine="elastic")
    response = administrator.post(reverse("search-queue:retry"), {"engine": "embedded"}, follow=True)
    assert "2 records will be tried again." in body(response)
    assert [row.engine for row in OutboxEntry.objects.parked()] == ["elastic"]
    assert ModelLogEntry.objects.get(action="search.retry").data == {"engine": "embedded", "rows": 2}


def test_second_click_says_that_nothing_is_left(administrator, indexed):
    indexed()
    gone = park(1).pk
    OutboxEntry.objects.all().delete()
    response = administrator.post(reverse("search-queue:retry"), {"row": gone}, follow=True)
    assert "Nothing is parked any more." in body(response)


@pytest.mark.parametrize("data", [{}, {"row": "x"}, {"row": "9" * 40}, {"engine": "nobody"}])
def test_senseless_retry_changes_nothing(administrator, data):
    park(1)
    response = administrator.post(reverse("search-queue:retry"), data)
    assert response.status_code == 302
    assert OutboxEntry.objects.parked().count() == 1


def test_retry_must_be_posted(administrator):
    row = park(1)
    assert administrator.get(reverse("search-queue:retry"), {"row": row.pk}).status_code == 405
    assert list(OutboxEntry.objects.parked()) == [row]


def test_analyst_sees_and_does_not_retry(client, indexed):
    indexed()
    row = park(1)
    analyst = sign_in(client, "analyst", language="en")
    assert "Try again" not in body(analyst.get(PAGE))
    analyst.post(reverse("search-queue:retry"), {"row": row.pk})
    assert OutboxEntry.objects.parked().count() == 1
    with pytest.raises(PermissionDenied):
        retry_parked(actor=UserFactory(roles=["analyst"]))


def test_front_page_of_the_admin_tells_administrators_of_a_red_queue(administrator, client):
    home = reverse("wagtailadmin_home")
    wait(1)
    assert "queue-panel" not in body(administrator.get(home)) and "could not index" not in body(
        client.get(home)
    )
    park(2), wait(3, minutes=25)
    page = body(administrator.get(home))
    assert "record that Embedded index could not index" in page
    assert "changes wait for Embedded index, the oldest for more than 10 minutes" in page
    assert "could not index" not in body(sign_in(client, "analyst", language="en").get(home))
