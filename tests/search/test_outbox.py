import datetime as dt
from dataclasses import replace

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from casebank.models import CaseKind
from inquiry.models import ClusterMembership
from portal.foundation.signals import announce_changed, announce_removed
from search import kinds
from search.answers.searching import search
from search.engines import SearchUnavailable, WriterBusy
from search.indexing.outbox import MAX_ATTEMPTS, drain, drain_all, enqueue, retry_parked
from search.indexing.rebuilding import rebuild
from search.indexing.receivers import SAVED_IN_ADMIN
from search.kinds import RECORD_KINDS
from search.models import OutboxEntry
from search.query.parsing import SearchQuery
from tests.factories.casebank import CaseFactory
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, DossierFactory
from tests.factories.norms import import_text
from tests.factories.org import DepartmentFactory, OfficeFactory, TopicFactory, UserFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.laws import make_law

pytestmark = pytest.mark.django_db
STAFF = frozenset({"all", "staff"})


def waiting() -> list[str]:
    return [f"{row.kind}:{row.object_id}" for row in OutboxEntry.objects.order_by("pk")]


def titles(text: str = "") -> list[str]:
    return [hit.document.title for hit in search(SearchQuery(text=text), STAFF).hits]


def changed(record) -> None:
    announce_changed(record)


def put_in(cluster, question) -> None:
    ClusterMembership.objects.create(
        cluster=cluster, question=question, since=timezone.now(), added_by=UserFactory()
    )


@pytest.fixture
def clean(indexed):
    """Nothing waits, an index is there."""
    engine = indexed()
    OutboxEntry.objects.all().delete()
    return engine


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (QuestionFactory, "question"),
        (ClusterFactory, "cluster"),
        (DossierFactory, "dossier"),
        (TrainingSessionFactory, "session"),
        (CaseFactory, "case"),
        (lambda: make_law("试行办法", {1: "文"}), "norm"),
    ],
)
def test_changed_record_waits_for_each_engine(make, kind, settings):
    record = make()
    OutboxEntry.objects.all().delete()
    settings.SEARCH_ENGINES = ["embedded", "elastic"]
    changed(record)
    rows = OutboxEntry.objects.values_list("engine", "kind", "object_id")
    assert sorted(rows) == [("elastic", kind, record.pk), ("embedded", kind, record.pk)]


def test_session_waits_when_its_host_or_office_is_renamed():
    session = TrainingSessionFactory(office=OfficeFactory())
    TrainingSessionFactory(host_department=DepartmentFactory())
    OutboxEntry.objects.all().delete()
    for record in (session.host_department, session.office):
        record.name = f"{record.name}（新）"
        record.save()
        assert waiting() == [f"session:{session.pk}"]
        OutboxEntry.objects.all().delete()


def test_renamed_department_is_in_the_documents_of_its_sessions(clean):
    session = TrainingSessionFactory()
    drain(clean)
    session.host_department.name = "流放地管理总局"
    session.host_department.save()
    drain(clean)
    assert titles("流放地管理总局") == [session.theme]


def test_case_waits_when_its_kind_is_renamed():
    case, _another = CaseFactory(), CaseFactory(kind=CaseKind.objects.create(code="other", name="另类"))
    OutboxEntry.objects.all().delete()
    case.kind.name = "指导案例（新）"
    case.kind.save()
    assert waiting() == [f"case:{case.pk}"]


def test_cluster_waits_with_its_question_and_its_restatement():
    cluster = ClusterFactory()
    question = QuestionFactory()
    put_in(cluster, question)
    OutboxEntry.objects.all().delete()
    changed(question)
    assert waiting() == [f"question:{question.pk}", f"cluster:{cluster.pk}"]


def test_dossier_waits_when_the_document_that_it_is_to_change_is_renamed():
    dossier = DossierFactory(target_document=make_law("试行办法", {1: "文"}))
    OutboxEntry.objects.all().delete()
    changed(dossier.target_document)
    assert waiting() == [f"norm:{dossier.target_document_id}", f"dossier:{dossier.pk}"]


def test_several_records_are_announced_at_once():
    cluster = ClusterFactory()
    questions = [QuestionFactory() for _index in range(3)]
    for question in questions:
        put_in(cluster, question)
    OutboxEntry.objects.all().delete()
    announce_changed(*questions)
    assert waiting() == [*(f"question:{question.pk}" for question in questions), f"cluster:{cluster.pk}"]


