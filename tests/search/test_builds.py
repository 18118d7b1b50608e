"""Builds one after another: killed ones, two at once, and changes that come meanwhile."""

import datetime as dt
import subprocess
import sys

import pytest
from django.utils import timezone

from search.engines.base import WriterBusy
from search.indexing.outbox import enqueue, next_version
from search.indexing.rebuilding import rebuild
from search.management.commands.index_worker import drain_queue
from search.models import IndexBuild, IndexVersion, OutboxEntry
from search.models.outbox import BUILD_TIMEOUT
from search.models.processes import has_ended, this_machine, this_process
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.engines import BOTH, configure, contents, remove

pytestmark = pytest.mark.django_db


@pytest.fixture(params=BOTH)
def engine(request, settings):
    made = configure(request.param, settings)
    yield made
    remove(made)


@pytest.fixture
def ended():
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left_overs(engine) -> int:
    """Indexes and folders, the live one among them."""
    if engine.name == "embedded":
        return len([item for item in engine.root.iterdir() if item.is_dir()])
    return len(engine.patient.indices.get(index=f"{engine.cluster.prefix}-*")) // 6


def killed_build(engine, process):
    """What a build leaves behind whose process is killed while it runs; its lock goes with its open files."""
    build = engine.build()
    build.add(engine.prepare([]), version=1)
    build.settle()
    return IndexBuild.objects.create(engine=engine.name, process=process)


def test_killed_build_is_cleaned_up_by_the_next_one(engine, ended):
    rebuild(engine)
    question = QuestionFactory()
    killed_build(engine, ended)
    assert left_overs(engine) == 2
    rebuild(engine)
    assert (left_overs(engine), contents(engine)) == (1, [f"question:{question.pk}"])
    assert IndexBuild.objects.running(engine.name).count() == 0


def test_worker_gives_a_killed_build_up_and_does_what_was_kept_for_it_again(engine, ended):
    rebuild(engine)
    entry = IndexBuild.objects.create(engine=engine.name)
    question = QuestionFactory()
    OutboxEntry.objects.all().delete()
    enqueue("question", [question.pk])
    drain_queue(engine)
    assert OutboxEntry.objects.get().done_at is not None
    IndexBuild.objects.filter(pk=entry.pk).update(process=ended)
    drain_queue(engine)
    assert (OutboxEntry.objects.count(), IndexBuild.objects.running(engine.name).count()) == (0, 0)
    assert contents(engine) == [f"question:{question.pk}"]


def test_second_build_is_refused_while_one_runs(engine):
    IndexBuild.objects.create(engine=engine.name)
    with pytest.raises(WriterBusy):
        rebuild(engine)
    assert IndexBuild.objects.count() == 1


def test_build_that_was_given_up_does_not_go_live(engine, monkeypatch):
    """Its rows are another build's by then."""
    QuestionFactory()
    rebuild(engine)
    before = contents(engine)
    QuestionFactory()
    OutboxEntry.objects.all().delete()
    made = engine.build

    def build():
        IndexBuild.objects.running(engine.name).delete()
        return made()

    monkeypatch.setattr(engine, "build", build)
    with pytest.raises(WriterBusy):
        rebuild(engine)
    assert (contents(engine), left_overs(engine)) == (before, 1)


def test_build_elsewhere_is_dead_after_long_silence(ended):
    running = IndexBuild.objects.create(engine="embedded", machine="elsewhere", process=ended)
    assert not running.is_dead
    running.seen_at = timezone.now() - BUILD_TIMEOUT - dt.timedelta(seconds=1)
    assert running.is_dead


def test_process_is_known_in_its_place_only(ended):
    assert has_ended(this_machine(), ended)
    assert not has_ended("elsewhere", ended)
    assert not has_ended(this_machine(), this_process())
    assert not has_ended(this_machine(), 1)


def test_versions_rise_and_are_pruned(monkeypatch):
    monkeypatch.setattr("search.indexing.outbox.VERSIONS_PER_CLEANUP", 5)
    taken = [next_version() for _time in range(12)]
    assert taken == sorted(set(taken))
    kept = list(IndexVersion.objects.order_by("pk").values_list("pk", flat=True))
    assert (kept[-1], kept[0] % 5) == (taken[-1], 0)
    assert len(kept) <= 5
