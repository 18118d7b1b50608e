"""What the form says of questions that were asked before, and what follows once one is raised."""

import uuid

import pytest
from django.urls import reverse

from inquiry.models import MeToo, Question
from inquiry.services.questions import add_me_too
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db
TEXT = "暂予监外执行期满后，社区矫正期间如何计算？"


@pytest.fixture
def session():
    return TrainingSessionFactory()


@pytest.fixture
def asker():
    return UserFactory(language="en")


@pytest.fixture
def reader(client):
    person = UserFactory(language="en")
    client.force_login(person)
    return person


def raise_by_form(client, session, **changes):
    data = {"kind": "question", "text": TEXT, "naming": "anonymous", "submission_key": uuid.uuid4()}
    return client.post(reverse("inquiry:ask", args=[session.number]), data | changes)


def press(client, question, **data):
    """Press the button beside a question while another is typed."""
    url = reverse("inquiry:me_too", args=[question.number])
    return client.post(url, {"asking": "1"} | data, headers={"HX-Request": "true"}).content.decode()


def test_own_question_is_said_to_be_ones_own(client, session, asker):
    question = QuestionFactory(session=session, asker=asker, text=TEXT)
    client.force_login(asker)
    assert "You asked this" in press(client, question)
    assert not MeToo.objects.exists()
    response = raise_by_form(client, session, text=TEXT + "呢")
    assert [row.is_asker for row in response.context["alike"]] == [True]
    body = response.content.decode()
    assert ("You asked this" in body, "I have this question too" in body) == (True, False)


def test_draft_is_discarded_or_raised_after_a_real_one(client, session, reader):
    question = QuestionFactory(session=session, text=TEXT)
    body = raise_by_form(client, session, text=TEXT + "呢").content.decode()
    assert "I have this question too" in body
    body = press(client, question)
    assert f'href="{question.get_absolute_url()}"\n         data-discard-draft' in body
    assert "data-raise-anyway" in body
    assert question.me_toos.count() == 1
    response = raise_by_form(client, session, text=TEXT + "呢")
    assert [row.joined for row in response.context["alike"]] == [True]
    assert "I have this question too" in press(client, question, undo="1")
    assert not question.me_toos.exists()


def test_nobody_else_is_told_whose_a_question_is(client, session, asker, reader):
    question = QuestionFactory(session=session, asker=asker, text=TEXT)
    other = QuestionFactory(session=session, text=TEXT)
    add_me_too(question=other, actor=asker)
    body = raise_by_form(client, session, text=TEXT + "呢").content.decode()
    assert "You asked this" not in body
    assert body.count("data-raise-anyway") == 0
    assert "You asked this" not in press(client, question)


def test_asker_learns_once_what_happens_next(client, session, reader):
    url = raise_by_form(client, session).url
    first = client.get(url).content.decode()
    assert "What happens next" in first
    assert f'href="{reverse("inquiry:my_questions")}"' in first
    assert f'href="{reverse("org:notifications")}"' in first
    assert "What happens next" not in client.get(url).content.decode()


def test_nobody_else_is_shown_what_the_asker_is(client, session, reader):
    url = raise_by_form(client, session).url
    client.force_login(UserFactory())
    assert "raised-title" not in client.get(url).content.decode()


def test_next_steps_are_those_of_the_question_that_was_raised(client, session, reader):
    earlier = QuestionFactory(asker=reader)
    raise_by_form(client, session)
    assert "raised-title" not in client.get(earlier.get_absolute_url()).content.decode()


def test_page_of_a_session_shows_questions_before_the_folded_form(client, session, reader):
    body = client.get(session.get_absolute_url()).content.decode()
    questions, form = (
        body.index(reverse("inquiry:session_questions", args=[session.number])),
        body.index('<details class="fold no-print" id="ask">'),
    )
    assert questions < form
    assert f'hx-get="{reverse("inquiry:ask", args=[session.number])}?embedded=1"' in body[form:]
    assert 'hx-trigger="load"' not in body[form : body.index("</details>", form)]


def test_visitor_is_shown_no_form(client, session):
    assert 'id="ask"' not in client.get(session.get_absolute_url()).content.decode()
    assert Question.objects.count() == 0
