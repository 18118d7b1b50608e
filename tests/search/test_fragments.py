import pytest
from django.urls import reverse

from portal.org.enums import Role
from tests.factories.inquiry import ClusterFactory
from tests.factories.org import UserFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.laws import make_law

pytestmark = pytest.mark.django_db
SIMILAR = "/search/fragments/similar/"
ASKED = "家属代缴罚金能否减刑"


@pytest.fixture
def trainee(client):
    client.force_login(UserFactory(roles=[Role.TRAINEE]))
    return client


def keys(response) -> list[str]:
    return [row.document.key for row in response.context["rows"]]


def test_similar_questions_appear_while_typing(trainee, indexed):
    question = QuestionFactory(title=ASKED)
    indexed()
    response = trainee.post(SIMILAR, {"text": f"{ASKED}？", "me_too": "1"})
    assert keys(response) == [f"question:{question.pk}"]
    assert f'hx-post="{reverse("inquiry:me_too", args=[question.number])}"' in response.content.decode()


def test_similar_records_leave_out_the_record_itself(trainee, indexed):
    question, other = QuestionFactory(title=ASKED), QuestionFactory(title=f"{ASKED}吗")
    cluster = ClusterFactory(title=ASKED)
    indexed()
    address = {"record": f"question:{question.pk}", "kind": ["question", "cluster"]}
    assert set(keys(trainee.get(SIMILAR, address))) == {f"question:{other.pk}", f"cluster:{cluster.pk}"}


def test_visitors_get_no_suggestions(client, indexed):
    QuestionFactory(title=ASKED)
    indexed()
    assert client.post(SIMILAR, {"text": ASKED}).status_code == 204


@pytest.mark.parametrize(
    "data", [{}, {"text": ""}, {"text": "减"}, {"record": "question:999"}, {"record": "x"}]
)
def test_nothing_to_compare_gives_an_empty_piece(trainee, indexed, data):
    indexed()
    assert trainee.get(SIMILAR, data).content.strip() == b""


def test_pieces_are_empty_while_there_is_no_index(trainee, db):
    assert trainee.get(SIMILAR, {"text": ASKED}).content.strip() == b""
    assert trainee.get(reverse("search:suggest"), {"q": "减"}).json() == {"suggestions": []}


def test_related_provisions_of_a_question(trainee, indexed):
    law = make_law("财产性判项规定", {1: "家属代缴罚金的，应当认定。", 2: "会见。"})
    question = QuestionFactory(title=ASKED)
    indexed()
    response = trainee.get(reverse("search:related"), {"record": f"question:{question.pk}"})
    assert keys(response)[0] == f"provision:{law.versions.get().provisions.get(anchor='art-1').pk}"


def test_pick_offers_boxes(trainee, indexed):
    question = QuestionFactory(title=ASKED)
    indexed()
    response = trainee.get(reverse("search:pick"), {"q": "罚金", "kind": "question", "name": "sources"})
    assert f'name="sources" value="question:{question.pk}"' in response.content.decode()


def test_titles_are_suggested(trainee, indexed):
    question = QuestionFactory(title=ASKED)
    indexed()
    [one] = trainee.get(reverse("search:suggest"), {"q": "家属"}).json()["suggestions"]
    assert (one["title"], one["url"]) == (ASKED, question.get_absolute_url())


def test_similar_records_are_sought_by_the_title(trainee, indexed):
    question = QuestionFactory(title=f"{ASKED}，应当如何掌握", text="与题目无关的长长的背景。" * 30)
    other = QuestionFactory(title=f"{ASKED}吗")
    indexed()
    assert keys(trainee.get(SIMILAR, {"record": f"question:{question.pk}"})) == [f"question:{other.pk}"]
