"""Lists beside a record have pages of their own; whatever was on the page before has an address."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from inquiry.forms import refine as refine_forms
from inquiry.models import Correction, DossierItem, IdentityRequest, Question, QuestionCluster
from inquiry.selectors import chain_of, cluster_history
from inquiry.services import dossiers as dossier_services
from inquiry.views import narrowing
from tests.factories.casebank import CaseFactory
from tests.factories.inquiry import (
    ClusterFactory,
    DossierClauseFactory,
    DossierFactory,
    DossierItemFactory,
    QuestionFactory,
    RefinementFactory,
)
from tests.factories.org import TopicFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(analyst) -> QuestionCluster:
    return ClusterFactory(questions=QuestionFactory.create_batch(105))


def numbers_on(response) -> list[str]:
    return [row["number"] for row in response.context["rows"]]


def test_members_of_a_cluster_are_all_reached_page_by_page(client, crowd):
    pages = [client.get(crowd.get_absolute_url(), {"page": number}) for number in (1, 2, 3)]
    reached = [number for response in pages for number in numbers_on(response)]
    assert sorted(reached) == sorted(Question.objects.values_list("number", flat=True))
    assert [len(numbers_on(response)) for response in pages] == [50, 50, 5]
    assert 'href="?page=2#questions"' in pages[0].content.decode()


def test_history_of_a_cluster_is_cut_and_reads_its_own_rows_alone(client, crowd, django_assert_num_queries):
    events = cluster_history(crowd)
    assert len(events) == 105
    with django_assert_num_queries(1):
        assert len(events[30:60]) == 30
    response = client.get(crowd.get_absolute_url(), {"history": 4})
    assert len(response.context["history_page"].object_list) == 15


def test_questions_of_other_pages_are_split_off_by_number(client, crowd):
    url = reverse("inquiry:cluster_split", args=[crowd.number])
    response = client.get(url)
    assert len(response.context["members"]) == 100
    first, last = [crowd.memberships.order_by("pk")[index].question for index in (0, 104)]
    data = {"questions": [first.pk], "numbers": last.number, "title": "证明材料", "reason": "两个问题"}
    client.post(url, data)
    parted = QuestionCluster.objects.exclude(pk=crowd.pk).get()
    assert {row.question for row in parted.memberships.all()} == {first, last}


def test_numbers_of_other_clusters_are_not_split_off(client, analyst):
    cluster, stranger = ClusterFactory(questions=QuestionFactory.create_batch(2)), QuestionFactory()
    data = {"numbers": stranger.number, "title": "证明材料", "reason": "两个问题"}
    response = client.post(reverse("inquiry:cluster_split", args=[cluster.number]), data)
    assert stranger.number in response.context["form"].errors["numbers"][0]


def test_address_of_a_clause_shows_the_page_that_holds_it(client, analyst):
    dossier = DossierFactory()
    clauses = [DossierClauseFactory(dossier=dossier, position=number) for number in range(25)]
    response = client.get(clauses[-1].get_absolute_url().partition("#")[0])
    shown = [row["presented"] for row in response.context["clauses"]]
    assert [row.clause for row in shown] == clauses[20:]
    assert shown[0].ordinal == "第二十一条"
    assert [(row["first"], row["last"]) for row in response.context["clauses"]][-1] == (False, True)


def test_sources_of_a_clause_are_listed_where_it_names_a_few(client, analyst):
    dossier = DossierFactory()
    clause = DossierClauseFactory(dossier=dossier)
    items = [
        DossierItemFactory(dossier=dossier, cluster=ClusterFactory(), position=number) for number in range(61)
    ]
    for item in items[:20]:
        clause.sources.create(item=item)
    response = client.get(dossier.get_absolute_url())
    (row,) = response.context["clauses"]
    assert (len(row["presented"].sources), row["presented"].more) == (12, 8)
    assert f"?of={clause.pk}#sources" in response.content.decode()
    only = client.get(dossier.get_absolute_url(), {"of": clause.pk}).context["sources"]
    assert [row["presented"].item for row in only] == items[:20]
    last = client.get(items[60].get_absolute_url().partition("#")[0]).context["sources"]
    assert [row["presented"].item for row in last] == items[50:]


def test_source_that_is_taken_out_leads_to_its_neighbour(client, analyst):
    dossier = DossierFactory()
    first, second = [DossierItemFactory(dossier=dossier, cluster=ClusterFactory()) for _ in range(2)]
    url = reverse("inquiry:item_remove", args=[dossier.number, second.pk])
    assert client.post(url, {"expected_revision": dossier.revision}).url == first.get_absolute_url()
    dossier.refresh_from_db()
    url = reverse("inquiry:item_remove", args=[dossier.number, first.pk])
    response = client.post(url, {"expected_revision": dossier.revision})
    assert response.url == f"{dossier.get_absolute_url()}#sources"


def test_dossier_gathers_no_more_than_the_limit(analyst, monkeypatch):
    monkeypatch.setattr(dossier_services, "MAX_DOSSIER_ITEMS", 2)
    dossier = DossierFactory()
    with pytest.raises(ValidationError):
        dossier_services.add_to_dossier(
            dossier=dossier, questions=QuestionFactory.create_batch(3), actor=analyst
        )
    assert not DossierItem.objects.filter(dossier=dossier).exists()


def test_many_dossiers_are_one_station_and_a_list_with_pages(client, analyst):
    question = QuestionFactory()
    for _ in range(25):
        DossierItemFactory(dossier=DossierFactory(), question=question)
    station = next(station for station in chain_of(question, analyst) if station.kind == "dossier")
    assert (station.url, station.number) == (f"{question.get_absolute_url()}#dossiers", "")
    response = client.get(question.get_absolute_url(), {"dossiers": 2})
    assert len(response.context["dossiers_page"].object_list) == 5


def test_corrections_have_pages_and_the_last_earlier_steps_are_shown_first(client, analyst):
    question = QuestionFactory()
    for number in range(45):
        RefinementFactory(question=question, version=number + 1, is_current=False)
    for number in range(45):
        Correction.objects.create(question=question, text=f"更正{number}", appended_on=question.raised_on)
    response = client.get(question.get_absolute_url())
    assert len(response.context["corrections_page"].object_list) == 10
    assert response.context["events_page"].number == 2
    last = client.get(question.get_absolute_url(), {"corrections": 5})
    assert "更正44" in last.content.decode()


def test_filter_with_many_values_is_typed(client, analyst, monkeypatch):
    monkeypatch.setattr(narrowing, "MAX_SHOWN_VALUES", 1)
    topics = TopicFactory.create_batch(4)
    question, other = QuestionFactory.create_batch(2)
    question.topics.add(topics[3])
    other.topics.add(*topics[:3])
    url = reverse("inquiry:questions")
    response = client.get(url, {"topic": topics[3].name, "kind": "question", "page": 1})
    assert numbers_on(response) == [question.number]
    body = response.content.decode()
    assert f'value="{topics[3].name}"' in body
    assert '<input type="hidden" name="kind" value="question">' in body
    assert '<input type="hidden" name="page"' not in body
    assert [field["name"] for field in response.context["typed"]["fields"]] == ["topic"]
    every = client.get(url).context["typed"]["fields"]
    assert [field["name"] for field in every] == ["session", "topic"]
    assert len(next(facet for facet in response.context["facets"] if facet.title == "主题").options) == 1


def test_topics_that_are_not_shown_are_typed(client, analyst, monkeypatch):
    monkeypatch.setattr(refine_forms, "MAX_SHOWN_TOPICS", 2)
    topics = TopicFactory.create_batch(5)
    question = QuestionFactory()
    url = reverse("inquiry:refine", args=[question.number])
    data = {"title": "紧急外出的补办", "text": "紧急外出后何时补办手续？", "topics": [topics[0].pk]}
    response = client.post(url, data | {"further_topics": "没有的主题"})
    assert "没有的主题" in response.context["form"].errors["further_topics"][0]
    client.post(url, data | {"further_topics": f"{topics[3].name}、{topics[4].name}"})
    assert set(question.topics.all()) == {topics[0], topics[3], topics[4]}


def test_dossiers_of_a_case_come_page_by_page_each_once(client, analyst):
    case = CaseFactory()
    numbers = [DossierItemFactory(dossier=DossierFactory(), case=case).dossier.number for _ in range(25)]
    url = reverse("inquiry:case_dossiers", args=[case.number])
    first, second = (client.get(url, {"page": page}) for page in (1, 2))
    assert sorted(numbers_on(first) + numbers_on(second)) == sorted(numbers)
    assert [body.count("<section") for body in (first.content.decode(), second.content.decode())] == [1, 0]
    assert ["hx-get" in body for body in (first.content.decode(), second.content.decode())] == [True, False]


def test_requests_that_wait_for_a_keeper_have_pages(client, django_assert_max_num_queries):
    keeper, other = UserFactory(roles=["keeper"]), UserFactory(roles=["keeper"])
    for question in QuestionFactory.create_batch(25):
        IdentityRequest.objects.create(question=question, requested_by=other, reason="核实案情")
    client.force_login(keeper)
    url = reverse("inquiry:identity_requests")
    with django_assert_max_num_queries(30):
        first = client.get(url).context["awaiting_page"]
    second = client.get(url, {"awaiting": 2}).context["awaiting_page"]
    reached = [row.pk for page in (first, second) for row in page]
    assert (len(reached), len(set(reached))) == (25, 25)
