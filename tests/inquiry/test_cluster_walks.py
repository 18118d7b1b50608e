"""Random sequences of grouping: whatever is done, no question is lost and none is in two places."""

from __future__ import annotations

import random

import pytest
from django.core.exceptions import ValidationError

from inquiry.enums import ClusterStatus, QuestionStatus
from inquiry.models import ClusterMembership, ClusterMerge, Question, QuestionCluster
from inquiry.selectors import current_holder, members
from inquiry.services.clusters import add_questions, create_cluster, remove_question, split_cluster
from inquiry.services.merges import merge_clusters, undo_merge
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db
STEPS = 25


class Walk:
    """An analyst who does at random what can be done."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.analyst = UserFactory(roles=["analyst"])
        session = TrainingSessionFactory()
        self.questions = [QuestionFactory(asker=None, session=session) for _ in range(6)]
        for title in "甲乙丙":
            part = self.chance.sample(self.questions, 2)
            create_cluster(title=title, questions=part, actor=self.analyst)

    def cluster(self):
        return self.chance.choice(list(QuestionCluster.objects.order_by("pk")))

    def add(self):
        some = self.chance.sample(self.questions, 2)
        add_questions(cluster=self.cluster(), questions=some, actor=self.analyst)

    def remove(self):
        cluster = self.cluster()
        if question := members(cluster).first():
            remove_question(cluster=cluster, question=question, reason="异", actor=self.analyst)

    def split(self):
        cluster = self.cluster()
        if found := list(members(cluster))[:1]:
            split_cluster(cluster=cluster, questions=found, title="分", reason="异", actor=self.analyst)

    def merge(self):
        merge_clusters(keep=self.cluster(), absorb=self.cluster(), reason="同", actor=self.analyst)

    def undo(self):
        standing = list(ClusterMerge.objects.filter(undone_at__isnull=True).order_by("pk"))
        if standing:
            undo_merge(merge=self.chance.choice(standing), reason="异", actor=self.analyst)

    def step(self):
        act = self.chance.choice([self.add, self.remove, self.split, self.merge, self.merge, self.undo])
        before = set(ClusterMembership.objects.filter(until__isnull=True).values_list("question", flat=True))
        try:
            act()
        except ValidationError:
            return
        after = set(ClusterMembership.objects.filter(until__isnull=True).values_list("question", flat=True))
        lost = before - after
        assert len(lost) <= (act == self.remove)


@pytest.mark.parametrize("seed", range(2))
def test_grouping_at_random_keeps_every_question_in_one_open_cluster(seed):
    walk = Walk(seed)
    for _ in range(STEPS):
        walk.step()
        current = ClusterMembership.objects.filter(until__isnull=True).select_related("cluster")
        assert [row.cluster for row in current if row.cluster.status != ClusterStatus.OPEN] == []
        assert len({row.question_id for row in current}) == len(current)
    grouped = set(current.values_list("question", flat=True))
    assert len(grouped) > 0
    for question in Question.objects.all():
        expected = QuestionStatus.GROUPED if question.pk in grouped else QuestionStatus.RAISED
        assert question.status == expected
    for cluster in QuestionCluster.objects.all():
        assert current_holder(cluster).status == ClusterStatus.OPEN


@pytest.mark.parametrize("seed", range(2))
def test_undoing_every_merge_opens_every_cluster(seed):
    walk = Walk(seed)
    for _ in range(STEPS):
        walk.step()
    for merge in ClusterMerge.objects.filter(undone_at__isnull=True):
        undo_merge(merge=merge, reason="异", actor=walk.analyst)
    assert set(QuestionCluster.objects.values_list("status", flat=True)) == {ClusterStatus.OPEN}
