import datetime as dt

import pytest
from django.utils import timezone, translation

from inquiry.enums import DossierStatus, Naming
from inquiry.models import QuestionCluster
from inquiry.selectors import chain_of, earlier_steps
from inquiry.services.clauses import save_clause
from inquiry.services.clusters import add_questions, create_cluster
from inquiry.services.dossiers import add_to_dossier, create_dossier, move_dossier
from inquiry.services.questions import add_me_too, withdraw_question
from inquiry.services.refinements import refine_question
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"])


@pytest.fixture
def asker():
    return UserFactory(language="en")


@pytest.fixture
def question(asker):
    return QuestionFactory(asker=asker, naming=Naming.ANONYMOUS)


def steps(record, user):
    return [(station.kind, station.state, station.number) for station in chain_of(record, user)]


def bring_to_a_clause(question, analyst):
    refine_question(question=question, title="题", text="文", actor=analyst)
    cluster = create_cluster(title="同问", questions=[question], actor=analyst)
    dossier = create_dossier(title="卷", actor=analyst)
    (item,) = add_to_dossier(dossier=dossier, clusters=[cluster], actor=analyst)
    clause = save_clause(dossier=dossier, text="条文", sources=[item], actor=analyst)
    return cluster, dossier, clause


def test_new_question_has_its_way_before_it(question):
    assert steps(question, UserFactory()) == [
        ("session", "done", question.session.number),
        ("question", "present", question.number),
        ("refined", "future", ""),
        ("cluster", "future", ""),
        ("dossier", "future", ""),
        ("clause", "future", ""),
    ]


def test_chain_leads_to_the_clause_and_back(question, analyst):
    cluster, dossier, clause = bring_to_a_clause(question, analyst)
    assert steps(question, analyst) == [
        ("session", "done", question.session.number),
        ("question", "done", question.number),
        ("refined", "done", ""),
        ("cluster", "done", cluster.number),
        ("dossier", "done", dossier.number),
        ("clause", "present", "第一条"),
    ]
    urls = [station.url for station in chain_of(question, analyst)]
    assert urls[-1] == f"{dossier.get_absolute_url()}?clause={clause.pk}#clause-{clause.pk}"
    back = {station.kind: station.number for station in chain_of(dossier, analyst)}
    assert (back["session"], back["cluster"]) == (question.session.number, cluster.number)
    assert [station.kind for station in chain_of(cluster, analyst)] == [
        "session",
        "question",
        "cluster",
        "dossier",
        "clause",
    ]


def test_exactly_one_station_is_present_and_one_is_current(question, analyst):
    cluster, dossier, _clause = bring_to_a_clause(question, analyst)
    for record in (question, cluster, dossier):
        stations = chain_of(record, analyst)
        assert [station.state for station in stations].count("present") == 1
        assert [station.current for station in stations].count(True) == 1


def test_dossier_in_progress_is_hidden_from_others_and_unnamed_to_the_asker(question, analyst, asker):
    _cluster, dossier, _clause = bring_to_a_clause(question, analyst)
    assert steps(question, UserFactory())[-2:] == [("dossier", "future", ""), ("clause", "future", "")]
    own = chain_of(question, asker)
    assert [(station.kind, station.state, station.url) for station in own[-2:]] == [
        ("dossier", "present", ""),
        ("clause", "future", ""),
    ]
    assert dossier.title not in repr(own)


def test_finished_dossier_is_in_the_chain_for_everybody(question, analyst, asker):
    _cluster, dossier, _clause = bring_to_a_clause(question, analyst)
    move_dossier(dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交")
    for person in (asker, UserFactory()):
        assert steps(question, person)[-2:] == [
            ("dossier", "done", dossier.number),
            ("clause", "done", "第一条"),
        ]


def test_finished_chain_has_no_present_station(question, analyst):
    cluster, dossier, _clause = bring_to_a_clause(question, analyst)
    dossier = move_dossier(
        dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交"
    )
    for record in (question, cluster, dossier):
        assert {station.state for station in chain_of(record, UserFactory())} == {"done"}
    dossier = move_dossier(dossier=dossier, status=DossierStatus.DRAFT, actor=analyst)
    for record in (question, cluster, dossier):
        assert [station.state for station in chain_of(record, analyst)].count("present") == 1


def test_stations_carry_the_day_on_which_they_were_reached(question, analyst):
    question.raised_on = dt.date(2026, 4, 17)
    question.save()
    cluster, _dossier, _clause = bring_to_a_clause(question, analyst)
    today = timezone.localdate()
    # A cluster keeps its own day, and the question the one on which it came in.
    QuestionCluster.objects.filter(pk=cluster.pk).update(grouped_on=dt.date(2026, 1, 1))
    dates = {station.kind: station.date for station in chain_of(question, analyst)}
    assert (dates["question"], dates["refined"], dates["cluster"], dates["dossier"]) == (
        question.raised_on,
        today,
        today,
        today,
    )
    (station,) = (station for station in chain_of(question, analyst) if station.kind == "cluster")
    assert station.meta == "同问 · 1 question"


def test_page_of_a_question_names_cluster_and_dossier_once(client, question, analyst):
    cluster, dossier, _clause = bring_to_a_clause(question, analyst)
    client.force_login(analyst)
    body = client.get(question.get_absolute_url()).content.decode()
    assert [body.count(f'href="{record.get_absolute_url()}"') for record in (cluster, dossier)] == [1, 1]
    assert 'id="events"' not in body


def test_grouped_without_refinement_leaves_that_step_out(question, analyst):
    create_cluster(title="同问", questions=[question], actor=analyst)
    assert [kind for kind, *_rest in steps(question, analyst)] == [
        "session",
        "question",
        "cluster",
        "dossier",
        "clause",
    ]


def test_withdrawn_question_has_no_future(question, asker):
    question = withdraw_question(question=question, actor=asker)
    assert steps(question, asker)[-1] == ("withdrawn", "done", "")


def test_imported_question_says_where_it_came_from():
    question = QuestionFactory(asker=None, session=None, origin="published")
    assert chain_of(question, UserFactory())[0].label == "Imported with a published answer"


def test_earlier_steps_are_those_that_the_chain_does_not_name(client, question, analyst, asker):
    cluster, _dossier, _clause = bring_to_a_clause(question, analyst)
    assert earlier_steps(question) == []
    refine_question(question=question, title="题二", text="文二", expected_revision=1, actor=analyst)
    other = create_cluster(title="另一", questions=[QuestionFactory()], actor=analyst)
    add_questions(cluster=other, questions=[question], reason="更合适", actor=analyst)
    assert [(event.title, event.text) for event in earlier_steps(question)] == [
        ("Refined, version 1", "题"),
        (f"Put in cluster {cluster.number}", "同问"),
        (f"Left cluster {cluster.number}", "更合适"),
    ]
    assert asker.display_name not in repr(earlier_steps(question))
    client.force_login(UserFactory(language="en"))
    assert f"Left cluster {cluster.number}" in client.get(question.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("others", "words"), [(0, ""), (1, "1 other person"), (2, "2 other people")])
def test_asker_is_told_of_the_others_alone(client, question, asker, others, words):
    for _number in range(others):
        add_me_too(question=question, actor=UserFactory())
    client.force_login(asker)
    body = client.get(question.get_absolute_url()).content.decode()
    assert "You asked this" in body
    assert (words in body, "person has this question" in body) == (True, others == 1)
