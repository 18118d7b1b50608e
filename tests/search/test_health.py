"""What machines are health_of of the search queue and the engines."""

import datetime as dt
import time

import pytest
from django.utils import timezone

from search.indexing.rebuilding import rebuild
from search.models import OutboxEntry
from tests.search.engines import configure, remove

pytestmark = pytest.mark.django_db
ADDRESS = "/health/search/"
AWAY = {"hosts": ("http://127.0.0.1:9",), "timeout": 1.0}


def health_of(client) -> tuple[int, dict[str, str]]:
    response = client.get(ADDRESS, headers={"accept": "application/json"})
    return response.status_code, {
        name.removesuffix("()"): said.removeprefix("Unavailable: ") for name, said in response.json().items()
    }


def wait(engine="embedded", minutes=0, **fields) -> OutboxEntry:
    since = timezone.now() - dt.timedelta(minutes=minutes)
    return OutboxEntry.objects.create(engine=engine, kind="question", object_id=1, created_at=since, **fields)


def test_search_is_well_where_the_queue_moves_and_an_engine_answers(client, indexed):
    indexed()
    wait(minutes=9)
    assert health_of(client) == (200, {"SearchQueue": "OK", "SearchEngine": "OK"})


@pytest.mark.parametrize("limit", [10, 5])
def test_queue_is_red_when_the_oldest_row_has_waited_too_long(client, indexed, settings, limit):
    indexed()
    settings.SEARCH_QUEUE_MINUTES = limit
    wait(minutes=limit - 1)
    assert health_of(client)[0] == 200
    wait(minutes=limit + 1)
    status, checks = health_of(client)
    message = f"embedded: the oldest of 2 has waited for more than {limit} minutes"
    assert (status, checks) == (500, {"SearchQueue": message, "SearchEngine": "OK"})


def test_queue_is_red_when_a_record_was_parked(client, indexed):
    indexed()
    wait(parked_at=timezone.now())
    assert health_of(client)[1]["SearchQueue"] == "embedded: parked: 1"


def test_rows_that_were_parked_are_not_late_as_well(client, indexed):
    indexed()
    wait(minutes=90, parked_at=timezone.now())
    assert health_of(client)[1]["SearchQueue"] == "embedded: parked: 1"


def test_rows_that_are_kept_for_a_build_do_not_wait(client, indexed):
    indexed()
    wait(minutes=90, done_at=timezone.now())
    assert health_of(client)[0] == 200


def test_rows_of_an_engine_that_is_not_configured_are_nobodys(client, indexed):
    indexed()
    wait("elastic", minutes=90)
    assert health_of(client)[0] == 200


def test_every_configured_engine_is_watched(client, indexed, settings):
    indexed()
    settings.SEARCH_ENGINES = ["embedded", "elastic"]
    wait("elastic", minutes=90)
    wait("embedded", parked_at=timezone.now())
    message = "embedded: parked: 1; elastic: the oldest of 1 has waited for more than 10 minutes"
    assert health_of(client)[1] == {"SearchQueue": message, "SearchEngine": "OK"}


def test_fallback_engine_is_enough(client, indexed, settings):
    indexed()
    settings.SEARCH_ELASTICSEARCH = AWAY
    settings.SEARCH_ENGINES = ["elastic", "embedded"]
    assert health_of(client)[1]["SearchEngine"] == "OK"


def test_no_engine_that_answers_is_red_and_soon_said(client, settings):
    settings.SEARCH_ELASTICSEARCH = AWAY
    settings.SEARCH_ENGINES = ["elastic"]
    started = time.monotonic()
    assert health_of(client)[1]["SearchEngine"] == "No engine answers"
    assert time.monotonic() - started < 3


def test_missing_index_is_no_answer(client):
    assert health_of(client) == (500, {"SearchQueue": "OK", "SearchEngine": "No engine answers"})


def test_portal_stays_in_service_without_search(client):
    wait(minutes=90)
    assert client.get("/health/").status_code == 200


@pytest.mark.elasticsearch
def test_elasticsearch_answers(client, settings):
    engine = configure("elastic", settings)
    rebuild(engine)
    assert health_of(client)[0] == 200
    remove(engine)
