"""What happens while Elasticsearch is away, and when it is back."""

import time

import pytest
from django.utils import timezone

from search.engines.base import NoIndex, SearchUnavailable
from search.engines.configured import get_engine
from search.indexing.outbox import drain, enqueue
from search.indexing.rebuilding import rebuild
from search.kinds import current_states
from search.management.commands.index_worker import drain_queue
from search.models import IndexBuild, OutboxEntry
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.engines import ELASTICSEARCH_URL, cluster, contents, remove
from tests.search.gate import Gate
from tests.waiting import wait_until

pytestmark = [pytest.mark.elasticsearch, pytest.mark.django_db]


@pytest.fixture
def gate():
    made = Gate(ELASTICSEARCH_URL.split(",")[0])
    yield made
    made.shut()


@pytest.fixture
def elastic(settings, gate, monkeypatch):
    """The configured engine, behind the gate, which is open."""
    monkeypatch.setattr("search.engines.breaker.FIRST_PAUSE_SECONDS", 0.2)
    options = cluster(hosts=(gate.url,), timeout=3.0)
    settings.SEARCH_ENGINES = ["elastic"]
    settings.SEARCH_ELASTICSEARCH = {name: getattr(options, name) for name in options.__slots__}
    gate.open()
    made = get_engine()
    yield made
    gate.shut()
    gate.open()
    wait_until(lambda: is_up(made))
    remove(made)


def is_up(engine) -> bool:
    try:
        engine.ping()
    except NoIndex:
        return True
    except SearchUnavailable:
        return False
    return True


def test_queue_waits_without_attempts_and_drains_when_the_cluster_is_back(elastic, gate):
    rebuild(elastic)
    question = QuestionFactory()
    enqueue("question", [question.pk])
    gate.shut()
    started = time.monotonic()
    for _time in range(5):
        with pytest.raises(SearchUnavailable):
            drain(elastic)
        with pytest.raises(SearchUnavailable):
            drain_queue(elastic)
    assert time.monotonic() - started < 3
    assert [(row.attempts, row.parked_at) for row in OutboxEntry.objects.all()] == [(0, None)]
    gate.open()
    wait_until(lambda: is_up(elastic))
    drain_queue(elastic)
    assert (OutboxEntry.objects.count(), contents(elastic)) == (0, [f"question:{question.pk}"])


def test_rows_that_were_overtaken_let_others_pass(elastic):
    """As after a backup of the database was restored: the index holds states that are called later still."""
    rebuild(elastic)
    old, new = QuestionFactory(), QuestionFactory()
    elastic.apply(current_states([("question", old.pk)]), version=1_000_000)
    enqueue("question", [old.pk])
    enqueue("question", [new.pk])
    assert [drain(elastic, limit=1), drain(elastic, limit=1)] == [0, 1]
    [row] = OutboxEntry.objects.all()
    assert (row.object_id, row.attempts, row.not_before > timezone.now()) == (old.pk, 0, True)


@pytest.mark.parametrize("step", ["add", "settle", "publish"])
def test_cluster_that_goes_away_ends_the_build(elastic, gate, step, monkeypatch):
    """Told as an outage, with nothing left that a later build would wait for."""
    rebuild(elastic)
    QuestionFactory()
    made = elastic.build

    def build():
        one = made()
        done = getattr(one, step)

        def away(*arguments, **options):
            gate.shut()
            return done(*arguments, **options)

        monkeypatch.setattr(one, step, away)
        return one

    with monkeypatch.context() as patch:
        patch.setattr(elastic, "build", build)
        with pytest.raises(SearchUnavailable):
            rebuild(elastic)
    assert IndexBuild.objects.running("elastic").count() == 0
    gate.open()
    wait_until(lambda: is_up(elastic))
    rebuild(elastic)
    indices = elastic.patient.indices.get(index=f"{elastic.cluster.prefix}-*")
    assert (elastic.size()[0], len(indices)) == (1, 6)
