"""What happens at the same moment; on PostgreSQL, with threads that have connections of their own."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from inquiry.enums import ClusterStatus, DossierStatus, Naming, QuestionStatus
from inquiry.models import ClusterMembership, Question, QuestionClaim, QuestionCluster
from inquiry.selectors import members
from inquiry.services.claims import claim_question
from inquiry.services.closures import close_question, reopen_question
from inquiry.services.clusters import add_questions, create_cluster, remove_question, split_cluster
from inquiry.services.dossiers import DossierChanged, add_to_dossier, edit_dossier, move_dossier
from inquiry.services.intake_files import import_intake_file, read_intake_file
from inquiry.services.merges import merge_clusters, undo_merge
from inquiry.services.questions import raise_question, withdraw_question
from inquiry.services.undoing import undo_grouping
from portal.org.models import Notification
from portal.org.services import mark_read
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, DossierFactory, QuestionFactory
from tests.factories.org import DepartmentFactory, OfficeFactory, UserFactory
from tests.waiting import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.fixture
def office():
    return OfficeFactory(department=DepartmentFactory())


@pytest.fixture
def analyst(office):
    return UserFactory(roles=["analyst"], office=office)


@pytest.fixture
def session():
    return TrainingSessionFactory(host_department=DepartmentFactory())


@pytest.fixture
def questions(session, office):
    return [QuestionFactory(session=session, asker=UserFactory(office=office)) for _ in range(8)]


def outcomes(*acts):
    """Run all acts at the same moment; return the results, or the validation errors, in their order."""

    def outcome(act):
        try:
            return act()
        except ValidationError as error:
            return error

    return at_once(*(lambda act=act: outcome(act) for act in acts))


def failures(results):
    return [each for each in results if isinstance(each, ValidationError)]


def test_numbers_are_never_given_twice(session, office):
    people = [UserFactory(office=office) for _ in range(6)]

    def ask(person):
        return lambda: (
            raise_question(
                session=session, actor=person, kind="question", text="何时可以解除？", naming=Naming.ANONYMOUS
            ).number
        )

    numbers = outcomes(*map(ask, people))
    assert sorted(numbers) == [f"Q-{session.starts_on.year}-{place:06d}" for place in range(1, 7)]


def test_form_that_is_sent_twice_at_once_is_taken_once(session, analyst):
    key = uuid.uuid4()

    def send():
        return raise_question(
            session=session,
            actor=analyst,
            kind="question",
            text="何时可以解除？",
            naming=Naming.OFFICE,
            submission_key=key,
        ).pk

    assert len(set(outcomes(send, send, send))) == 1
    assert Question.objects.count() == 1


def test_question_is_in_one_cluster_however_many_want_it(questions, analyst):
    clusters = [ClusterFactory() for _ in range(4)]
    outcomes(
        *(
            lambda cluster=cluster: add_questions(cluster=cluster, questions=questions, actor=analyst)
            for cluster in clusters
        )
    )
    current = ClusterMembership.objects.filter(until__isnull=True)
    assert current.count() == len(questions)
    assert ClusterMembership.objects.count() == len(questions) * len(clusters)


def test_two_clusters_that_swallow_each_other_do_not_both_vanish(questions, analyst):
    one = create_cluster(title="甲", questions=questions[:4], actor=analyst)
    two = create_cluster(title="乙", questions=questions[4:], actor=analyst)
    results = outcomes(
        lambda: merge_clusters(keep=one, absorb=two, reason="同", actor=analyst),
        lambda: merge_clusters(keep=two, absorb=one, reason="同", actor=analyst),
    )
    assert len(failures(results)) == 1
    (standing,) = QuestionCluster.objects.filter(status=ClusterStatus.OPEN)
    assert members(standing).count() == 8


def test_question_added_during_a_merge_is_not_lost(questions, analyst):
    keep = create_cluster(title="甲", questions=questions[:3], actor=analyst)
    absorb = create_cluster(title="乙", questions=questions[3:6], actor=analyst)
    results = outcomes(
        lambda: merge_clusters(keep=keep, absorb=absorb, reason="同", actor=analyst),
        lambda: add_questions(cluster=absorb, questions=[questions[6]], actor=analyst),
        lambda: split_cluster(cluster=keep, questions=questions[:1], title="丙", reason="异", actor=analyst),
    )
    absorb.refresh_from_db()
    assert (absorb.status, members(absorb).count()) == (ClusterStatus.ABSORBED, 0)
    late = ClusterMembership.objects.filter(question=questions[6], until__isnull=True)
    assert [row.cluster for row in late] == ([] if failures(results) else [keep])
    assert ClusterMembership.objects.filter(until__isnull=True).count() == 7 - len(failures(results))


def test_merge_is_undone_once(questions, analyst):
    keep = create_cluster(title="甲", questions=questions[:4], actor=analyst)
    absorb = create_cluster(title="乙", questions=questions[4:], actor=analyst)
    merge = merge_clusters(keep=keep, absorb=absorb, reason="同", actor=analyst)
    results = outcomes(*[lambda: undo_merge(merge=merge, reason="异", actor=analyst)] * 3)
    assert len(failures(results)) == 2
    assert (members(keep).count(), members(absorb).count()) == (4, 4)


def test_chain_of_merges_and_undoing_at_once_loses_no_question(questions, analyst):
    one, two, three = (
        create_cluster(title=title, questions=part, actor=analyst)
        for title, part in zip("甲乙丙", (questions[:2], questions[2:4], questions[4:]), strict=True)
    )
    inner = merge_clusters(keep=two, absorb=one, reason="同", actor=analyst)
    outcomes(
        lambda: undo_merge(merge=inner, reason="异", actor=analyst),
        lambda: merge_clusters(keep=three, absorb=two, reason="同", actor=analyst),
        lambda: add_questions(cluster=three, questions=questions[:1], actor=analyst),
    )
    assert ClusterMembership.objects.filter(until__isnull=True).count() == len(questions)
    for row in ClusterMembership.objects.filter(until__isnull=True).select_related("cluster"):
        assert row.cluster.status == ClusterStatus.OPEN


def test_question_that_joins_while_the_dossier_is_finished_knows_it(questions, analyst):
    cluster = create_cluster(title="甲", questions=questions[:3], actor=analyst)
    dossier = DossierFactory(author=analyst)
    add_to_dossier(dossier=dossier, clusters=[cluster], actor=analyst)
    outcomes(
        lambda: move_dossier(
            dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交"
        ),
        lambda: add_questions(cluster=cluster, questions=questions[3:6], actor=analyst),
    )
    statuses = set(members(cluster).values_list("status", flat=True))
    assert statuses == {QuestionStatus.IN_DOSSIER}


def test_second_of_two_edits_at_once_is_refused(analyst):
    dossier = DossierFactory(author=analyst)
    results = outcomes(
        *(
            lambda text=text: (
                edit_dossier(dossier=dossier, expected_revision=1, grounds=text, actor=analyst).grounds
            )
            for text in ("甲", "乙")
        )
    )
    (told,) = failures(results)
    assert isinstance(told, DossierChanged)
    dossier.refresh_from_db()
    assert dossier.grounds in results
    assert told.submitted["grounds"] != dossier.grounds


def test_sheet_that_is_imported_twice_at_once_comes_in_once():
    content = "内容\n甲问？\n乙问？\n丙问？\n".encode()
    intakes = [read_intake_file(name="sheet.csv", content=content) for _ in range(3)]
    reports = outcomes(
        *(lambda intake=intake: import_intake_file(intake=intake, actor=None) for intake in intakes)
    )
    assert Question.objects.count() == 3
    assert sum(report.imported for report in reports) == 3
    assert sum(report.already_there for report in reports) == 6


def test_these_tests_run_on_postgresql():
    assert connection.vendor == "postgresql"


def test_two_who_claim_at_once_do_not_both_hold_the_question(questions, office):
    people = [UserFactory(roles=["analyst"], office=office) for _ in range(4)]
    results = outcomes(
        *(lambda person=person: claim_question(question=questions[0], actor=person) for person in people)
    )
    assert len(failures(results)) == 3
    (claim,) = QuestionClaim.objects.all()
    assert claim in results


def test_two_questions_are_not_closed_as_duplicates_of_each_other_at_once(questions, analyst):
    one, two = questions[:2]

    def close(question, other):
        return lambda: close_question(
            question=question, reason="duplicate", reply="已有相同问题。", duplicate_of=other, actor=analyst
        )

    results = outcomes(close(one, two), close(two, one))
    assert len(failures(results)) == 1
    assert Question.objects.filter(status=QuestionStatus.CLOSED).count() == 1


def test_question_is_not_closed_and_grouped_at_once(questions, analyst):
    question = questions[0]
    results = outcomes(
        lambda: close_question(question=question, reason="not_ours", reply="不属本平台。", actor=analyst),
        lambda: create_cluster(title="补办", questions=[question], actor=analyst),
    )
    assert len(failures(results)) == 1
    question.refresh_from_db()
    is_grouped = ClusterMembership.objects.filter(question=question, until__isnull=True).exists()
    assert (question.status == QuestionStatus.CLOSED) is not is_grouped


def test_question_that_moves_on_while_its_grouping_is_taken_back_hears_of_the_move(questions, analyst):
    """Whichever comes first, the asker's last news is where the question is."""
    question, other = questions[0], ClusterFactory()
    for _turn in range(3):
        create_cluster(title="补办", questions=[question], actor=analyst)
        membership = ClusterMembership.objects.get(question=question, until__isnull=True)
        outcomes(
            lambda row=membership: undo_grouping(membership=row, actor=analyst),
            lambda: add_questions(cluster=other, questions=[question], actor=analyst),
        )
        assert members(other).get() == question
        asker = question.asker_identity.user
        news = Notification.objects.filter(recipient=asker).exclude(kind="question_ungrouped")
        assert news.latest("created_at").number == other.number
        remove_question(cluster=other, question=question, reason="再试", actor=analyst)
        Notification.objects.all().delete()


