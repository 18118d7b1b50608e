import datetime as dt
from dataclasses import replace

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from portal.foundation.signals import announce_changed
from search import kinds
from search.engines import SearchUnavailable, WriterBusy
from search.indexing.outbox import MAX_ATTEMPTS, drain, drain_all, enqueue, retry_parked
from search.indexing.rebuilding import rebuild
from search.models import OutboxEntry
from tests.factories.casebank import CaseFactory
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, DossierFactory
from tests.factories.org import UserFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.queue import titles, waiting

pytestmark = pytest.mark.django_db


def test_deleted_record_leaves_the_index(clean, drained):
    session = TrainingSessionFactory(theme="将被删除")
    announce_changed(session)
    drained()
    assert titles("将被删除") == ["将被删除"]
    session.delete()
    drained()
    assert titles("将被删除") == []


def test_case_that_is_taken_down_leaves_the_index(clean, drained):
    case = CaseFactory(title="撤下的案例")
    announce_changed(case)
    drained()
    assert titles("撤下的案例") == ["撤下的案例"]
    case.unpublish()
    drained()
    assert titles("撤下的案例") == []


def test_worker_indexes_the_present_state(clean, drained):
    question = QuestionFactory(title="最初的题目")
    announce_changed(question)
    question.title = "后来的题目"
    question.save()
    assert drained() == 1
    assert (titles("最初的题目"), titles("后来的题目")) == ([], ["后来的题目"])
    assert waiting() == []


def test_many_changes_of_one_record_are_done_once(clean):
    question = QuestionFactory()
    OutboxEntry.objects.all().delete()
    for _time in range(5):
        announce_changed(question)
    assert drain(clean) == 1
    assert waiting() == []


def test_rows_survive_a_crash_before_they_are_removed(clean):
    question = QuestionFactory(title="只做一次")
    OutboxEntry.objects.all().delete()
    announce_changed(question)
    with pytest.raises(KeyboardInterrupt):
        drain(KilledAfterWriting(clean))
    assert titles("只做一次") == ["只做一次"]
    assert waiting() == [f"question:{question.pk}"]
    assert drain(clean) == 1
    assert titles("只做一次") == ["只做一次"]


class KilledAfterWriting:
    """An engine whose worker ends when the index is written, before the rows are removed."""

    def __init__(self, engine):
        self._engine = engine

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def apply(self, states, *, version):
        self._engine.apply(states, version=version)
        raise KeyboardInterrupt


@pytest.fixture
def poison(monkeypatch):
    """The question with this title cannot be indexed."""
    build = kinds.RECORD_KINDS["question"].documents

    def broken(ids):
        for document in build(ids):
            if document.title == "毒":
                raise ValueError("毒的内容不得外泄")
            yield document

    monkeypatch.setitem(
        kinds.RECORD_KINDS, "question", replace(kinds.RECORD_KINDS["question"], documents=broken)
    )


def test_record_that_cannot_be_indexed_does_not_stop_the_others(clean, poison):
    bad, good = QuestionFactory(title="毒"), QuestionFactory(title="好的题目")
    OutboxEntry.objects.all().delete()
    enqueue("question", [bad.pk, good.pk])
    assert drain(clean) == 1
    assert titles("好的题目") == ["好的题目"]
    [row] = OutboxEntry.objects.all()
    assert (row.object_id, row.attempts, row.last_error) == (bad.pk, 1, "ValueError")
    assert row.not_before > timezone.now()


def test_batch_that_fails_as_a_whole_does_not_end_the_work(clean, poison, monkeypatch):
    bad = [QuestionFactory(title="毒") for _time in range(2)]
    good = QuestionFactory(title="好的题目")
    OutboxEntry.objects.all().delete()
    enqueue("question", [*(one.pk for one in bad), good.pk])
    monkeypatch.setattr("search.indexing.outbox.drain", lambda engine: drain(engine, limit=2))
    drain_all(clean)
    assert titles("好的题目") == ["好的题目"]
    assert OutboxEntry.objects.count() == 2


def test_record_that_fails_again_and_again_is_parked(clean, poison):
    bad = QuestionFactory(title="毒")
    OutboxEntry.objects.all().delete()
    enqueue("question", [bad.pk])
    for _attempt in range(MAX_ATTEMPTS):
        OutboxEntry.objects.update(not_before=timezone.now() - dt.timedelta(seconds=1))
        drain(clean)
    [row] = OutboxEntry.objects.parked()
    assert (row.attempts, drain(clean)) == (MAX_ATTEMPTS, 0)
    assert retry_parked(actor=UserFactory(roles=["administrator"])) == 1
    assert OutboxEntry.objects.parked().count() == 0


