import pytest
from django.urls import reverse

from inquiry.enums import DossierStatus
from inquiry.models import Question
from inquiry.services.questions import add_me_too
from portal.foundation.signals import announce_changed
from portal.org.enums import Role
from search.models import Synonym
from tests.factories.casebank import CaseFactory
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, DossierFactory, RefinementFactory
from tests.factories.org import UserFactory
from tests.factories.search import FrequentQueryFactory
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
    assert [item["row"].document.key for item in response.context["alike"]] == [f"question:{question.pk}"]
    assert f'hx-post="{reverse("inquiry:me_too", args=[question.number])}"' in response.content.decode()


def test_line_above_the_text_tells_own_and_joined_questions_apart(client, indexed):
    reader = UserFactory(language="en")
    own, joined = QuestionFactory(title=ASKED, asker=reader), QuestionFactory(title=f"{ASKED}吗")
    QuestionFactory(title=f"{ASKED}呢")
    add_me_too(question=joined, actor=reader)
    indexed()
    client.force_login(reader)
    response = client.post(SIMILAR, {"text": f"{ASKED}？", "me_too": "1"})
    states = {item["row"].number: (item["is_asker"], item["joined"]) for item in response.context["alike"]}
    assert (len(states), states[own.number], states[joined.number]) == (3, (True, False), (False, True))
    body = response.content.decode()
    assert [body.count(words) for words in ("3 alike", "You asked this", "Raise it all the same")] == [
        1,
        1,
        1,
    ]
    for text, words in (("", "Questions alike are counted here"), ("无关之事", "None alike so far")):
        assert words in client.post(SIMILAR, {"text": text, "me_too": "1"}).content.decode()


def test_similar_records_leave_out_the_record_itself(trainee, indexed):
    question, other = QuestionFactory(title=ASKED), QuestionFactory(title=f"{ASKED}吗")
    cluster = ClusterFactory(title=ASKED)
    indexed()
    address = {"record": f"question:{question.pk}", "kind": ["question", "cluster"]}
    assert set(keys(trainee.get(SIMILAR, address))) == {f"question:{other.pk}", f"cluster:{cluster.pk}"}


def test_visitors_get_no_suggestions(client, indexed):
    QuestionFactory(title=ASKED)
    indexed()
    response = client.post(SIMILAR, {"text": ASKED})
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    "data", [{}, {"text": ""}, {"text": "减"}, {"record": "question:999"}, {"record": "x"}]
)
def test_nothing_to_compare_gives_an_empty_piece(trainee, indexed, data):
    indexed()
    assert trainee.get(SIMILAR, data).content.strip() == b""


def test_pieces_are_empty_while_there_is_no_index(trainee, db):
    assert trainee.get(SIMILAR, {"text": ASKED}).content.strip() == b""
    assert trainee.get(reverse("search:suggest"), {"q": "减"}).json() == {"suggestions": [], "queries": []}


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


# How alike


@pytest.mark.parametrize(
    ("title", "percent"),
    [(ASKED, 100), (f"{ASKED}，{ASKED}的幅度", 80), ("家属代缴财产刑与减刑", 59)],
)
def test_similarity_is_shown_in_percent_of_the_same_text(trainee, indexed, title, percent):
    QuestionFactory(title=title, text="另有说明")
    indexed()
    response = trainee.post(SIMILAR, {"text": ASKED})
    assert [row.similarity for row in response.context["rows"]] == [percent]
    assert f"相近度 {percent}%" in response.content.decode()


def test_passages_that_match_are_marked(trainee, indexed):
    QuestionFactory(title="减刑幅度", text="有一件事。家属代缴罚金的，能否减刑，各地做法不一。")
    indexed()
    assert "<mark>家属代缴罚金</mark>" in trainee.post(SIMILAR, {"text": ASKED}).content.decode()


def test_kinds_are_shown_where_several_are_requested(trainee, indexed):
    ClusterFactory(title=ASKED)
    indexed()
    several = trainee.get(SIMILAR, {"text": ASKED, "kind": ["question", "cluster"]}).content.decode()
    alone = trainee.get(SIMILAR, {"text": ASKED, "kind": "cluster"}).content.decode()
    assert ("归并问题" in several, "归并问题" in alone) == (True, False)


# What sets a set apart


SIGNIFICANT = "/search/fragments/significant/"


@pytest.fixture
def two_sessions(indexed):
    one, other = TrainingSessionFactory(), TrainingSessionFactory()
    for number in range(12):
        QuestionFactory(title=f"电子腕带{number}", session=one)
        QuestionFactory(title=f"伙食标准{number}", session=other)
    indexed()
    return one


def test_words_lead_to_the_set_narrowed_by_them(trainee, two_sessions):
    address = {"session": two_sessions.number, "kind": "question", "in_session": "1"}
    response = trainee.get(SIGNIFICANT, address)
    assert "本期问题与众不同之处" in response.content.decode()
    [term] = response.context["terms"]
    assert (term["text"], term["here"], term["elsewhere"]) == ("电子腕带", 12, 0)
    page = trainee.get(term["url"])
    assert page.context["result"].total == 12
    assert page.context["query"].filters == (
        ("kind", ("question",)),
        ("session", (two_sessions.number,)),
    )