def test_asker_who_reads_of_a_closing_while_it_is_taken_back_is_told_of_both_or_neither(questions, analyst):
    question = questions[0]
    asker = question.asker_identity.user
    for _turn in range(5):
        close_question(question=question, reason="not_ours", reply="不属本平台。", actor=analyst)
        notice = Notification.objects.get()
        outcomes(
            lambda: reopen_question(question=question, actor=analyst),
            lambda row=notice: mark_read(notification=row, user=asker),
        )
        told = set(Notification.objects.values_list("kind", flat=True))
        assert told in (set(), {"question_closed", "question_reopened"})
        Notification.objects.all().delete()


@pytest.mark.parametrize("order", [1, -1])
def test_question_is_not_closed_as_a_duplicate_of_one_that_is_withdrawn_at_once(questions, analyst, order):
    question, other = questions[:2][::order]
    asker, values = other.asker_identity.user, {"reason": "duplicate", "reply": "同样的问题。"}
    outcomes(
        lambda: close_question(question=question, duplicate_of=other, actor=analyst, **values),
        lambda: withdraw_question(question=other, actor=asker),
    )
    question.refresh_from_db()
    other.refresh_from_db()
    assert (question.status, other.status) == (QuestionStatus.RAISED, QuestionStatus.WITHDRAWN)
