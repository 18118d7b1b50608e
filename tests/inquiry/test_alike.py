import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from inquiry.models import Question
from inquiry.selectors.alike import alike_questions
from inquiry.services.questions import append_correction, raise_question
from inquiry.signals import similar_questions_wanted
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory, RefinementFactory
from tests.factories.org import UserFactory
from tests.growth import LINEAR_TIME, time_ratio

pytestmark = pytest.mark.django_db
TEXT = "暂予监外执行期满后，社区矫正期间如何计算？"


def form_of(text, **changes):
    return {"kind": "question", "text": text, "naming": "office", "submission_key": uuid.uuid4()} | changes


@pytest.fixture
def session():
    return TrainingSessionFactory()


@pytest.fixture
def asking(client, session):
    """Send the form as another person than the one who asked first."""
    client.force_login(UserFactory())
    return lambda text, **changes: client.post(
        reverse("inquiry:ask", args=[session.number]), form_of(text, **changes)
    )


@pytest.mark.parametrize(
    "text",
    [
        "\u200b",
        "\ufeff\ufeff",
        "\u2060",
        "\u3164" * 9,
        "\u00ad",
        "***",
        "---",
        "？？？？？？？",
        "张**、李**",
        "怎么办？？？？",
    ],
)
def test_question_that_says_next_to_nothing_is_refused(asking, session, text):
    response = asking(text)
    assert list(response.context["form"].errors) == ["text"]
    with pytest.raises(ValidationError):
        raise_question(session=session, kind="question", text=text, naming="office", actor=UserFactory())
    assert not Question.objects.exists()


def test_question_of_six_letters_is_taken(asking):
    assert asking("何时可以解除？").status_code == 302
    assert Question.objects.get().text == "何时可以解除？"


def test_correction_of_marks_only_is_refused(session):
    actor = UserFactory()
    question = raise_question(session=session, kind="question", text=TEXT, naming="full", actor=actor)
    with pytest.raises(ValidationError):
        append_correction(question=question, text="***", actor=actor)


def test_form_asks_about_a_question_nearly_the_same(asking, session):
    first = QuestionFactory(session=session, text=TEXT)
    again = TEXT.replace("？", "呢？？")
    response = asking(again)
    assert [row.question for row in response.context["alike"]] == [first]
    assert 'name="raise_anyway"' in response.content.decode()
    assert Question.objects.count() == 1
    assert asking(again, raise_anyway="on").status_code == 302
    assert Question.objects.count() == 2


def test_form_that_is_sent_again_is_not_asked_about_itself(asking):
    key = uuid.uuid4()
    first = asking(TEXT, submission_key=key)
    assert asking(TEXT, submission_key=key).url == first.url
    assert Question.objects.count() == 1


def test_other_questions_raise_no_doubt(asking, session):
    QuestionFactory(session=session, text=TEXT)
    assert asking("暂予监外执行期满后，由谁通知社区矫正机构？").status_code == 302
    assert Question.objects.count() == 2


@pytest.mark.parametrize("field", ["title", "text"])
def test_restated_form_is_compared(asking, session, field):
    question = QuestionFactory(session=session, text="期满了，到底从哪一天开始算？我们这里各算各的。")
    RefinementFactory(question=question, is_current=True, **{field: TEXT})
    assert [row.question for row in asking(TEXT).context["alike"]] == [question]


def test_marked_original_is_not_compared(session):
    question = QuestionFactory(session=session, text=TEXT, names_real=True)
    assert alike_questions(TEXT, session=session, user=UserFactory()) == []
    RefinementFactory(question=question, text=TEXT, is_current=True)
    assert [row.question for row in alike_questions(TEXT, session=session, user=UserFactory())] == [question]


def test_question_of_another_session_is_named_by_the_index(session):
    other = QuestionFactory(text=TEXT)

    def name(**kwargs):
        return [other.pk]

    similar_questions_wanted.connect(name)
    try:
        assert [row.question for row in alike_questions(TEXT, session=session, user=UserFactory())] == [other]
    finally:
        similar_questions_wanted.disconnect(name)


def test_index_that_fails_stops_nobody(asking):
    def fail(**kwargs):
        raise OSError

    similar_questions_wanted.connect(fail)
    try:
        assert asking(TEXT).status_code == 302
    finally:
        similar_questions_wanted.disconnect(fail)
    assert Question.objects.get().text == TEXT


def test_title_of_a_question_keeps_masks():
    question = QuestionFactory(text="**罪犯张**、李**共同犯罪**如何认定？第二句。")
    assert question.title_as_raised == "罪犯张**、李**共同犯罪如何认定？"


def test_texts_made_to_be_slow_are_compared_as_fast_as_others(session):
    """Two texts of the same two letters in another order: the time grew with the third power of their length."""

    def compare(size):
        length = size // 2
        Question.objects.filter(session=session).delete()
        QuestionFactory(session=session, text="a" * length + "b" * length)
        alike_questions("ab" * length, session=session, user=reader)

    reader = UserFactory()
    assert time_ratio(compare, 200) < LINEAR_TIME
