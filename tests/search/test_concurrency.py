"""Workers, builds and changes at the same moment; on PostgreSQL, in threads that have connections of their own."""

import random
import threading
from contextlib import contextmanager, suppress

import pytest
from django.db import transaction

from inquiry.models import Question
from norms.models import NormativeDocument
from search.engines.base import SearchUnavailable, WriterBusy
from search.engines.elastic import ElasticEngine
from search.engines.embedded.engine import EmbeddedEngine
from search.indexing.checking import check
from search.indexing.outbox import drain, drain_all, enqueue
from search.indexing.rebuilding import rebuild
from search.models import IndexBuild, OutboxEntry
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.engines import BOTH, configure, contents, found, keys, remove
from tests.search.laws import make_law
from tests.waiting import WorkerThread, wait_until

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
STAFF = frozenset({"all", "staff"})
WAIT_TIMEOUT_SECONDS = 60
# How many changes the workers meet, and how many records they must have done meanwhile.
CHANGES = 150


@pytest.fixture(params=BOTH)
def engine(request, settings):
    made = configure(request.param, settings)
    rebuild(made)
    yield made
    remove(made)


@pytest.fixture
def elastic(settings):
    made = configure("elastic", settings)
    rebuild(made)
    yield made
    remove(made)


def another(engine):
    """The same index, as another process has it."""
    if isinstance(engine, ElasticEngine):
        return ElasticEngine(engine.cluster)
    return EmbeddedEngine(engine.root)


def changed(question, title):
    with transaction.atomic():
        Question.objects.filter(pk=question.pk).update(title=title)
        enqueue("question", [question.pk])


class Pausing:
    """An engine whose next write waits, with the states that it has read."""

    def __init__(self, engine):
        self._engine = engine
        self.has_read = threading.Event()
        self.go_on = threading.Event()

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def apply(self, states, *, version):
        made = list(states)
        self.has_read.set()
        assert self.go_on.wait(WAIT_TIMEOUT_SECONDS)
        return self._engine.apply(made, version=version)


@contextmanager
def working(*engines):
    """Workers that drain all the while; yields the list of how many records they have done at each step."""
    over, done = threading.Event(), []

    def work(engine):
        while not over.wait(0.01):
            with suppress(WriterBusy, SearchUnavailable):  # an index is swapped away under its hands
                done.append(drain(engine, limit=7))

    threads = [WorkerThread(lambda engine=engine: work(engine)) for engine in engines]
    try:
        yield done
    finally:
        over.set()
        for thread in threads:
            thread.join()


@contextmanager
def changing(seed):
    """Records that change, come and go all the while; yields the list of changes; ends when the block does."""
    chance = random.Random(seed)
    questions = [QuestionFactory() for _time in range(20)]
    over, changes = threading.Event(), []

    def change():
        number = 0
        while not over.is_set():
            number += 1
            changes.append(number)
            changed(chance.choice(questions), f"第{number}次")
            if number % 5 == 0:
                gone = QuestionFactory()
                enqueue("question", [gone.pk])
                gone.delete()
            if number % 7 == 0:
                _change_laws(chance, number)

    thread = WorkerThread(change)
    try:
        yield changes
    finally:
        over.set()
        thread.join()


def _change_laws(chance, number):
    with transaction.atomic():
        law = make_law(f"办法{number}", dict.fromkeys(range(1, chance.randint(2, 5)), f"第{number}次。"))
        enqueue("norm", [law.pk])
    if chance.random() < 0.7:
        with transaction.atomic():
            old = NormativeDocument.objects.order_by("?").first()
            pk = old.pk
            old.delete()
            enqueue("norm", [pk])


def drain_everything(engine):
    """Do what waits, and what is looked at again in a moment since a later state has overtaken it."""
    drain_all(engine)
    while OutboxEntry.objects.waiting().filter(parked_at=None).exists():
        wait_until(lambda: OutboxEntry.objects.ready().exists())
        drain_all(engine)


def test_change_that_is_made_while_a_worker_writes_is_kept(engine):
    question = QuestionFactory(title="旧状态")
    changed(question, "旧状态")
    slow = Pausing(engine)
    worker = WorkerThread(lambda: drain(slow))
    assert slow.has_read.wait(WAIT_TIMEOUT_SECONDS)
    changed(question, "新状态")
    slow.go_on.set()
    worker.join()
    assert [row.object_id for row in OutboxEntry.objects.all()] == [question.pk]
    drain(engine)
    assert (keys(engine, "新状态", STAFF), keys(engine, "旧状态", STAFF)) == ([f"question:{question.pk}"], [])
    assert OutboxEntry.objects.count() == 0


