"""Counts that are kept for all staff: as they are now after whatever is done, and the same whoever made them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.http import QueryDict

from home.selectors.waiting import analysts_work
from inquiry.enums import ClosureReason, Naming
from inquiry.models import ClusterMembership, Question
from inquiry.selectors.narrowing import ClusterFilter, QuestionFilter, cluster_facets, question_facets
from inquiry.services.closures import close_question, reopen_question
from inquiry.services.clusters import add_questions, create_cluster
from inquiry.services.dossiers import add_to_dossier, create_dossier, move_dossier
from inquiry.services.merges import merge_clusters, undo_merge
from inquiry.services.questions import raise_question, withdraw_question
from inquiry.services.refinements import refine_question
from inquiry.services.undoing import undo_grouping, undo_refinement
from inquiry.views.desk_lists import DeskList
from portal.org.models import User
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, DossierItemFactory, QuestionFactory
from tests.factories.org import OfficeFactory, TopicFactory, UserFactory, department
from tests.pages import without_tokens

pytestmark = pytest.mark.django_db
PAGES = ("/", "/questions/", "/clusters/", "/dossiers/", "/desk/", "/me/questions/")
ROLES = ("trainee", "analyst", "coordinator")


def counted(analyst: User) -> list[Any]:
    """Return all that is kept; the totals are the same throughout, so that they tell nothing has changed."""
    return [
        question_facets(analyst, QuestionFilter(), 0),
        cluster_facets(analyst, ClusterFilter(), 0),
        [count for _label, count, _destination in analysts_work(analyst)],
        DeskList("awaiting", QueryDict(""), analyst).page_with(None).counts,
    ]


def acts(analyst: User, asker: User) -> Iterator[Callable[[], object]]:
    """Yield what people do with questions, one after the other."""
    session, made = TrainingSessionFactory(), []
    for number in range(2):
        values = {"session": session, "kind": "question", "naming": Naming.ANONYMOUS, "actor": asker}
        yield lambda number=number, values=values: made.append(
            raise_question(text=f"逾期未归如何处理？（{number}）", **values)
        )
    question, other = made
    words = {"title": "逾期未归", "text": "如何处理？", "topics": [TopicFactory()], "actor": analyst}
    yield lambda: refine_question(question=question, **words)
    yield lambda: undo_refinement(refinement=question.refinements.get(), actor=analyst)
    reply = {"reply": "同样的问题。", "reason": ClosureReason.DUPLICATE, "duplicate_of": other}
    yield lambda: close_question(question=question, actor=analyst, **reply)
    yield lambda: reopen_question(question=question, actor=analyst)
    yield lambda: refine_question(question=question, expected_revision=0, **words)
    yield lambda: made.append(create_cluster(title="逾期未归", questions=[question], actor=analyst))
    yield lambda: undo_grouping(membership=ClusterMembership.objects.get(), actor=analyst)
    yield lambda: add_questions(cluster=made[2], questions=[question], actor=analyst)
    yield lambda: made.append(create_cluster(title="逾期", questions=[other], actor=analyst))
    yield lambda: made.append(merge_clusters(keep=made[2], absorb=made[3], reason="同一", actor=analyst))
    yield lambda: undo_merge(merge=made[3].merges_made.get(), reason="不同", actor=analyst)
    yield lambda: made.append(create_dossier(title="外出", actor=analyst))
    yield lambda: add_to_dossier(dossier=made[-1], clusters=[made[2]], actor=analyst)
    yield lambda: move_dossier(dossier=made[-1], status="finished", incomplete_reason="急", actor=analyst)
    yield lambda: move_dossier(dossier=made[-1], status="draft", actor=analyst)
    yield lambda: withdraw_question(question=Question.objects.get(pk=other.pk), actor=asker)


def test_counts_are_those_of_now_after_every_act():
    analyst, asker = UserFactory(roles=["analyst"]), UserFactory(roles=["trainee"])
    for number, act in enumerate(acts(analyst, asker)):
        counted(analyst)
        act()
        kept = counted(analyst)
        cache.clear()
        assert counted(analyst) == kept, number


@pytest.mark.parametrize("path", PAGES)
def test_counts_that_another_made_show_what_ones_own_would(client, path):
    office = OfficeFactory(department=department("court"))
    people = [UserFactory(roles=[role], office=office) for role in ROLES]
    questions = [QuestionFactory(asker=people[0], naming=Naming.ANONYMOUS) for _ in range(3)]
    DossierItemFactory(cluster=ClusterFactory(questions=questions[:2]))

    def page(reader: User) -> str:
        client.force_login(reader)
        return without_tokens(client.get(path).content.decode())

    for reader in people:
        cache.clear()
        own = page(reader)
        for other in people:
            cache.clear()
            page(other)
            assert page(reader) == own
