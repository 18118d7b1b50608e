import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from inquiry.enums import ClusterStatus, DossierStatus, QuestionStatus
from inquiry.models import ClusterMembership, Question
from inquiry.selectors import cluster_history, cluster_voices, current_cluster, current_holder, members
from inquiry.services.clusters import add_questions, create_cluster, remove_question, split_cluster
from inquiry.services.dossiers import add_to_dossier, create_dossier, move_dossier
from inquiry.services.merges import merge_clusters, undo_merge
from inquiry.services.questions import add_me_too, follow
from inquiry.services.refinements import refine_question
from portal.foundation.signals import record_changed
from portal.org.enums import NotificationKind
from portal.org.models import Notification, User
from tests.factories.inquiry import ClusterFactory, DossierFactory, DossierItemFactory, QuestionFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"])


@pytest.fixture
def questions():
    return [QuestionFactory() for _ in range(4)]


def numbers(cluster):
    return [question.number for question in members(cluster)]


def merge(keep, absorb, actor):
    return merge_clusters(keep=keep, absorb=absorb, reason="问的是同一件事", actor=actor)


def test_cluster_gathers_questions_and_tells_the_askers(analyst, questions):
    cluster = create_cluster(title="履行能力", questions=questions[:2], reason="同问", actor=analyst)
    assert cluster.number == f"C-{cluster.grouped_on.year}-0001"
    assert numbers(cluster) == [question.number for question in questions[:2]]
    statuses = Question.objects.filter(pk__in=[each.pk for each in questions[:2]]).values_list(
        "status", flat=True
    )
    assert set(statuses) == {QuestionStatus.GROUPED}
    told = Notification.objects.values_list("recipient", "kind", "url", "number")
    url, kind = cluster.get_absolute_url(), NotificationKind.QUESTION_GROUPED
    assert set(told) == {(each.asker_identity.user_id, kind, url, cluster.number) for each in questions[:2]}


def test_question_moves_from_one_cluster_to_another(analyst, questions):
    first = create_cluster(title="甲", questions=questions[:2], actor=analyst)
    second = create_cluster(title="乙", actor=analyst)
    add_questions(cluster=second, questions=[questions[0]], reason="更合适", actor=analyst)
    assert (numbers(first), numbers(second)) == ([questions[1].number], [questions[0].number])
    rows = ClusterMembership.objects.filter(question=questions[0]).order_by("pk")
    assert [(row.cluster, row.until is None, row.end_reason) for row in rows] == [
        (first, False, "更合适"),
        (second, True, ""),
    ]


def test_adding_twice_changes_nothing(analyst, questions):
    cluster = create_cluster(title="甲", questions=questions[:1], actor=analyst)
    add_questions(cluster=cluster, questions=questions[:1], actor=analyst)
    assert ClusterMembership.objects.count() == 1
    assert Notification.objects.count() == 1


def test_removed_question_goes_back_and_says_why(analyst, questions):
    cluster = create_cluster(title="甲", questions=questions[:1], actor=analyst)
    with pytest.raises(ValidationError):
        remove_question(cluster=cluster, question=questions[0], reason=" ", actor=analyst)
    remove_question(cluster=cluster, question=questions[0], reason="另有所问", actor=analyst)
    questions[0].refresh_from_db()
    assert (questions[0].status, current_cluster(questions[0])) == (QuestionStatus.RAISED, None)
    assert [event.kind for event in cluster_history(cluster)] == ["removed", "added"]


def test_withdrawn_question_is_not_grouped(analyst, questions):
    Question.objects.filter(pk=questions[0].pk).update(status="withdrawn", withdrawn_on="2026-01-01")
    with pytest.raises(ValidationError):
        create_cluster(title="甲", questions=questions[:1], actor=analyst)


