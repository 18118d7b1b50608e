import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError

from inquiry.enums import DossierStatus, QuestionStatus
from inquiry.models import DossierItem
from inquiry.rules import can_export_dossier, can_view_dossier
from inquiry.selectors import dossier_parts, dossiers_of, dossiers_visible_to, source_questions
from inquiry.services.clauses import delete_clause, move_clause, save_clause
from inquiry.services.clusters import add_questions
from inquiry.services.dossiers import (
    DossierChanged,
    add_to_dossier,
    create_dossier,
    edit_dossier,
    move_dossier,
    move_item,
    remove_item,
)
from inquiry.services.merges import merge_clusters
from inquiry.services.questions import withdraw_question
from norms.models import DocumentVersion, NormativeDocument, Provision
from portal.org.enums import NotificationKind
from portal.org.models import Notification
from tests.factories.casebank import CaseFactory
from tests.factories.inquiry import ClusterFactory, DossierFactory, QuestionFactory, RefinementFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"])


@pytest.fixture
def dossier(analyst):
    return create_dossier(title="外出管理素材", target_title="外出管理办法", actor=analyst)


def provision():
    document = NormativeDocument.objects.create(title="中华人民共和国社区矫正法")
    version = DocumentVersion.objects.create(document=document, title=document.title, is_current=True)
    article = Provision.objects.create(
        version=version, kind="article", number=27, label="第二十七条", anchor="art-27", position=1
    )
    return Provision.objects.create(
        version=version, parent=article, kind="paragraph", number=2, anchor="art-27-p2", position=2
    )


def test_dossier_is_numbered_and_in_progress(dossier):
    assert dossier.number == f"D-{dossier.opened_on.year}-001"
    assert (dossier.status, dossier.revision) == (DossierStatus.DRAFT, 1)


def test_dossier_gathers_each_source_once(analyst, dossier):
    sources = {
        "clusters": [ClusterFactory()],
        "questions": [QuestionFactory()],
        "provisions": [provision()],
        "cases": [CaseFactory()],
    }
    assert len(add_to_dossier(dossier=dossier, actor=analyst, **sources)) == 4
    assert add_to_dossier(dossier=dossier, actor=analyst, **sources) == []
    items = dossier_parts(dossier, analyst).items
    assert [item.kind for item in items] == ["cluster", "question", "provision", "case"]
    assert items[2].title == "《中华人民共和国社区矫正法》第二十七条第二款"


def test_absorbed_cluster_is_replaced_by_its_holder(analyst, dossier):
    keep, absorb = (
        ClusterFactory(questions=[QuestionFactory()]),
        ClusterFactory(questions=[QuestionFactory()]),
    )
    add_to_dossier(dossier=dossier, clusters=[absorb], actor=analyst)
    merge_clusters(keep=keep, absorb=absorb, reason="同问", actor=analyst)
    assert add_to_dossier(dossier=dossier, clusters=[keep], actor=analyst) == []
    (item,) = dossier_parts(dossier, analyst).items
    assert (item.number, item.questions_count) == (keep.number, 2)
    assert len(source_questions(dossier)) == 2


def test_source_questions_stand_once_without_the_withdrawn(analyst, dossier):
    asker = UserFactory()
    shared, withdrawn = QuestionFactory(), QuestionFactory(asker=asker)
    cluster = ClusterFactory(questions=[shared, withdrawn])
    add_to_dossier(dossier=dossier, clusters=[cluster], questions=[shared], actor=analyst)
    withdraw_question(question=withdrawn, actor=asker)
    assert list(source_questions(dossier)) == [shared]


def test_edit_at_the_expected_revision_is_saved(analyst, dossier):
    edited = edit_dossier(dossier=dossier, expected_revision=1, grounds="会商纪要", actor=analyst)
    assert (edited.grounds, edited.revision) == ("会商纪要", 2)


def test_edit_of_a_changed_dossier_loses_nothing(analyst, dossier):
    edit_dossier(dossier=dossier, expected_revision=1, grounds="先到的", actor=analyst)
    with pytest.raises(DossierChanged) as error:
        edit_dossier(dossier=dossier, expected_revision=1, grounds="后到的", actor=analyst)
    assert error.value.current.grounds == "先到的"
    assert error.value.submitted == {"grounds": "后到的"}
    dossier.refresh_from_db()
    assert dossier.grounds == "先到的"


def test_clauses_keep_their_order_and_sources(analyst, dossier):
    cluster = ClusterFactory()
    (item,) = add_to_dossier(dossier=dossier, clusters=[cluster], actor=analyst)
    first = save_clause(dossier=dossier, text="外出不超过七日。", sources=[item], actor=analyst)
    second = save_clause(dossier=dossier, text="超过七日的报批。", actor=analyst)
    move_clause(clause=second, direction="up", actor=analyst)
    move_clause(clause=second, direction="up", actor=analyst)
    clauses = dossier_parts(dossier, analyst).clauses
    assert [(each.clause, each.ordinal) for each in clauses] == [(second, "第一条"), (first, "第二条")]
    assert [source.number for source in clauses[1].sources] == [cluster.number]
    dossier.refresh_from_db()
    changed = {"text": "外出不超过五日。", "expected_revision": dossier.revision}
    save_clause(dossier=dossier, clause=first, sources=[], actor=analyst, **changed)
    delete_clause(clause=second, actor=analyst)
    (clause,) = dossier_parts(dossier, analyst).clauses
    assert (clause.text, clause.ordinal, clause.sources) == ("外出不超过五日。", "第一条", ())