@pytest.mark.postgres
def test_query_that_fails_for_one_record_does_not_stop_the_others(clean, monkeypatch):
    bad, good = QuestionFactory(title="毒"), QuestionFactory(title="好的题目")
    OutboxEntry.objects.all().delete()
    build = kinds.RECORD_KINDS["question"].documents

    def broken(ids):
        if bad.pk in ids:
            connection.cursor().execute("SELECT 1 / 0")
        return build(ids)

    monkeypatch.setitem(
        kinds.RECORD_KINDS, "question", replace(kinds.RECORD_KINDS["question"], documents=broken)
    )
    enqueue("question", [bad.pk, good.pk])
    assert drain(clean) == 1
    [row] = OutboxEntry.objects.all()
    assert (row.object_id, row.last_error) == (bad.pk, "DataError")


def test_lost_database_is_no_fault_of_a_record(clean, monkeypatch):
    question = QuestionFactory()
    OutboxEntry.objects.all().delete()
    enqueue("question", [question.pk])

    def lost(ids):
        raise OperationalError

    monkeypatch.setitem(
        kinds.RECORD_KINDS, "question", replace(kinds.RECORD_KINDS["question"], documents=lost)
    )
    with pytest.raises(OperationalError):
        drain(clean)
    assert OutboxEntry.objects.get().attempts == 0


def test_later_change_of_a_failed_record_heals_it(clean, poison):
    bad = QuestionFactory(title="毒")
    OutboxEntry.objects.all().delete()
    enqueue("question", [bad.pk])
    drain(clean)
    bad.title = "治好了"
    bad.save()
    announce_changed(bad)
    assert drain(clean) == 1
    assert (titles("治好了"), waiting()) == (["治好了"], [])


def test_engine_that_is_away_costs_no_attempt(engine):
    question = QuestionFactory()
    OutboxEntry.objects.all().delete()
    announce_changed(question)
    with pytest.raises(SearchUnavailable):
        drain(engine)
    [row] = OutboxEntry.objects.all()
    assert (row.attempts, row.parked_at) == (0, None)


def test_worker_waits_while_another_writes(clean):
    question = QuestionFactory()
    announce_changed(question)
    with clean.exclusive(), pytest.raises(WriterBusy):
        drain(clean)
    assert f"question:{question.pk}" in waiting()


def test_rebuild_restores_all_documents(engine):
    QuestionFactory(title="重建之一")
    ClusterFactory(title="重建之二")
    CaseFactory(title="重建之三")
    rebuild(engine)
    assert sorted(titles("重建")) == ["重建之一", "重建之三", "重建之二"]
    assert waiting() == []


def test_change_made_while_rebuilding_is_caught_up_with(engine, monkeypatch):
    question = QuestionFactory(title="旧")
    build = kinds.RECORD_KINDS["dossier"].documents

    def late(ids):
        question.title = "新题目"
        question.save()
        announce_changed(question)
        return build(ids)

    DossierFactory()
    monkeypatch.setitem(kinds.RECORD_KINDS, "dossier", replace(kinds.RECORD_KINDS["dossier"], documents=late))
    rebuild(engine)
    assert (waiting(), titles("新题目")) == ([], ["新题目"])


def test_rebuild_parks_what_cannot_be_indexed_although_it_waits(engine, poison):
    bad, good = QuestionFactory(title="毒"), QuestionFactory(title="好的题目")
    enqueue("question", [bad.pk, good.pk])
    rebuild(engine)
    assert titles("好的题目") == ["好的题目"]
    [row] = OutboxEntry.objects.all()
    assert (row.object_id, row.last_error, row.parked_at is None) == (bad.pk, "ValueError", False)


def test_record_that_is_healed_while_rebuilding_is_not_parked(engine, poison, monkeypatch):
    bad = QuestionFactory(title="毒")
    build = kinds.RECORD_KINDS["dossier"].documents

    def late(ids):
        bad.title = "治好了"
        bad.save()
        announce_changed(bad)
        return build(ids)

    DossierFactory()
    monkeypatch.setitem(kinds.RECORD_KINDS, "dossier", replace(kinds.RECORD_KINDS["dossier"], documents=late))
    rebuild(engine)
    assert (waiting(), titles("治好了")) == ([], ["治好了"])
