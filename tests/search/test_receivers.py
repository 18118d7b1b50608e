"""Which records wait to be indexed after a change, and what their rows say."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from casebank.models import CaseKind
from inquiry.models import ClusterMembership
from portal.foundation.signals import announce_changed, announce_removed
from search.indexing.outbox import drain
from search.indexing.receivers import SAVED_IN_ADMIN
from search.kinds import RECORD_KINDS
from search.models import OutboxEntry
from tests.factories.casebank import CaseFactory
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, DossierFactory
from tests.factories.norms import import_text
from tests.factories.org import DepartmentFactory, OfficeFactory, TopicFactory, UserFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.laws import make_law
from tests.search.queue import titles, waiting

pytestmark = pytest.mark.django_db


def put_in(cluster, question) -> None:
    ClusterMembership.objects.create(
        cluster=cluster, question=question, since=timezone.now(), added_by=UserFactory()
    )


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
    announce_changed(record)
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
    announce_changed(question)
    assert waiting() == [f"question:{question.pk}", f"cluster:{cluster.pk}"]


def test_dossier_waits_when_the_document_that_it_is_to_change_is_renamed():
    dossier = DossierFactory(target_document=make_law("试行办法", {1: "文"}))
    OutboxEntry.objects.all().delete()
    announce_changed(dossier.target_document)
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
        announce_changed(question)
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
