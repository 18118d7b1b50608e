import pytest
from django.utils import translation

from portal.org.enums import Role
from search.page.guide import guide
from search.query.fields import read_fields
from search.query.parsing import SearchQuery
from tests.factories.casebank import CaseFactory
from tests.factories.org import TopicFactory, UserFactory
from tests.search.laws import make_law

pytestmark = pytest.mark.django_db
PAGE = "/search/"


@pytest.fixture
def trainee(client):
    client.force_login(UserFactory(roles=[Role.TRAINEE]))
    return client


@pytest.mark.parametrize("query", [{}, {"q": "查无此词"}])
def test_guide_is_on_the_page_and_its_examples_can_be_followed(trainee, indexed, query):
    TopicFactory(slug="property", name="财产性判项")
    make_law("刑法", {1: "文。"}, slug="xingfa")
    CaseFactory(title="减刑")
    indexed()
    response = trainee.get(PAGE, query)
    assert response.content.decode().count('id="search-guide"') == 1
    examples = [example for entry in response.context["guide"] for example in entry.examples]
    assert len(examples) > 10
    for example in examples:
        answer = trainee.get(PAGE + example.url, follow=True)
        assert answer.status_code == 200
        # An example that leads to an article leaves the search page.
        assert "result" not in answer.context or answer.context["query"].unknown == ()


def test_examples_of_the_guide_work_in_english(trainee, indexed):
    TopicFactory(slug="property", name="财产性判项")
    make_law("刑法", {1: "文。"}, slug="xingfa")
    indexed()
    with translation.override("en"):
        examples = [example.text for entry in guide() for example in entry.examples]
        asked = [read_fields(SearchQuery(text=text)) for text in examples]
    assert any("department:court" in text for text in examples)
    assert [query.unknown for query in asked if query.unknown] == []