@pytest.mark.parametrize("model", SAVED_IN_ADMIN)
def test_every_name_saved_in_the_admin_has_records_that_depend_on_it(model):
    assert [kind.name for kind in RECORD_KINDS.values() if model in kind.depends_on] != []


def test_rows_belong_to_the_transaction_of_the_change():
    question = QuestionFactory()
    OutboxEntry.objects.all().delete()
    with pytest.raises(RuntimeError), transaction.atomic():
        changed(question)
        raise RuntimeError
    assert waiting() == []


def test_rows_name_no_person():
    """What a row can hold: which record, when, how often it failed."""
    assert {field.name for field in OutboxEntry._meta.get_fields()} == {
        "id",
        "engine",
        "kind",
        "object_id",
        "created_at",
        "not_before",
        "attempts",
        "last_error",
        "parked_at",
        "done_at",
    }


def test_merged_topic_reaches_every_record_that_carries_it():
    topic, question, session = TopicFactory(), QuestionFactory(), TrainingSessionFactory()
    question.topics.add(topic)
    session.topics.add(topic)
    session.save()
    cluster = ClusterFactory(questions=[question])
    OutboxEntry.objects.all().delete()
    topic.merged_into = TopicFactory()
    topic.save()
    assert set(waiting()) == {f"question:{question.pk}", f"session:{session.pk}", f"cluster:{cluster.pk}"}


def test_deleted_record_leaves_the_index(clean, drained):
    session = TrainingSessionFactory(theme="将被删除")
    changed(session)
    drained()
    assert titles("将被删除") == ["将被删除"]
    session.delete()
    drained()
    assert titles("将被删除") == []


def test_case_that_is_taken_down_leaves_the_index(clean, drained):
    case = CaseFactory(title="撤下的案例")
    changed(case)
    drained()
    assert titles("撤下的案例") == ["撤下的案例"]
    case.unpublish()
    drained()
    assert titles("撤下的案例") == []


def test_worker_indexes_the_present_state(clean, drained):
    question = QuestionFactory(title="最初的题目")
    changed(question)
    question.title = "后来的题目"
    question.save()
    assert drained() == 1
    assert (titles("最初的题目"), titles("后来的题目")) == ([], ["后来的题目"])
    assert waiting() == []


def test_many_changes_of_one_record_are_done_once(clean):
    question = QuestionFactory()
    OutboxEntry.objects.all().delete()
    for _time in range(5):
        changed(question)
    assert drain(clean) == 1
    assert waiting() == []


def test_rows_survive_a_crash_before_they_are_removed(clean):
    question = QuestionFactory(title="只做一次")
    OutboxEntry.objects.all().delete()
    changed(question)
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
    changed(bad)
    assert drain(clean) == 1
    assert (titles("治好了"), waiting()) == (["治好了"], [])


def test_engine_that_is_away_costs_no_attempt(engine):
    question = QuestionFactory()
    OutboxEntry.objects.all().delete()
    changed(question)
    with pytest.raises(SearchUnavailable):
        drain(engine)
    [row] = OutboxEntry.objects.all()
    assert (row.attempts, row.parked_at) == (0, None)


def test_worker_waits_while_another_writes(clean):
    question = QuestionFactory()
    changed(question)
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
        changed(question)
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
        changed(bad)
        return build(ids)

    DossierFactory()
    monkeypatch.setitem(kinds.RECORD_KINDS, "dossier", replace(kinds.RECORD_KINDS["dossier"], documents=late))
    rebuild(engine)
    assert (waiting(), titles("治好了")) == ([], ["治好了"])


def test_removed_signal_queues_the_record():
    question = QuestionFactory()
    OutboxEntry.objects.all().delete()
    announce_removed(question)
    assert waiting() == [f"question:{question.pk}"]


def test_raised_question_is_queued_by_its_service():
    from inquiry.services.questions import raise_question

    OutboxEntry.objects.all().delete()
    question = raise_question(
        session=TrainingSessionFactory(),
        kind="question",
        text="外出应当怎样办理",
        naming="anonymous",
        actor=UserFactory(),
    )
    assert f"question:{question.pk}" in waiting()


def test_import_of_a_new_law_queues_it_once(clean):
    version = import_text("宁川省矫正条例\n\n第一条　甲。\n第二条　依照第一条办理。")
    assert waiting() == [f"norm:{version.document_id}"]