@pytest.mark.parametrize("roles", [[], ["coordinator"], ["administrator"]])
def test_only_analysts_group(questions, roles):
    person = UserFactory(roles=roles)
    cluster, other = ClusterFactory(questions=questions[:1]), ClusterFactory()
    for act in (
        lambda: create_cluster(title="甲", actor=person),
        lambda: add_questions(cluster=cluster, questions=questions, actor=person),
        lambda: remove_question(cluster=cluster, question=questions[0], reason="因", actor=person),
        lambda: split_cluster(cluster=cluster, questions=questions, title="乙", reason="因", actor=person),
        lambda: merge(cluster, other, person),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_split_moves_some_questions_to_a_new_cluster(analyst, questions):
    cluster = create_cluster(title="甲", questions=questions[:3], actor=analyst)
    parted = split_cluster(
        cluster=cluster, questions=questions[1:3], title="乙", reason="两个问题", actor=analyst
    )
    assert numbers(cluster) == [questions[0].number]
    assert numbers(parted) == [questions[1].number, questions[2].number]
    with pytest.raises(ValidationError):
        split_cluster(cluster=cluster, questions=[questions[3]], title="丙", reason="因", actor=analyst)


def test_merge_leads_the_absorbed_number_to_its_holder(analyst, questions):
    keep = create_cluster(title="甲", questions=questions[:2], actor=analyst)
    absorb = create_cluster(title="乙", questions=questions[2:], actor=analyst)
    third = create_cluster(title="丙", actor=analyst)
    merge(keep, absorb, analyst)
    keep.refresh_from_db()
    merge(third, keep, analyst)
    absorb.refresh_from_db()
    assert (absorb.status, current_holder(absorb)) == (ClusterStatus.ABSORBED, third)
    assert numbers(third) == [question.number for question in questions]


def test_merge_adds_voices(analyst, questions):
    joined = UserFactory()
    keep = create_cluster(title="甲", questions=questions[:1], actor=analyst)
    absorb = create_cluster(title="乙", questions=questions[1:2], actor=analyst)
    for question in questions[:2]:
        add_me_too(question=question, actor=joined)
    assert cluster_voices(keep) + cluster_voices(absorb) == 4
    merge(keep, absorb, analyst)
    assert cluster_voices(keep) == 4


def test_notifications_say_what_happened(client, analyst, questions):
    """Each step, told to the asker and to somebody who follows."""
    question, follower = questions[0], UserFactory(language="en")
    asker = question.asker_identity.user
    User.objects.filter(pk=asker.pk).update(language="en")
    follow(question=question, actor=follower)
    refine_question(question=question, title="题", text="履行能力如何认定？", actor=analyst)
    first = create_cluster(title="甲", questions=[question], actor=analyst)
    second = create_cluster(title="乙", questions=[question], actor=analyst)
    third = ClusterFactory()
    merge(third, second, analyst)
    remove_question(cluster=third, question=question, reason="不同", actor=analyst)
    dossier = create_dossier(title="卷", actor=analyst)
    add_to_dossier(dossier=dossier, questions=[question], actor=analyst)
    move_dossier(dossier=dossier, status="finished", actor=analyst, incomplete_reason="先行移交")
    said = [
        "refined",
        f"grouped as {first.number}",
        f"moved to {second.number}",
        f"moved to {third.number}",
        f"taken out of {third.number}",
        f"became source material of {dossier.number}",
    ]
    for person, whose in ((asker, "Your question"), (follower, "A question that you follow")):
        rows = Notification.objects.filter(recipient=person).order_by("created_at")
        with translation.override("en"):
            headlines = [row.headline.replace(" was ", " ") for row in rows]
        assert headlines == [f"{whose} {words}" for words in said]
        client.force_login(person)
        assert f"grouped as {first.number}" in client.get("/me/notifications/").content.decode()


def test_merge_tells_the_askers_who_moved(analyst, questions):
    keep = create_cluster(title="甲", questions=questions[:1], actor=analyst)
    absorb = create_cluster(title="乙", questions=questions[1:2], actor=analyst)
    Notification.objects.all().delete()
    merge(keep, absorb, analyst)
    told = Notification.objects.get()
    assert (told.recipient, told.kind, told.url) == (
        questions[1].asker_identity.user,
        NotificationKind.QUESTION_REGROUPED,
        keep.get_absolute_url(),
    )


def test_merge_of_absorbed_or_same_cluster_is_refused(analyst):
    keep, absorb = ClusterFactory(), ClusterFactory()
    with pytest.raises(ValidationError):
        merge(keep, keep, analyst)
    merge(keep, absorb, analyst)
    with pytest.raises(ValidationError):
        merge(absorb, keep, analyst)
    with pytest.raises(ValidationError):
        add_questions(cluster=absorb, questions=[QuestionFactory()], actor=analyst)


def test_undo_brings_back_what_the_merge_moved(analyst, questions):
    keep = create_cluster(title="甲", questions=questions[:2], actor=analyst)
    absorb = create_cluster(title="乙", questions=questions[2:], actor=analyst)
    done = merge(keep, absorb, analyst)
    opened = undo_merge(merge=done, reason="并错了", actor=analyst)
    assert (opened, opened.status, opened.merged_into) == (absorb, ClusterStatus.OPEN, None)
    assert numbers(keep) == [question.number for question in questions[:2]]
    assert numbers(absorb) == [question.number for question in questions[2:]]
    with pytest.raises(ValidationError):
        undo_merge(merge=done, reason="再来", actor=analyst)


def test_undo_leaves_later_changes_as_they_are(analyst):
    first, second, third, fourth, late = (QuestionFactory() for _ in range(5))
    keep = create_cluster(title="甲", questions=[first], actor=analyst)
    absorb = create_cluster(title="乙", questions=[second, third, fourth], actor=analyst)
    elsewhere = create_cluster(title="丙", actor=analyst)
    done = merge(keep, absorb, analyst)
    add_questions(cluster=elsewhere, questions=[second], actor=analyst)
    remove_question(cluster=keep, question=third, reason="再看", actor=analyst)
    add_questions(cluster=keep, questions=[third, late], actor=analyst)
    undo_merge(merge=done, reason="并错了", actor=analyst)
    assert numbers(elsewhere) == [second.number]
    assert numbers(keep) == [first.number, third.number, late.number]
    assert numbers(absorb) == [fourth.number]


def test_undo_reaches_through_later_merges_and_leaves_them_standing(analyst, questions):
    first, second, third = (
        create_cluster(title=title, questions=[question], actor=analyst)
        for title, question in zip("甲乙丙", questions, strict=False)
    )
    inner = merge(second, first, analyst)
    second.refresh_from_db()
    outer = merge(third, second, analyst)
    undo_merge(merge=inner, reason="并错了", actor=analyst)
    assert numbers(first) == [questions[0].number]
    assert numbers(third) == [questions[1].number, questions[2].number]
    undo_merge(merge=outer, reason="也并错了", actor=analyst)
    assert [numbers(each) for each in (first, second, third)] == [[each.number] for each in questions[:3]]


def test_undo_in_the_order_in_which_they_were_merged_back(analyst, questions):
    first, second, third = (
        create_cluster(title=title, questions=[question], actor=analyst)
        for title, question in zip("甲乙丙", questions, strict=False)
    )
    inner = merge(second, first, analyst)
    outer = merge(third, second, analyst)
    undo_merge(merge=outer, reason="并错了", actor=analyst)
    assert numbers(second) == [questions[0].number, questions[1].number]
    undo_merge(merge=inner, reason="并错了", actor=analyst)
    assert [numbers(each) for each in (first, second, third)] == [[each.number] for each in questions[:3]]


def test_finished_dossier_follows_its_cluster_through_a_merge(analyst, questions):
    absorb = create_cluster(title="乙", questions=questions[:1], actor=analyst)
    keep = create_cluster(title="甲", questions=questions[1:2], actor=analyst)
    dossier = DossierFactory(status=DossierStatus.FINISHED, finished_on="2026-01-01")
    DossierItemFactory(dossier=dossier, cluster=absorb)
    done = merge(keep, absorb, analyst)
    for question in questions[:2]:
        question.refresh_from_db()
    assert [each.status for each in questions[:2]] == [QuestionStatus.IN_DOSSIER] * 2
    undo_merge(merge=done, reason="并错了", actor=analyst)
    for question in questions[:2]:
        question.refresh_from_db()
    assert [each.status for each in questions[:2]] == [QuestionStatus.IN_DOSSIER, QuestionStatus.GROUPED]


def test_merge_announces_both_clusters_and_every_question(analyst, questions):
    keep = create_cluster(title="甲", questions=questions[:1], actor=analyst)
    absorb = create_cluster(title="乙", questions=questions[1:2], actor=analyst)
    heard = set()

    def listen(instances, **kwargs):
        heard.update(instances)

    record_changed.connect(listen)
    merge(keep, absorb, analyst)
    record_changed.disconnect(listen)
    assert heard == {keep, absorb, *questions[:2]}


def test_history_tells_merges_and_who_made_them(analyst, questions):
    keep = create_cluster(title="甲", questions=questions[:1], actor=analyst)
    absorb = create_cluster(title="乙", actor=analyst)
    done = merge(keep, absorb, analyst)
    undo_merge(merge=done, reason="并错了", actor=analyst)
    events = [(event.kind, event.actor, event.reason) for event in cluster_history(keep)]
    assert events == [
        ("parted", analyst, "并错了"),
        ("merged", analyst, "问的是同一件事"),
        ("added", analyst, ""),
    ]
    assert [event.kind for event in cluster_history(absorb)] == ["parted", "absorbed"]