def test_words_join_those_that_were_typed(trainee, two_sessions):
    response = trainee.get(SIGNIFICANT, {"q": f"期次:{two_sessions.number} -类型:案例"})
    [term] = response.context["terms"]
    assert trainee.get(term["url"], follow=True).context["result"].total == 12


def test_words_need_a_constant_number_of_queries(trainee, two_sessions, django_assert_num_queries):
    trainee.get(SIGNIFICANT, {"session": two_sessions.number})
    for address in ({"session": two_sessions.number}, {"session": two_sessions.number, "kind": "question"}):
        with django_assert_num_queries(WORDS_QUERIES):
            trainee.get(SIGNIFICANT, address)


WORDS_QUERIES = 6


def test_visitors_get_no_words(client, two_sessions):
    response = client.get(SIGNIFICANT, {"session": two_sessions.number})
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("address", [{}, {"session": "TT-2030-01"}, {"kind": "nothing", "q": '"'}])
def test_nothing_to_tell_gives_an_empty_piece(trainee, two_sessions, address):
    assert trainee.get(SIGNIFICANT, address).content.strip() == b""


def test_words_are_left_out_while_there_is_no_index(trainee, db):
    assert trainee.get(SIGNIFICANT, {"kind": "question"}).content.strip() == b""


# Frequent queries ------------------------------------------------------------


def offered(client, typed: str) -> list[str]:
    return [one["text"] for one in client.get(reverse("search:suggest"), {"q": typed}).json()["queries"]]


@pytest.mark.parametrize("typed", ["减", "减刑", "减刑 罚", "減刑", "jianxing", "jxf", "JX"])
def test_frequent_queries_are_offered_by_their_beginning(trainee, indexed, typed):
    QuestionFactory(title="罚金与减刑")
    FrequentQueryFactory(key="减刑 罚金")
    indexed()
    answer = trainee.get(reverse("search:suggest"), {"q": typed}).json()["queries"]
    assert answer == [{"text": "减刑 罚金", "url": "/search/?q=%E5%87%8F%E5%88%91+%E7%BD%9A%E9%87%91"}]


@pytest.mark.parametrize("typed", ["罚金", "减刑 罚金", "", "？", "%", "_", "x"])
def test_what_does_not_begin_so_or_is_typed_already_is_not_offered(trainee, indexed, typed):
    QuestionFactory(title="罚金与减刑")
    FrequentQueryFactory(key="减刑 罚金")
    indexed()
    assert offered(trainee, typed) == []


def test_query_of_fewer_than_five_people_is_not_offered(trainee, indexed):
    QuestionFactory(title="减刑")
    FrequentQueryFactory(key="减刑", is_frequent=False, searches=99)
    indexed()
    assert offered(trainee, "减") == []


def test_at_most_three_queries_are_offered_the_most_frequent_first(trainee, indexed):
    QuestionFactory(title="减刑甲乙丙丁")
    for place, word in enumerate("甲乙丙丁"):
        FrequentQueryFactory(key=f"减刑 {word}", searches=place)
    indexed()
    assert offered(trainee, "减") == ["减刑 丁", "减刑 丙", "减刑 乙"]


@pytest.mark.parametrize(
    ("reader", "expected"),
    [("visitor", []), ("trainee", []), ("analyst", ["脱逃 处置"])],
)
def test_query_that_finds_only_a_dossier_in_draft_is_offered_to_analysts_alone(
    client, indexed, reader, expected
):
    DossierFactory(title="脱逃后的处置", status=DossierStatus.DRAFT)
    CaseFactory(title="脱逃")
    QuestionFactory(title="处置")
    FrequentQueryFactory(key="脱逃 处置")
    indexed()
    if reader != "visitor":
        client.force_login(UserFactory(roles=[reader]))
    assert offered(client, "脱") == expected


def test_query_that_finds_only_questions_is_not_offered_to_visitors(client, indexed):
    QuestionFactory(title="脱逃后的处置")
    FrequentQueryFactory(key="脱逃 处置")
    indexed()
    assert offered(client, "脱") == []


def test_words_of_a_marked_question_are_offered_to_nobody_even_before_it_is_indexed(client, indexed, drained):
    question = QuestionFactory(title="赵铁柱减刑", text="赵铁柱能否减刑")
    FrequentQueryFactory(key="赵铁柱")
    indexed()
    client.force_login(UserFactory(roles=[Role.ANALYST]))
    assert offered(client, "赵") == ["赵铁柱"]
    RefinementFactory(question=question, title="减刑条件", text="某罪犯能否减刑")
    Question.objects.filter(pk=question.pk).update(names_real=True)
    announce_changed(question)
    assert offered(client, "赵") == []
    drained()
    assert offered(client, "赵") == []


def test_query_is_offered_by_what_a_synonym_finds(trainee, indexed):
    Synonym.objects.create(term="坐牢", others="服刑", direction="one_way")
    QuestionFactory(title="服刑期间的会见")
    FrequentQueryFactory(key="坐牢 会见")
    indexed()
    assert offered(trainee, "坐") == ["坐牢 会见"]
