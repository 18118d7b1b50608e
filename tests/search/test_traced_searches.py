"""Which searches leave a trace, and which count their reader."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from portal.org.enums import Role
from search.engines.configured import get_engine
from search.models import QueryCount, QueryMark, SearchTrace
from tests.factories.casebank import CaseFactory
from tests.factories.org import UserFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory

pytestmark = pytest.mark.django_db


def traced() -> list[tuple[str, str, int]]:
    return sorted(SearchTrace.objects.values_list("interface", "text", "hits"))


@pytest.fixture
def analyst(client):
    client.force_login(UserFactory(roles=[Role.ANALYST]))
    return client


def test_page_is_traced_and_counts_its_reader(analyst, indexed):
    QuestionFactory(title="减刑")
    indexed()
    response = analyst.get("/search/", {"q": "减刑"})
    assert traced() == [("page", "减刑", 1)]
    assert QueryMark.objects.count() == 1
    assert f'data-trace="{response.context["trace"]}"' in response.content.decode()


def test_page_of_those_who_look_into_traces_leaves_none(analyst, indexed):
    indexed()
    response = analyst.get("/search/", {"q": "减刑", "untraced": "1"})
    assert (response.status_code, traced()) == (200, [])
    assert b"data-trace" not in response.content


def test_page_that_leads_straight_to_a_record_is_traced(analyst, indexed):
    question = QuestionFactory()
    indexed()
    assert analyst.get("/search/", {"q": question.number}).status_code == 302
    assert traced() == [("page", question.number, 1)]


def test_export_and_pick_are_traced_and_count_nobody(analyst, indexed):
    QuestionFactory(title="减刑")
    indexed()
    analyst.get("/search/export/", {"q": "减刑", "page": "3"})
    analyst.get("/search/fragments/pick/", {"q": "减"})
    assert traced() == [("export", "减刑", 1), ("pick", "减", 1)]
    assert QueryCount.objects.count() == 0


def test_command_is_traced_unless_no_trace_is_given(indexed):
    CaseFactory(title="减刑")
    UserFactory(username="reader")
    indexed()
    call_command("search", "减刑", "--as", "reader", "--json")
    call_command("search", "罚金", "--no-trace")
    assert traced() == [("command", "减刑", 1)]
    assert QueryCount.objects.count() == 0


def test_drafts_and_what_is_being_typed_leave_no_trace(analyst, indexed):
    QuestionFactory(title="家属代缴罚金能否减刑")
    indexed()
    analyst.post("/search/fragments/similar/", {"text": "家属代缴罚金能否减刑"})
    analyst.get("/search/fragments/related/", {"text": "家属代缴罚金能否减刑"})
    analyst.get("/search/suggest/", {"q": "家属"})
    assert (traced(), QueryCount.objects.count()) == ([], 0)


def test_search_that_no_engine_answers_leaves_no_trace(client):
    assert get_engine().name == "embedded"
    assert client.get("/search/", {"q": "减刑"}).status_code == 503
    assert traced() == []
