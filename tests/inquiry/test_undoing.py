"""Taking back what one has just saved at the desk."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from inquiry.enums import QuestionStatus
from inquiry.models import CategoryMapping, ClusterMembership, QuestionCluster, Refinement
from inquiry.rules import UNDO_MINUTES
from inquiry.selectors import current_cluster, earlier_steps
from inquiry.services.categories import apply_mapping
from inquiry.services.claims import claim_question
from inquiry.services.closures import close_question
from inquiry.services.clusters import add_questions, create_cluster
from inquiry.services.dossiers import move_dossier
from inquiry.services.questions import withdraw_question
from inquiry.services.refinements import refine_question
from inquiry.services.undoing import undo_grouping, undo_refinement
from portal.foundation.revisions import RecordChanged
from portal.org.enums import AssignmentKind
from portal.org.models import Assignment, Notification
from portal.org.services import assign
from portal.org.services.topics import merge_topic
from tests.factories.inquiry import DossierItemFactory, QuestionFactory
from tests.factories.org import TopicFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"])


def restate(question, actor, title="补办", **changes):
    return refine_question(question=question, title=title, text="何时补办？", actor=actor, **changes)


def membership_of(question):
    return ClusterMembership.objects.get(question=question, until__isnull=True)


def test_first_restatement_is_taken_back_with_all_that_it_set(analyst):
    topic = TopicFactory()
    question = QuestionFactory(text="《社区矫正法》第二十七条怎么理解？")
    waiting = assign(subject=question, what=AssignmentKind.REFINE, person=analyst)
    saved = restate(
        question,
        analyst,
        topics=[topic],
        names_real=True,
        lang="en",
        confirmed_citations=["《社区矫正法》第二十七条"],
    )
    undo_refinement(refinement=saved, actor=analyst)
    question.refresh_from_db()
    waiting.refresh_from_db()
    assert (question.status, question.names_real, question.lang) == (QuestionStatus.RAISED, False, "zh-hans")
    assert (question.current_refinement(), question.topics.count()) == (None, 0)
    assert question.confirmed_citations.count() == 0
    assert waiting.is_open
    assert earlier_steps(question) == []


def test_earlier_version_stands_again_and_numbers_go_on(analyst):
    question = QuestionFactory()
    first = restate(question, analyst, title="第一稿")
    second = restate(question, analyst, title="第二稿", expected_revision=1)
    undo_refinement(refinement=second, actor=analyst)
    question.refresh_from_db()
    assert question.current_refinement() == first
    # A form that was opened at the second version must not pass for one at the third.
    with pytest.raises(RecordChanged):
        restate(question, analyst, expected_revision=2)
    assert restate(question, analyst, expected_revision=1).version == 3


@pytest.mark.parametrize("written_since", ["", "他人另拟的题目"])
def test_cluster_bears_again_the_title_that_a_mark_replaced(analyst, written_since):
    question = QuestionFactory(text="老张的案子怎么办？")
    cluster = create_cluster(title=question.title_as_raised, questions=[question], actor=analyst)
    saved = restate(question, analyst, names_real=True)
    assert QuestionCluster.objects.get().title == "补办"
    if written_since:
        QuestionCluster.objects.update(title=written_since)
    undo_refinement(refinement=saved, actor=analyst)
    assert QuestionCluster.objects.get().title == (written_since or cluster.title)


def test_cluster_keeps_its_new_title_where_the_mark_stays(analyst):
    question = QuestionFactory(text="老张的案子怎么办？")
    create_cluster(title=question.title_as_raised, questions=[question], actor=analyst)
    saved = restate(question, analyst, names_real=True)
    question.refresh_from_db()
    saved.replaced["sets_mark"] = False
    saved.save()
    undo_refinement(refinement=saved, actor=analyst)
    assert QuestionCluster.objects.get().title != question.title_as_raised


def test_mark_that_was_taken_away_is_set_again(analyst):
    question = QuestionFactory(text="老张的案子怎么办？")
    restate(question, analyst, names_real=True)
    saved = restate(question, analyst, names_real=False, expected_revision=1)
    undo_refinement(refinement=saved, actor=analyst)
    question.refresh_from_db()
    assert question.names_real is True


def test_unread_notices_are_recalled_and_read_ones_stay(analyst):
    asker = UserFactory(roles=["trainee"])
    for is_read in (False, True):
        question = QuestionFactory(asker=asker)
        saved = restate(question, analyst)
        if is_read:
            Notification.objects.update(read_at=timezone.now())
        undo_refinement(refinement=saved, actor=analyst)
        assert Notification.objects.filter(subject__startswith=question.number).exists() is is_read


def test_only_the_author_takes_back_and_only_for_a_while(analyst):
    saved = restate(QuestionFactory(), analyst)
    with pytest.raises(PermissionDenied):
        undo_refinement(refinement=saved, actor=UserFactory(roles=["analyst"]))
    Refinement.objects.update(created_at=timezone.now() - dt.timedelta(minutes=UNDO_MINUTES + 1))
    with pytest.raises(ValidationError):
        undo_refinement(refinement=saved, actor=analyst)
    assert Refinement.objects.get().is_current


def test_what_a_colleague_saved_since_is_not_taken_back(analyst):
    question = QuestionFactory()
    saved = restate(question, analyst)
    restate(question, UserFactory(roles=["analyst"]), expected_revision=1)
    with pytest.raises(ValidationError):
        undo_refinement(refinement=saved, actor=analyst)


def test_assignment_that_waits_anew_is_not_doubled(analyst):
    question = QuestionFactory()
    assign(subject=question, what=AssignmentKind.REFINE, person=analyst)
    saved = restate(question, analyst)
    assign(subject=question, what=AssignmentKind.REFINE, person=analyst)
    undo_refinement(refinement=saved, actor=analyst)
    assert Assignment.objects.open().count() == 1


def test_grouping_is_taken_back_to_where_each_question_came_from(analyst):
    loose, moved = QuestionFactory(), QuestionFactory()
    origin = create_cluster(title="原处", questions=[moved], actor=analyst)
    create_cluster(title="新处", questions=[loose, moved], actor=analyst)
    undo_grouping(membership=membership_of(loose), actor=analyst)
    assert (current_cluster(loose), current_cluster(moved)) == (None, origin)
    loose.refresh_from_db()
    moved.refresh_from_db()
    assert (loose.status, moved.status) == (QuestionStatus.RAISED, QuestionStatus.GROUPED)
    assert QuestionCluster.objects.count() == 2


def test_what_was_in_the_cluster_before_stays(analyst):
    before, added = QuestionFactory(), QuestionFactory()
    cluster = create_cluster(title="补办", questions=[before], actor=analyst)
    add_questions(cluster=cluster, questions=[before, added], actor=analyst)
    undo_grouping(membership=membership_of(added), actor=analyst)
    assert (current_cluster(before), current_cluster(added)) == (cluster, None)


def test_grouping_of_others_or_of_long_ago_is_not_taken_back(analyst):
    question = QuestionFactory()
    create_cluster(title="补办", questions=[question], actor=analyst)
    with pytest.raises(PermissionDenied):
        undo_grouping(membership=membership_of(question), actor=UserFactory(roles=["analyst"]))
    ClusterMembership.objects.update(since=timezone.now() - dt.timedelta(minutes=UNDO_MINUTES + 1))
    with pytest.raises(ValidationError):
        undo_grouping(membership=membership_of(question), actor=analyst)


# What others did since


def test_topics_that_others_gave_or_merged_since_are_kept(analyst):
    saved_one, given, replaced, present = TopicFactory.create_batch(4)
    question = QuestionFactory(category_received="外出")
    question.topics.add(replaced)
    saved = restate(question, analyst, topics=[saved_one])
    apply_mapping(mapping=CategoryMapping.objects.create(received="外出", topic=given))
    administrator = UserFactory(roles=["administrator"])
    merge_topic(topic=replaced, into=present, actor=administrator)
    undo_refinement(refinement=saved, actor=analyst)
    assert set(question.topics.all()) == {present, given}


def test_topic_that_was_saved_and_merged_since_is_taken_away(analyst):
    topic, into = TopicFactory.create_batch(2)
    question = QuestionFactory()
    saved = restate(question, analyst, topics=[topic])
    merge_topic(topic=topic, into=into, actor=UserFactory(roles=["administrator"]))
    undo_refinement(refinement=saved, actor=analyst)
    assert question.topics.count() == 0


def close_as_not_ours(question, actor):
    close_question(question=question, reason="not_ours", reply="不属本平台。", actor=actor)


def group_it(question, actor):
    create_cluster(title="补办", questions=[question], actor=actor)


def withdraw_it(question, actor):
    withdraw_question(question=question, actor=question.asker_identity.user)


def finish_with_it(question, actor):
    item = DossierItemFactory(question=question)
    reason = "先行移交"
    move_dossier(dossier=item.dossier, status="finished", actor=actor, incomplete_reason=reason)


@pytest.mark.parametrize("act", [close_as_not_ours, group_it, withdraw_it, finish_with_it])
def test_words_that_something_was_built_on_since_are_not_taken_back(client, analyst, act):
    question = QuestionFactory(asker=UserFactory(roles=["trainee"]))
    waiting = assign(subject=question, what=AssignmentKind.REFINE, person=analyst)
    saved = restate(question, analyst, names_real=True)
    act(question, UserFactory(roles=["analyst"]))
    with pytest.raises(ValidationError):
        undo_refinement(refinement=saved, actor=analyst)
    saved.refresh_from_db()
    waiting.refresh_from_db()
    assert (saved.is_current, waiting.is_open) == (True, False)
    client.force_login(analyst)
    page = client.get(reverse("inquiry:refine", args=[question.number])).content.decode()
    assert reverse("inquiry:undo_refinement", args=[question.number, saved.pk]) not in page


def test_what_was_so_before_does_not_hinder_taking_back(analyst):
    question = QuestionFactory()
    group_it(question, analyst)
    saved = restate(question, analyst)
    undo_refinement(refinement=saved, actor=analyst)
    assert question.current_refinement() is None


def test_words_on_which_a_colleague_works_are_not_taken_back(analyst):
    question = QuestionFactory()
    saved = restate(question, analyst)
    claim_question(question=question, actor=UserFactory(roles=["analyst"]))
    with pytest.raises(ValidationError):
        undo_refinement(refinement=saved, actor=analyst)


def test_grouping_that_a_finished_dossier_rests_on_since_is_not_taken_back(analyst):
    question, late = QuestionFactory(), QuestionFactory()
    cluster = create_cluster(title="补办", questions=[question], actor=analyst)
    dossier = DossierItemFactory(cluster=cluster).dossier
    move_dossier(dossier=dossier, status="finished", actor=analyst, incomplete_reason="先行移交")
    with pytest.raises(ValidationError, match=dossier.number):
        undo_grouping(membership=membership_of(question), actor=analyst)
    assert current_cluster(question) == cluster
    # What joins a cluster of a finished dossier can leave it again.
    add_questions(cluster=cluster, questions=[late], actor=analyst)
    undo_grouping(membership=membership_of(late), actor=analyst)
    assert current_cluster(late) is None
