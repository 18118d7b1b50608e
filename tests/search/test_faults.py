"""Machines that fail in the middle of work: nothing is lost, nothing wrong is found, and search goes on."""

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass

import pytest
from django.db import connections, transaction

from inquiry.models import Question
from inquiry.services.questions import raise_question
from norms.models import NormativeDocument
from portal.org.enums import Role
from search.answers.searching import search
from search.engines import SearchUnavailable
from search.engines.base import WriteOutcome
from search.engines.configured import get_engine
from search.indexing.outbox import enqueue, next_version
from search.indexing.rebuilding import rebuild
from search.kinds import current_states
from search.models import OutboxEntry
from search.query.parsing import SearchQuery
from tests.factories.courses import TrainingSessionFactory
from tests.factories.org import UserFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.cluster import (
    NODES,
    NONE_DIFFER,
    STAFF,
    Searchers,
    Worker,
    checked,
    nothing_waits,
    real_cluster,
)
from tests.search.engines import cluster, remove
from tests.search.laws import add_version, make_law
from tests.search.proxy import Fault, proxied
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.postgres,
    pytest.mark.xdist_group("cluster"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
STEADY = 12
QUESTIONS = 300
ARTICLES = 9


@dataclass
class Changing:
    questions: list[int]
    law: NormativeDocument
    day: dt.date = dt.date(2021, 1, 1)

    def change(self, words, *, some=slice(None)) -> None:
        """Titles of questions, and a new version of the law in the place of the one before."""
        ids = self.questions[some]
        with transaction.atomic():
            Question.objects.filter(pk__in=ids).update(title=words)
            self.day += dt.timedelta(days=1)
            add_version(self.law, dict.fromkeys(range(1, ARTICLES + 1), words), day=self.day)
            enqueue("question", ids)
            enqueue("norm", [self.law.pk])


@pytest.fixture(scope="module")
def nodes():
    with real_cluster() as started:
        yield started


@pytest.fixture
def engine(nodes, settings):
    """The first of the configured engines, and all its nodes well."""
    settings.SEARCH_ENGINES = ["elastic"]
    settings.SEARCH_ELASTICSEARCH = asdict(cluster(hosts=nodes.hosts, replicas=1, timeout=3.0))
    nodes.start()
    made = get_engine()
    yield made
    nodes.start()
    made.breaker.succeeded()
    remove(made)


@pytest.fixture
def changing(engine):
    """Questions that change, and a law, beside others that stay."""
    for number in range(STEADY):
        QuestionFactory(title=f"始终如一的题目{number}", asker=None)
    questions = [QuestionFactory(title="变动", asker=None).pk for _number in range(QUESTIONS)]
    law = make_law("变动的办法", dict.fromkeys(range(1, 30), "最初的内容"), slug="changing")
    rebuild(engine)
    OutboxEntry.objects.all().delete()
    return Changing(questions, law)


@pytest.fixture
def searchers():
    return Searchers("始终如一", STEADY)


def titles(text) -> int:
    return search(SearchQuery(text=text), STAFF).total


def test_node_is_killed_while_changes_are_indexed_and_people_search(
    nodes, engine, changing, searchers, tmp_path
):
    with Worker(tmp_path), searchers:
        for number in range(12):
            changing.change(f"第{number}次改动")
            if number == 3:
                nodes.kill(nodes.master())
            time.sleep(0.5)
        nodes.start()
        changing.change("最后的改动")
        wait_until(nothing_waits)
    searchers.were_answered(longest_outage=20)
    assert titles('"最后的改动"') == QUESTIONS + ARTICLES
    assert checked(engine.name) == NONE_DIFFER


def test_node_hangs_while_changes_are_indexed_and_people_search(nodes, engine, changing, searchers, tmp_path):
    """Nobody waits longer than for one node and a sign of life of the others, and that but once."""
    with Worker(tmp_path), searchers:
        time.sleep(1)
        with nodes.frozen(next(node for node in NODES if node != nodes.master())):
            changing.change("在停顿之中")
            time.sleep(15)
        changing.change("在停顿之后")
        wait_until(nothing_waits)
    searchers.were_answered(longest_outage=15)
    assert titles('"在停顿之后"') == QUESTIONS + ARTICLES
    assert checked(engine.name) == NONE_DIFFER


def test_worker_is_killed_between_writing_and_removing_rows(nodes, engine, changing, tmp_path):
    with proxied(nodes.hosts[0]) as proxy:
        proxy.fail(Fault.HOLD, "_bulk")
        with Worker(tmp_path, TONGTANG_ELASTICSEARCH_URL=proxy.url) as worker:
            changing.change("写到一半")
            assert proxy.happened.wait(60)
            worker.kill()
    assert titles('"写到一半"') >= QUESTIONS
    assert OutboxEntry.objects.waiting().count() == QUESTIONS + 1
    changing.change("又改了一次", some=slice(10))
    with Worker(tmp_path), Worker(tmp_path):
        wait_until(nothing_waits)
    assert checked(engine.name) == NONE_DIFFER


def test_worker_that_slept_does_not_undo_what_another_did(nodes, engine, changing, tmp_path):
    """Its bulk request comes when the record has long been changed, and deleted, by others."""
    gone = changing.questions[1]
    with proxied(nodes.hosts[0]) as proxy:
        proxy.fail(Fault.HANG, "_bulk")
        with Worker(tmp_path, TONGTANG_ELASTICSEARCH_URL=proxy.url):
            changing.change("旧的状态", some=slice(2))
            assert proxy.happened.wait(60)
            changing.change("新的状态", some=slice(1))
            Question.objects.filter(pk=gone).delete()
            enqueue("question", [gone])
            with Worker(tmp_path):
                wait_until(lambda: titles('"新的状态"') > 0)
            proxy.heal()
            wait_until(nothing_waits)
    assert checked(engine.name) == NONE_DIFFER


def test_deleted_record_stays_deleted_after_the_server_has_forgotten(engine, changing):
    """Elasticsearch itself remembers a delete for a minute; here for a moment."""
    names = f"{engine.cluster.prefix}-*"
    engine.nodes.client.indices.put_settings(index=names, settings={"index.gc_deletes": "0s"})
    question, law = changing.questions[0], changing.law.pk
    older, late = next_version(), current_states([("question", question), ("norm", law)])
    Question.objects.filter(pk=question).delete()
    changing.law.delete()
    gone = current_states([("question", question), ("norm", law)])
    assert engine.apply(gone, version=next_version()) == WriteOutcome()
    time.sleep(1)
    assert engine.apply(late, version=older).overtaken == {f"question:{question}", f"norm:{law}"}
    assert checked(engine.name) == NONE_DIFFER


def test_index_is_swapped_under_load(engine, changing, searchers, tmp_path):
    with ThreadPoolExecutor(1) as executor, Worker(tmp_path), searchers:
        for _time in range(3):
            swap = executor.submit(_rebuild, engine)
            number = 0
            while not swap.done():
                changing.change(f"重建之中{number}", some=slice(number, None, 10))
                number = (number + 1) % 10
                time.sleep(0.1)
            swap.result()
        wait_until(nothing_waits)
    assert (searchers.wrong, searchers.unavailable) == ([], 0), searchers
    assert checked(engine.name) == NONE_DIFFER


def _rebuild(engine) -> None:
    try:
        rebuild(engine, processes=1)
    finally:
        connections.close_all()


class TestAway:
    @pytest.fixture
    def session(self):
        return TrainingSessionFactory()

    @pytest.fixture
    def trainee(self):
        return UserFactory(roles=[Role.TRAINEE])

    @pytest.fixture
    def raised(self, session, trainee):
        """Call it to raise a question; how long that took."""

        def ask(text):
            started = time.monotonic()
            raise_question(session=session, kind="question", text=text, naming="anonymous", actor=trainee)
            return time.monotonic() - started

        return ask

    def test_all_but_search_works_and_the_queue_drains_when_the_cluster_returns(
        self, nodes, engine, session, trainee, changing, raised, client, tmp_path
    ):
        client.force_login(trainee)
        pages = [
            "/",
            f"/questions/ask/{session.number}/",
            "/law/changing/",
            f"/sessions/{session.number}/",
        ]
        with Worker(tmp_path) as worker:
            wait_until(nothing_waits)
            nodes.kill(*NODES)
            assert max(raised(f"停机之中的第{number}问") for number in range(20)) < 2
            for address in (*pages, f"/questions/{Question.objects.latest('pk').number}/"):
                assert client.get(address).status_code == 200, address
            assert client.get("/search/", {"q": "停机"}).status_code == 503
            assert OutboxEntry.objects.waiting().count() >= 20
            nodes.start()
            took = wait_until(nothing_waits)
            assert worker.is_alive
        assert took < 60
        wait_until(lambda: titles("停机之中") == 20, seconds=30)
        assert checked(engine.name) == NONE_DIFFER

    def test_nobody_waits_for_it_twice(self, nodes, engine, changing, settings):
        with ExitStack() as stack:
            proxies = [stack.enter_context(proxied(host)) for host in nodes.hosts]
            settings.SEARCH_ELASTICSEARCH = settings.SEARCH_ELASTICSEARCH | {
                "hosts": tuple(proxy.url for proxy in proxies)
            }
            assert titles("始终如一") == STEADY
            for proxy in proxies:
                proxy.fail(Fault.HANG)
            waits = [_seconds_in_vain() for _search in range(10)]
            for proxy in proxies:
                proxy.heal()
            returned = wait_until(_is_answered, seconds=30)
        assert waits[0] < 6 and max(waits[1:]) < 0.5, waits
        assert returned < 20

    def test_standby_answers_and_says_so(self, nodes, engine, session, changing, raised, settings, tmp_path):
        settings.SEARCH_ENGINES = ["elastic", "embedded"]
        rebuild(get_engine("embedded"))
        with Worker(tmp_path):
            raised("停机之前的问题")
            wait_until(nothing_waits)
            assert not search(SearchQuery(text="停机之前"), STAFF).is_fallback
            nodes.kill(*NODES)
            raised("停机期间的问题")
            wait_until(lambda: not OutboxEntry.objects.for_engine("embedded").waiting().exists())
            found = search(SearchQuery(text="停机期间"), STAFF)
            assert (found.engine, found.is_fallback, found.total) == ("embedded", True, 1)
            nodes.start()
            wait_until(nothing_waits)
        wait_until(lambda: not search(SearchQuery(text="停机期间"), STAFF).is_fallback, seconds=30)
        for name in settings.SEARCH_ENGINES:
            assert checked(name) == NONE_DIFFER


def _seconds_in_vain() -> float:
    started = time.monotonic()
    with pytest.raises(SearchUnavailable):
        titles("始终如一")
    return time.monotonic() - started


def _is_answered() -> bool:
    try:
        return titles("始终如一") == STEADY
    except SearchUnavailable:
        return False
