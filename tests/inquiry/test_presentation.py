import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from inquiry.enums import Naming, QuestionStatus
from inquiry.excerpts import excerpt
from inquiry.models import AskerIdentity, Question
from inquiry.selectors import (
    presented_question,
    questions_awaiting_refinement,
    questions_refined_ungrouped,
    questions_visible_to,
    records_by_number,
)
from tests.factories.casebank import CaseFactory, TypicalCaseFactory
from tests.factories.inquiry import ClusterFactory, QuestionFactory, RefinementFactory
from tests.factories.org import OfficeFactory, UserFactory, department

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker():
    office = OfficeFactory(name="宁川市人民检察院", department=department("procuratorate"))
    return UserFactory(display_name="陆一鸣", office=office)


@pytest.mark.parametrize(
    ("naming", "said"),
    [
        (Naming.FULL, "陆一鸣 · 宁川市人民检察院"),
        (Naming.OFFICE, "宁川市人民检察院"),
        (Naming.ANONYMOUS, "Anonymous · People's procuratorates"),
    ],
)
@pytest.mark.parametrize("roles", [[], ["analyst"], ["keeper"]])
def test_asker_is_named_as_chosen_to_everybody(asker, naming, said, roles):
    question = QuestionFactory(asker=asker, naming=naming)
    with translation.override("en"):
        assert presented_question(question, UserFactory(roles=roles)).byline == said


def test_office_that_is_not_known_is_shown_as_received():
    question = QuestionFactory(asker=None, office_name="山西省阳泉市检察院")
    assert presented_question(question, UserFactory()).byline == "山西省阳泉市检察院"


def test_name_of_an_office_only_asker_is_not_read(asker, django_assert_num_queries):
    question = QuestionFactory(asker=asker, naming=Naming.OFFICE)
    AskerIdentity.objects.update(name="陆一鸣")
    assert "陆一鸣" not in repr(presented_question(question, UserFactory(roles=["keeper"])))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("## 期限如何计算？\n第二段", "期限如何计算？"),
        ("社区矫正对象外出如何审批？听说各地不同。", "社区矫正对象外出如何审批？"),
        ("很" * 60, "很" * 39 + "…"),
        ("", ""),
    ],
)
def test_excerpt_is_the_first_sentence(text, said):
    assert excerpt(text) == said


def test_visitors_see_no_question():
    QuestionFactory()
    assert list(questions_visible_to(AnonymousUser())) == []
    assert questions_visible_to(UserFactory()).count() == 1


def test_queues_hold_what_waits():
    analyst = UserFactory(roles=["analyst"])
    fresh = QuestionFactory()
    refined = RefinementFactory().question
    ClusterFactory(questions=[RefinementFactory().question])
    Question.objects.filter(pk=QuestionFactory().pk).update(
        status=QuestionStatus.WITHDRAWN, withdrawn_on="2026-01-01"
    )
    assert list(questions_awaiting_refinement(analyst)) == [fresh]
    assert list(questions_refined_ungrouped(analyst)) == [refined]


def test_pasted_numbers_are_found_as_far_as_they_may_be_seen():
    question, cluster, case, draft = QuestionFactory(), ClusterFactory(), CaseFactory(), TypicalCaseFactory()
    text = f"{question.number}、{cluster.number.lower()}\n{case.number} {draft.number} Q-1999-000001"
    found = records_by_number(text, UserFactory())
    assert (found.questions, found.clusters, found.cases) == ([question], [cluster], [case])
    assert found.unknown == [draft.number, "Q-1999-000001"]
    assert records_by_number(text, AnonymousUser()).unknown == [
        question.number,
        cluster.number.lower(),
        draft.number,
        "Q-1999-000001",
    ]
