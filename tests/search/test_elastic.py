"""What Elasticsearch alone must do: nodes that hang, answers that are lost, errors in the portal's words."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from elasticsearch import TransportError

from search.documents import SourceState
from search.engines import SearchUnavailable
from search.engines.base import NoIndex, WriteOutcome
from search.engines.elastic import ElasticEngine
from search.engines.elastic.client import Cluster, error_of
from search.engines.elastic.mapping import alias_of
from search.engines.elastic.writing import OVERTAKEN, Operation, failure_of, write
from search.query.parsing import SearchQuery
from search.query.planning import make_plans
from tests.factories.search import SearchDocumentFactory as Document
from tests.search.engines import ELASTICSEARCH_URL, VISITOR, article, change, cluster, fill, keys, put, remove
from tests.search.proxy import Fault, proxied
from tests.waiting import wait_until

TIMEOUT = 1.0
# Seconds: a pause of the breaker that the next caller no longer meets.
OVER_AT_ONCE = 1e-6


@pytest.fixture
def black_hole():
    """The address of a machine that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def closed():
    """The address of a machine on which nothing runs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
    return f"http://127.0.0.1:{address[1]}"


def seconds(act) -> float:
    started = time.monotonic()
    with pytest.raises(SearchUnavailable):
        act()
    return time.monotonic() - started


class TestAway:
    """No server is needed to find out what it means that there is none."""

    def test_second_search_does_not_wait_for_a_dead_cluster(self, black_hole):
        engine = ElasticEngine(Cluster(hosts=(black_hole,), timeout=TIMEOUT))
        assert seconds(lambda: keys(engine, "减刑")) < 3 * TIMEOUT
        assert seconds(lambda: keys(engine, "减刑")) < 0.1

    def test_several_dead_nodes_cost_hardly_more_than_one(self, black_hole):
        hosts = tuple(f"{black_hole}/{number}" for number in range(3))
        engine = ElasticEngine(Cluster(hosts=hosts, timeout=TIMEOUT))
        assert seconds(lambda: keys(engine, "减刑")) < TIMEOUT + 2.5
        assert seconds(lambda: keys(engine, "减刑")) < 0.1

    def test_trial_after_the_pause_takes_a_second(self, black_hole, monkeypatch):
        monkeypatch.setattr("search.engines.breaker.FIRST_PAUSE_SECONDS", OVER_AT_ONCE)
        engine = ElasticEngine(Cluster(hosts=(black_hole,), timeout=5.0))
        engine.breaker.failed()
        assert 0.5 < seconds(lambda: keys(engine, "减刑")) < 3

    def test_refused_connection_is_known_at_once(self, closed):
        engine = ElasticEngine(Cluster(hosts=(closed,), timeout=20.0))
        assert seconds(lambda: keys(engine, "减刑")) < 2
        assert seconds(lambda: change(engine, put(Document()))) < 0.1

    def test_build_that_cannot_begin_says_so(self, closed):
        engine = ElasticEngine(Cluster(hosts=(closed,)))
        with pytest.raises(SearchUnavailable):
            engine.build()

    def test_write_stops_at_the_first_request_that_fails(self, closed, monkeypatch):
        """What has not been sent is not read from its source either."""
        monkeypatch.setattr("search.engines.elastic.writing.MAX_REQUEST_DOCUMENTS", 2)
        operations = iter([operation(number) for number in range(100)])
        client = ElasticEngine(Cluster(hosts=(closed,))).patient
        with pytest.raises(TransportError):
            write(client, operations, version=1, refresh=False, by_alias=False)
        assert len(list(operations)) == 97


class TestErrors:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (403, "cluster_block_exception"),
            (429, "es_rejected_execution_exception"),
            (500, "node_disconnected_exception"),
            (503, "unavailable_shards_exception"),
        ],
    )
    def test_operation_that_met_a_cluster_in_trouble_is_not_refused(self, status, kind):
        with pytest.raises(SearchUnavailable):
            failure_of({"status": status, "error": {"type": kind}})

    def test_operation_that_cannot_be_done_is_refused_with_its_kind(self):
        result = {"status": 400, "error": {"type": "document_parsing_exception", "reason": "x"}}
        assert failure_of(result) == "document_parsing_exception"

    def test_operation_whose_index_is_missing_says_so(self):
        with pytest.raises(NoIndex):
            failure_of({"status": 404, "error": {"type": "index_not_found_exception"}})

    def test_operation_that_came_late_is_overtaken(self):
        assert (
            failure_of({"status": 409, "error": {"type": "version_conflict_engine_exception"}}) == OVERTAKEN
        )

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            ({"error": {"type": "index_not_found_exception"}, "status": 404}, NoIndex),
            ({"error": {"type": "no_shard_available_action_exception"}, "status": 503}, SearchUnavailable),
            ({"error": {"type": "node_disconnected_exception"}}, SearchUnavailable),
            ({"error": {"type": "parsing_exception"}, "status": 400}, RuntimeError),
        ],
    )
    def test_error_of_one_answer_among_several(self, answer, error):
        assert type(error_of(answer)) is error


@pytest.fixture
def proxies():
    """Three ways to one server: what a client sees of three nodes."""
    with (
        proxied(ELASTICSEARCH_URL.split(",")[0]) as one,
        proxied(ELASTICSEARCH_URL.split(",")[0]) as two,
        proxied(ELASTICSEARCH_URL.split(",")[0]) as three,
    ):
        yield [one, two, three]


@pytest.fixture
def engine(proxies):
    made = ElasticEngine(cluster(hosts=tuple(proxy.url for proxy in proxies), timeout=TIMEOUT))
    fill(made, Document(key="question:1", body="减刑的起始时间"))
    yield made
    for proxy in proxies:
        proxy.heal()
    made.breaker.succeeded()
    remove(ElasticEngine(cluster(prefix=made.cluster.prefix)))


@pytest.fixture
def direct(engine):
    """The same indices, not by way of the proxies."""
    return ElasticEngine(cluster(prefix=engine.cluster.prefix))


@pytest.mark.elasticsearch
class TestNodes:
    def test_node_that_hangs_is_waited_for_once(self, engine, proxies):
        proxies[0].fail(Fault.HANG)
        started = time.monotonic()
        assert [keys(engine, "减刑") for _search in range(9)] == [["question:1"]] * 9
        assert time.monotonic() - started < 2 * TIMEOUT + 2
        proxies[0].asked.clear()
        assert [keys(engine, "减刑") for _search in range(9)] == [["question:1"]] * 9
        assert proxies[0].asked == []

    def test_searches_go_round_the_copies_of_a_node_that_hangs(self, engine, proxies):
        proxies[0].fail(Fault.HANG)
        assert engine.nodes.probe()
        assert engine.nodes.preference.startswith("_prefer_nodes:")
        assert keys(engine, "减刑的起始时间如何计算") == ["question:1"]
        assert engine.counts([make_plans(SearchQuery(text="减刑"), VISITOR).strict]) == [1]
        assert [one.key for one in engine.contents()] == ["question:1"]

    def test_avoided_node_is_used_again_after_a_while(self, engine, proxies, monkeypatch):
        monkeypatch.setattr("search.engines.elastic.nodes.AVOID_SECONDS", 0.1)
        proxies[0].fail(Fault.HANG)
        engine.nodes.probe()
        proxies[0].heal()
        proxies[0].asked.clear()
        answers = []

        def is_asked_again():
            answers.append(keys(engine, "减刑"))
            return proxies[0].asked != []

        wait_until(is_asked_again, seconds=10)
        assert answers == [["question:1"]] * len(answers)

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_request_that_a_node_fails_is_sent_to_another(self, engine, proxies, status):
        proxies[0].fail(status, "_search")
        assert [keys(engine, "减刑") for _search in range(6)] == [["question:1"]] * 6

    def test_cluster_that_returns_is_found_again(self, engine, proxies, monkeypatch):
        monkeypatch.setattr("search.engines.breaker.FIRST_PAUSE_SECONDS", OVER_AT_ONCE)
        for proxy in proxies:
            proxy.fail(503)
        seconds(lambda: keys(engine, "减刑"))
        for proxy in proxies:
            proxy.heal()
        assert keys(engine, "减刑") == ["question:1"]

    def test_server_that_is_none_counts_as_away(self, engine, proxies):
        for proxy in proxies:
            proxy.target = "http://127.0.0.1:9"
        assert seconds(lambda: keys(engine, "减刑")) < 5


@pytest.mark.elasticsearch
class TestSeveralRequests:
    """A write that takes several bulk requests."""

    @pytest.fixture(autouse=True)
    def small_requests(self, monkeypatch):
        monkeypatch.setattr("search.engines.elastic.writing.MAX_REQUEST_DOCUMENTS", 2)

    def test_document_that_is_refused_holds_up_no_other(self, engine):
        bad = [operation(number, engine, field="none") for number in (3, 6)]
        good = [operation(number, engine) for number in (2, 4, 5, 7)]
        outcome = write_to(engine, [good[0], bad[0], *good[1:3], bad[1], good[3]], version=10**9)
        error = "strict_dynamic_mapping_exception"
        assert outcome == WriteOutcome(refused={"question:3": error, "question:6": error})
        assert sorted(contents_of(engine)) == [f"question:{number}" for number in (1, 2, 4, 5, 7)]

    def test_later_state_overtakes_its_own_document_alone(self, engine):
        write_to(engine, [operation(4, engine)], version=10**9 + 1)
        late = [operation(number, engine) for number in range(2, 7)]
        assert write_to(engine, late, version=10**9).overtaken == {"question:4"}
        assert write_to(engine, late, version=10**9).overtaken == {"question:4"}


@pytest.mark.elasticsearch
class TestLostAnswers:
    def test_bulk_whose_answer_is_lost_is_sent_again(self, engine, proxies):
        proxies[0].fail(Fault.LOSE, "_bulk")
        for number in range(2, 6):
            assert change(engine, put(Document(key=f"question:{number}", body="减刑"))) == WriteOutcome()
        assert set(keys(engine, "减刑")) == {f"question:{number}" for number in range(1, 6)}

    def test_swap_whose_answer_is_lost_is_done_once(self, engine, proxies):
        for proxy in proxies:
            proxy.fail(Fault.LOSE, "_aliases")
        fill(engine, Document(key="question:2", body="减刑"))
        for proxy in proxies:
            proxy.heal()
        assert keys(engine, "减刑") == ["question:2"]
        assert len(indices_of(engine)) == 6

    def test_build_that_fails_after_its_swap_does_not_take_the_live_index_away(self, engine, proxies):
        build = engine.build()
        build.add(engine.prepare([Document(key="question:2", body="减刑")]), version=10**9)
        build.publish()
        build.discard()
        assert keys(engine, "减刑") == ["question:2"]

    def test_build_that_is_cut_off_leaves_the_live_index(self, engine, proxies):
        build = engine.build()
        for proxy in proxies:
            proxy.fail(Fault.LOSE)
        build.add(engine.prepare([Document(key="question:2")]), version=10**9)
        with pytest.raises(SearchUnavailable):
            build.settle()
        build.discard()
        for proxy in proxies:
            proxy.heal()
        engine.breaker.succeeded()
        assert keys(engine, "减刑") == ["question:1"]
        fill(engine, Document(key="question:3", body="减刑"))
        assert (keys(engine, "减刑"), len(indices_of(engine))) == (["question:3"], 6)

    def test_cursor_over_an_index_that_is_gone_says_so(self, engine, monkeypatch):
        monkeypatch.setattr("search.engines.elastic.engine.CONTENTS_STEP", 1)
        fill(engine, *(Document(key=f"question:{number}") for number in range(3)))
        contents = engine.contents()
        next(contents)
        fill(engine, Document(key="question:1"))
        with pytest.raises(SearchUnavailable):
            list(contents)


@pytest.mark.elasticsearch
class TestStatesOfALaw:
    """Documents of one record that are many: states that are written at the same moment."""

    def test_state_that_comes_late_is_overtaken_though_no_document_of_it_was_there(self, engine):
        change(engine, SourceState("norm:1", ()), version=1_000_002)
        late = SourceState("norm:1", (article(1), article(2)))
        assert change(engine, late, version=1_000_001).overtaken == {"norm:1"}
        change(engine, SourceState("norm:1", ()), version=1_000_003)
        assert keys(engine) == ["question:1"]

    def test_newer_state_finds_what_an_older_one_wrote_meanwhile(self, engine, proxies, direct):
        older, newer = SourceState("norm:1", (article(1), article(2))), SourceState("norm:1", (article(1),))
        for proxy in proxies:
            proxy.fail(Fault.HOLD, "_bulk")
        with ThreadPoolExecutor(1) as executor:
            writing = executor.submit(change, engine, newer, version=1_000_002)
            wait_for_fault(proxies)
            assert change(direct, older, version=1_000_001).overtaken == {"norm:1"}
            for proxy in proxies:
                proxy.heal()
            assert writing.result() == WriteOutcome()
        assert keys(engine, filters=(("kind", ("provision",)),)) == ["provision:1"]


def wait_for_fault(proxies) -> None:
    wait_until(lambda: any(proxy.happened.is_set() for proxy in proxies), seconds=10)


def operation(number, engine=None, **fields):
    """Write one question; a field that no mapping has makes it fail."""
    key = f"question:{number}"
    body = {"key": key, "source": key, "audience": ["all"], "digest": "0" * 16} | fields
    index = alias_of(engine.cluster.prefix, "question") if engine else "none"
    return Operation(index, key, key, json.dumps(body))


def write_to(engine, operations, *, version):
    return write(engine.patient, operations, version=version, refresh=True, by_alias=True)


def contents_of(engine):
    return [document.key for document in engine.contents()]


def indices_of(engine) -> list[str]:
    return list(engine.nodes.client.indices.get(index=f"{engine.cluster.prefix}-*"))