def test_clause_rests_on_sources_of_its_own_dossier(analyst, dossier):
    other = create_dossier(title="另一卷", actor=analyst)
    (item,) = add_to_dossier(dossier=other, clusters=[ClusterFactory()], actor=analyst)
    with pytest.raises(ValidationError):
        save_clause(dossier=dossier, text="条文", sources=[item], actor=analyst)


def test_clause_of_a_changed_dossier_is_not_saved(analyst, dossier):
    clause = save_clause(dossier=dossier, text="甲", expected_revision=1, actor=analyst)
    with pytest.raises(DossierChanged):
        save_clause(dossier=dossier, clause=clause, text="乙", expected_revision=1, actor=analyst)


def test_items_move_and_go(analyst, dossier):
    first, second = add_to_dossier(
        dossier=dossier, questions=[QuestionFactory(), QuestionFactory()], actor=analyst
    )
    move_item(item=second, direction="up", actor=analyst)
    assert list(dossier.items.all()) == [second, first]
    remove_item(item=second, actor=analyst)
    assert list(DossierItem.objects.all()) == [first]


def test_finished_dossier_moves_its_questions_on_and_tells_the_askers(analyst, dossier):
    asker = UserFactory()
    question = QuestionFactory(asker=asker)
    cluster = ClusterFactory(questions=[question])
    add_to_dossier(dossier=dossier, clusters=[cluster], actor=analyst)
    question.refresh_from_db()
    assert question.status == QuestionStatus.GROUPED
    assert Notification.objects.count() == 0
    move_dossier(dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交")
    question.refresh_from_db()
    assert question.status == QuestionStatus.IN_DOSSIER
    told = Notification.objects.get()
    assert (told.recipient, told.kind) == (asker, NotificationKind.QUESTION_IN_DOSSIER)
    move_dossier(dossier=dossier, status=DossierStatus.DRAFT, actor=analyst)
    question.refresh_from_db()
    assert question.status == QuestionStatus.GROUPED


def test_question_that_joins_a_finished_cluster_is_in_the_dossier(analyst, dossier):
    cluster = ClusterFactory(questions=[QuestionFactory()])
    add_to_dossier(dossier=dossier, clusters=[cluster], actor=analyst)
    move_dossier(dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交")
    late = QuestionFactory()
    add_questions(cluster=cluster, questions=[late], actor=analyst)
    late.refresh_from_db()
    assert late.status == QuestionStatus.IN_DOSSIER


def test_finished_dossier_is_changed_only_after_reopening(analyst, dossier):
    add_to_dossier(dossier=dossier, questions=[QuestionFactory()], actor=analyst)
    move_dossier(dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交")
    dossier.refresh_from_db()
    with pytest.raises(ValidationError):
        edit_dossier(dossier=dossier, expected_revision=dossier.revision, title="新", actor=analyst)
    with pytest.raises(ValidationError):
        move_dossier(
            dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交"
        )


def test_empty_dossier_is_not_finished(analyst, dossier):
    with pytest.raises(ValidationError):
        move_dossier(
            dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交"
        )


@pytest.mark.parametrize("roles", [[], ["coordinator"], ["administrator"]])
def test_only_analysts_write(dossier, roles):
    person = UserFactory(roles=roles)
    for act in (
        lambda: create_dossier(title="卷", actor=person),
        lambda: edit_dossier(dossier=dossier, expected_revision=1, title="卷", actor=person),
        lambda: add_to_dossier(dossier=dossier, questions=[QuestionFactory()], actor=person),
        lambda: save_clause(dossier=dossier, text="条文", actor=person),
        lambda: move_dossier(
            dossier=dossier, status=DossierStatus.FINISHED, actor=person, incomplete_reason="先行移交"
        ),
    ):
        with pytest.raises(PermissionDenied):
            act()


@pytest.mark.parametrize("status", DossierStatus.values)
@pytest.mark.parametrize("roles", [None, [], ["analyst"], ["administrator"], ["keeper"]])
def test_list_and_predicate_agree_on_who_sees_a_dossier(status, roles):
    finished_on = "2026-01-01" if status == DossierStatus.FINISHED else None
    dossier = DossierFactory(status=status, finished_on=finished_on)
    person = AnonymousUser() if roles is None else UserFactory(roles=roles)
    listed = dossier in dossiers_visible_to(person)
    assert listed == can_view_dossier(person, dossier) == can_export_dossier(person, dossier)
    assert listed == ("analyst" in (roles or []) or (status == DossierStatus.FINISHED and roles is not None))


def test_dossier_of_a_question_is_known_to_those_who_may_see_it(analyst, dossier):
    question = QuestionFactory()
    add_to_dossier(dossier=dossier, clusters=[ClusterFactory(questions=[question])], actor=analyst)
    assert [list(dossiers_of(question, reader)) for reader in (analyst, UserFactory())] == [[dossier], []]


def test_parts_take_the_same_queries_at_1_and_3_sources(analyst, django_assert_num_queries):
    small, large = DossierFactory(), DossierFactory()
    for dossier, count in ((small, 1), (large, 3)):
        questions = [RefinementFactory().question for _ in range(count)]
        clusters = [ClusterFactory(questions=[QuestionFactory()]) for _ in range(count)]
        items = add_to_dossier(dossier=dossier, questions=questions, clusters=clusters, actor=analyst)
        save_clause(dossier=dossier, text="条文", sources=items, actor=analyst)
    for dossier in (small, large):
        with django_assert_num_queries(6):
            dossier_parts(dossier, analyst)