@pytest.mark.elasticsearch
def test_slow_worker_does_not_bring_an_older_state_back(elastic):
    question = QuestionFactory(title="旧状态")
    changed(question, "旧状态")
    slow = Pausing(elastic)
    worker = WorkerThread(lambda: drain(slow))
    assert slow.has_read.wait(WAIT_TIMEOUT_SECONDS)
    changed(question, "新状态")
    assert drain(another(elastic)) == 1
    slow.go_on.set()
    assert worker.join() == 0
    assert keys(elastic, "新状态", STAFF) == [f"question:{question.pk}"]
    drain_all(elastic)
    [row] = OutboxEntry.objects.all()
    assert (row.attempts, row.parked_at) == (0, None)
    drain_everything(elastic)
    assert (OutboxEntry.objects.count(), check(elastic).differences) == (0, {})


@pytest.mark.elasticsearch
def test_slow_worker_does_not_bring_back_a_law_that_is_gone(elastic):
    law = make_law("试行办法", {1: "甲。"})
    OutboxEntry.objects.all().delete()
    enqueue("norm", [law.pk])
    slow = Pausing(elastic)
    worker = WorkerThread(lambda: drain(slow))
    assert slow.has_read.wait(WAIT_TIMEOUT_SECONDS)
    law.delete()
    drain(another(elastic))
    slow.go_on.set()
    worker.join()
    drain_everything(elastic)
    assert (contents(elastic), OutboxEntry.objects.count()) == ([], 0)


@pytest.mark.elasticsearch
def test_two_workers_share_the_rows(elastic):
    """Neither waits for the other, and no row is done by both."""
    for question in [QuestionFactory() for _time in range(4)]:
        changed(question, "题")
    OutboxEntry.objects.exclude(kind="question").delete()
    slow = Pausing(elastic)
    worker = WorkerThread(lambda: drain(slow, limit=2))
    assert slow.has_read.wait(WAIT_TIMEOUT_SECONDS)
    assert drain(another(elastic)) == 2
    slow.go_on.set()
    assert worker.join() == 2
    assert (OutboxEntry.objects.count(), found(elastic, "", STAFF).total) == (0, 4)


@pytest.mark.parametrize("seed", [1, 2])
def test_workers_at_once_lose_nothing(engine, seed):
    with working(engine, another(engine), another(engine)) as done, changing(seed) as changes:
        wait_until(lambda: len(changes) >= CHANGES and sum(done) >= CHANGES)
    drain_everything(engine)
    result = check(engine)
    assert (OutboxEntry.objects.count(), result.differences) == (0, {})
    assert result.checked >= 20


@pytest.mark.parametrize("seed", [1, 2])
def test_changes_while_an_index_is_built_are_in_it(engine, seed):
    with working(engine, another(engine)), changing(seed):
        for _time in range(3):
            rebuild(another(engine))
    drain_everything(engine)
    assert (OutboxEntry.objects.count(), check(engine).differences) == (0, {})
    assert IndexBuild.objects.running(engine.name).count() == 0


def test_second_build_at_once_is_refused(engine):
    QuestionFactory()
    begun, go_on = threading.Event(), threading.Event()

    def wait(_kind, _count):
        begun.set()
        assert go_on.wait(WAIT_TIMEOUT_SECONDS)

    first = WorkerThread(lambda: rebuild(engine, progress=wait))
    assert begun.wait(WAIT_TIMEOUT_SECONDS)
    with pytest.raises(WriterBusy):
        rebuild(another(engine))
    go_on.set()
    assert first.join() == 1
    assert IndexBuild.objects.running(engine.name).count() == 0


@pytest.mark.elasticsearch
def test_worker_that_held_a_row_over_a_swap_does_it_again(elastic):
    """It is not known which of the two indexes it has written."""
    question = QuestionFactory(title="旧状态")
    changed(question, "旧状态")
    slow = Pausing(elastic)
    worker = WorkerThread(lambda: drain(slow))
    assert slow.has_read.wait(WAIT_TIMEOUT_SECONDS)
    rebuild(another(elastic))
    slow.go_on.set()
    worker.join()
    assert [row.object_id for row in OutboxEntry.objects.all()] == [question.pk]
    drain_everything(elastic)
    assert (OutboxEntry.objects.count(), check(elastic).differences) == (0, {})
