"""Facets, orders and figures of the lists of questions and of clusters, and the lists of one's own."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from inquiry.enums import DossierStatus, Naming, QuestionKind, QuestionStatus
from inquiry.models import MeToo, Question, QuestionCluster
from inquiry.selectors import question_voices
from inquiry.selectors.narrowing import (
    ClusterFilter,
    QuestionFilter,
    cluster_facets,
    cluster_figures,
    narrowed_clusters,
    narrowed_questions,
    question_facets,
    sorted_clusters,
    sorted_questions,
)
from inquiry.services.clusters import create_cluster
from inquiry.services.dossiers import add_to_dossier, create_dossier, move_dossier
from inquiry.services.questions import add_me_too, follow, remove_me_too, withdraw_question
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, DossierFactory, DossierItemFactory, QuestionFactory
from tests.factories.org import OfficeFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture
def reader(client):
    person = UserFactory(language="en")
    client.force_login(person)
    return person


def counts(rows):
    """What a facet shows: {value: count} of those that match something."""
    return {name: {row[0]: row[2] for row in values if row[2]} for name, values in rows.items()}


def facets_of_questions(reader, **chosen):
    wanted = QuestionFilter(**chosen)
    total = narrowed_questions(Question.objects.all(), wanted).count()
    return counts(question_facets(reader, wanted, total))


def facets_of_clusters(reader, **chosen):
    wanted = ClusterFilter(**chosen)
    total = narrowed_clusters(QuestionCluster.objects.open(), wanted).count()
    return counts(cluster_facets(reader, wanted, total))


def test_facets_count_under_the_filters_of_the_others(reader):
    first, second = TrainingSessionFactory.create_batch(2)
    QuestionFactory(session=first, kind=QuestionKind.QUESTION)
    QuestionFactory(session=first, kind=QuestionKind.OPINION)
    QuestionFactory(session=second, kind=QuestionKind.OPINION)
    everything = facets_of_questions(reader)
    assert everything["kind"] == {"question": 1, "opinion": 2}
    assert everything["session"] == {first.number: 2, second.number: 1}
    chosen = facets_of_questions(reader, kind="opinion", session=second.number)
    assert (chosen["kind"], chosen["session"]) == ({"opinion": 1}, {first.number: 1, second.number: 1})


def test_broader_topic_counts_each_question_once(reader):
    broad = TopicFactory()
    narrow = TopicFactory(parent=broad)
    both, below = QuestionFactory.create_batch(2)
    both.topics.add(broad, narrow)
    below.topics.add(narrow)
    assert facets_of_questions(reader)["topic"] == {broad.slug: 2, narrow.slug: 2}
    assert narrowed_questions(Question.objects.all(), QuestionFilter(topic=broad.slug)).count() == 2


def test_every_count_is_the_length_of_the_list_behind_it(client, reader):
    """Each option of each facet, by its own link."""
    topic = TopicFactory()
    for number in range(3):
        question = QuestionFactory(kind=QuestionKind.values[number])
        question.topics.add(topic)
    ClusterFactory(questions=Question.objects.all()[:2])
    for address in (reverse("inquiry:questions"), reverse("inquiry:clusters")):
        facets = client.get(address).context["facets"]
        options = [option for facet in facets for option in facet.options]
        assert len(options) >= 3
        for option in options:
            assert client.get(address + option.url).context["page_obj"].paginator.count == option.count


def test_what_a_question_does_not_print_is_counted_nowhere(client, reader):
    """A small group: neither its department nor its office is printed, and no facet tells of them."""
    office = OfficeFactory()
    QuestionFactory(asker=UserFactory(office=office), naming=Naming.ANONYMOUS, department=None, office=None)
    assert facets_of_questions(reader)["department"] == {}
    body = client.get(reverse("inquiry:questions")).content.decode()
    assert office.name not in body
    assert set(facets_of_questions(reader)) == {"status", "kind", "department", "session", "topic"}
    assert (
        client.get(reverse("inquiry:questions"), {"department": office.department.code}).context["rows"] == []
    )


def test_counts_are_made_again_after_a_change(client, reader, django_assert_num_queries):
    question = QuestionFactory()
    assert facets_of_questions(reader)["status"] == {"raised": 1}
    with django_assert_num_queries(1):  # the version
        rows = question_facets(reader, QuestionFilter(), 1)
    assert counts(rows)["status"] == {"raised": 1}
    create_cluster(title="同问", questions=[question], actor=UserFactory(roles=["analyst"]))
    assert facets_of_questions(reader)["status"] == {"grouped": 1}


def test_questions_are_sorted(reader):
    old = QuestionFactory(raised_on=dt.date(2026, 1, 1))
    new = QuestionFactory(raised_on=dt.date(2026, 3, 1))
    loud = QuestionFactory(raised_on=dt.date(2026, 2, 1))
    add_me_too(question=loud, actor=UserFactory())
    orders = {sort: list(sorted_questions(Question.objects.all(), sort)) for sort in ("", "oldest", "voices")}
    assert orders == {"": [new, loud, old], "oldest": [old, loud, new], "voices": [loud, new, old]}


def test_voices_of_the_column_are_those_of_the_rows(reader):
    question, person = QuestionFactory(), UserFactory()
    for actor in (reader, reader, person, question.asker_identity.user):
        add_me_too(question=question, actor=actor)
    assert question_voices(question) == 1 + MeToo.objects.count() == 3
    for _twice in range(2):
        remove_me_too(question=question, actor=reader)
    assert question_voices(question) == 1 + MeToo.objects.count() == 2


def test_clusters_are_sorted_and_tell_their_figures(reader):
    questions = QuestionFactory.create_batch(4)
    one = ClusterFactory(questions=questions[:1])
    two = ClusterFactory(questions=questions[1:3])
    none = ClusterFactory()
    for _number in range(2):
        add_me_too(question=questions[0], actor=UserFactory())
    withdraw_question(question=questions[2], actor=questions[2].asker_identity.user)
    clusters = QuestionCluster.objects.open()
    orders = {sort: list(sorted_clusters(clusters, sort)) for sort in ("", "questions", "voices")}
    assert orders == {"": [none, two, one], "questions": [two, one, none], "voices": [one, two, none]}
    figures = cluster_figures([one, two, none])
    assert [(figures[row.pk].questions, figures[row.pk].voices) for row in (one, two, none)] == [
        (1, 3),
        (2, 1),
        (0, 0),
    ]


def test_state_of_a_cluster_tells_of_finished_dossiers_alone(reader):
    analyst = UserFactory(roles=["analyst"])
    cluster = create_cluster(title="同问", questions=[QuestionFactory()], actor=analyst)
    dossier = create_dossier(title="卷", actor=analyst)
    add_to_dossier(dossier=dossier, clusters=[cluster], actor=analyst)
    for person in (reader, analyst):
        assert facets_of_clusters(person)["state"] == {"open": 1}
    assert ClusterFilter(state="ungathered").allowed_to(reader) == ClusterFilter()
    assert not cluster_figures([cluster])[cluster.pk].is_in_dossier
    move_dossier(dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交")
    assert facets_of_clusters(reader)["state"] == {"in_dossier": 1}
    assert narrowed_clusters(QuestionCluster.objects.open(), ClusterFilter(state="open")).count() == 0


def test_analysts_see_which_clusters_no_dossier_gathers(client, reader):
    analyst = UserFactory(roles=["analyst"])
    gathered, left = ClusterFactory.create_batch(2)
    DossierItemFactory(cluster=gathered, dossier=DossierFactory(status=DossierStatus.DRAFT))
    assert facets_of_clusters(analyst)["state"] == {"open": 2, "ungathered": 1}
    assert facets_of_clusters(reader)["state"] == {"open": 2}
    shown = client.get("/clusters/?state=ungathered").context["page_obj"]
    assert set(shown) == {gathered, left}
    client.force_login(analyst)
    assert list(client.get("/clusters/?state=ungathered").context["page_obj"]) == [left]


def test_clusters_are_narrowed_by_what_their_questions_are_about(reader):
    topic = TopicFactory()
    question, other = QuestionFactory.create_batch(2)
    question.topics.add(topic)
    cluster, _other = ClusterFactory(questions=[question]), ClusterFactory(questions=[other])
    facets = facets_of_clusters(reader, topic=topic.slug)
    assert facets["topic"] == {topic.slug: 1}
    assert facets["department"] == {question.department.code: 1}
    chosen = ClusterFilter(topic=topic.slug, department=question.department.code)
    assert list(narrowed_clusters(QuestionCluster.objects.open(), chosen)) == [cluster]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    "address", ["/questions/", "/clusters/", "/me/questions/", "/me/questions/?list=followed"]
)
def test_lists_take_as_many_queries_for_many_rows_as_for_one(
    client, reader, django_assert_max_num_queries, address, rows
):
    for question in QuestionFactory.create_batch(rows, asker=reader):
        question.topics.add(TopicFactory())
        follow(question=question, actor=reader)
        cluster = ClusterFactory(questions=[question])
        DossierItemFactory(cluster=cluster, dossier=DossierFactory(status=DossierStatus.FINISHED))
    client.get(address)
    with django_assert_max_num_queries(20):
        client.get(address)


def test_rows_tell_voices_from_two_on(client, reader):
    question = QuestionFactory(asker=reader)
    for voices in (1, 2):
        body = client.get(reverse("inquiry:questions")).content.decode()
        assert ("2 voices" in body, "1 voice" in body) == (voices == 2, False)
        add_me_too(question=question, actor=UserFactory())


def test_own_questions_are_listed_by_the_step_they_reached(client, reader):
    for status in (QuestionStatus.RAISED, QuestionStatus.GROUPED, QuestionStatus.IN_DOSSIER):
        QuestionFactory(asker=reader, status=status)
    address = reverse("inquiry:my_questions")
    for name, count in (("asked", 3), ("grouped", 2), ("in_dossiers", 1)):
        context = client.get(address, {"list": name}).context
        assert len(context["rows"]) == count
        assert [step["label"] for step in context["steps"]] == ["All 3", "Grouped 2", "In dossiers 1"]
        assert [tab["active"] for tab in context["tabs"]] == [True, False, False]


def test_lists_of_what_one_has_too_and_follows(client, reader):
    asked = QuestionFactory(asker=reader)
    joined, followed = QuestionFactory.create_batch(2)
    add_me_too(question=joined, actor=reader)
    follow(question=followed, actor=reader)
    address = reverse("inquiry:my_questions")
    for name, question in (("", asked), ("joined", joined), ("followed", followed), ("nonsense", asked)):
        response = client.get(address, {"list": name})
        assert [row["number"] for row in response.context["rows"]] == [question.number]
        assert [tab["count"] for tab in response.context["tabs"]] == [1, 1, 1]
    client.force_login(UserFactory(language="en"))
    for name, words in (
        ("grouped", "None of your questions has come so far yet"),
        ("joined", "You have joined no question yet"),
        ("followed", "You follow no question yet"),
    ):
        assert words in client.get(address, {"list": name}).content.decode()
