"""What the result page tells, one line each; the pages themselves are asked for."""

import pytest

from portal.org.enums import Role
from search.models import Synonym
from tests.factories.casebank import CaseFactory
from tests.factories.org import UserFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.laws import make_law

pytestmark = pytest.mark.django_db
PAGE = "/search/"


@pytest.fixture
def trainee(client):
    client.force_login(UserFactory(roles=[Role.TRAINEE]))
    return client


def notices(response) -> list[tuple[str, str, str]]:
    return [(notice.text, notice.action, notice.url) for notice in response.context["notices"]]


def test_notice_of_pinyin_links_to_the_letters(trainee, indexed):
    QuestionFactory(title="减刑幅度")
    indexed()
    response = trainee.get(PAGE, {"q": "jianxing", "kind": "question"})
    assert (response.context["result"].total, response.context["q"]) == (1, "jianxing")
    [(text, action, url)] = notices(response)
    assert (text, action) == ("“jianxing”已按拼音理解为“减刑”。", "只检索字母“jianxing”")
    literal = trainee.get(PAGE + url)
    assert (literal.context["result"].total, literal.context["q"]) == (0, '"jianxing"')
    assert literal.context["query"].values("kind") == ("question",)
    assert notices(literal) == []


def test_better_spelling_is_offered_where_little_is_found(trainee, indexed):
    for number in range(3):
        QuestionFactory(title=f"减刑幅度{number}")
    indexed()
    response = trainee.get(PAGE, {"q": "减行 -类型:案例", "year": "2026"})
    [(text, action, url)] = notices(response)
    assert (text, action) == ("您要找的是不是：", "减刑 -类型:案例")
    assert trainee.get(PAGE, {"q": "减刑"}).context["notices"] == []
    assert url.endswith("&year=2026")


@pytest.mark.parametrize(
    ("articles", "told"),
    [
        ({}, "《社区矫正法》目前只有名称，正文尚未导入。"),
        ({27: "外出应当经批准。"}, "《社区矫正法》现行文本中没有这一条。"),
    ],
)
def test_missing_article_has_a_notice(trainee, indexed, articles, told):
    law = make_law("社区矫正法", articles, slug="shejiao")
    indexed()
    response = trainee.get(PAGE, {"q": "社区矫正法28条"})
    assert notices(response)[0] == (told, "查看该文件", law.get_absolute_url())
    assert notices(trainee.get(PAGE, {"q": "社区矫正法"})) == []


def test_article_that_is_here_needs_no_word(trainee, indexed):
    make_law("社区矫正法", {28: "外出应当经批准。"}, slug="shejiao")
    indexed()
    assert notices(trainee.get(PAGE, {"q": "社区矫正法28条", "stay": ""})) == []


def test_spelling_tells_nothing_of_what_is_hidden(client, indexed):
    QuestionFactory(title="减刑幅度")
    indexed()
    assert notices(client.get(PAGE, {"q": "减行"})) == []


def test_unknown_value_has_a_notice_and_can_be_left_out(trainee, indexed):
    QuestionFactory(title="减刑")
    indexed()
    response = trainee.get(PAGE, {"q": "减刑 主题:没有这个"})
    assert response.context["q"] == "减刑 主题:没有这个"
    assert notices(response)[0] == (
        "没有叫“没有这个”的主题，已按普通词检索。",
        "去掉这一条件",
        "?q=%E5%87%8F%E5%88%91",
    )
    excluded = trainee.get(PAGE, {"q": "减刑 -topic:没有这个"})
    assert notices(excluded)[0][0] == "没有叫“没有这个”的主题，已按普通词排除。"


def test_notice_of_other_words_links_to_the_typed_one(trainee, indexed):
    Synonym.objects.create(term="社矫", others="社区矫正")
    QuestionFactory(title="社区矫正对象外出")
    indexed()
    response = trainee.get(PAGE, {"q": "社矫 外出"})
    assert response.context["result"].total == 1
    [(text, action, url)] = notices(response)
    assert (text, action) == ("同时检索：“社区矫正”。", "只检索原词")
    assert trainee.get(PAGE + url).context["q"] == '"社矫" 外出'


def test_notice_of_other_words_inside_a_longer_one_has_no_link(trainee, indexed):
    Synonym.objects.create(term="社矫", others="社区矫正")
    indexed()
    [(text, action, _url)] = notices(trainee.get(PAGE, {"q": "社矫对象"}))
    assert (text, action) == ("同时检索：“社区矫正”。", "")


def test_relaxed_hits_are_announced(trainee, indexed):
    QuestionFactory(title="减刑与罚金")
    QuestionFactory(title="减刑")
    indexed()
    body = trainee.get(PAGE, {"q": "减刑 罚金"}).content.decode()
    assert "以下内容只包含部分检索词" in body
    assert "2 条结果，全部词都出现的有 1 条" in body


def test_answer_of_the_fallback_has_a_notice(client, indexed, settings):
    CaseFactory(title="减刑")
    indexed()
    settings.SEARCH_ENGINES = ["elastic", "embedded"]
    settings.SEARCH_ELASTICSEARCH = {**settings.SEARCH_ELASTICSEARCH, "hosts": ("http://127.0.0.1:9",)}
    response = client.get(PAGE, {"q": "减刑"})
    assert response.context["result"].total == 1
    [(text, action, _url)] = notices(response)
    assert (text, action) == ("主检索服务暂时不可用，由备用索引回答，最新的改动可能稍晚出现。", "")
