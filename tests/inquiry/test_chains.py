import datetime as dt

import pytest
import time_machine
from django.utils import timezone, translation

from inquiry.enums import DossierStatus, Naming
from inquiry.selectors import chain_of, timeline
from inquiry.services.clauses import save_clause
from inquiry.services.clusters import create_cluster
from inquiry.services.dossiers import add_to_dossier, create_dossier, move_dossier
from inquiry.services.questions import withdraw_question
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
    return UserFactory()


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
    move_dossier(dossier=dossier, status=DossierStatus.FINISHED, actor=analyst)
    for person in (asker, UserFactory()):
        assert steps(question, person)[-2:] == [
            ("dossier", "done", dossier.number),
            ("clause", "present", "第一条"),
        ]


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
    assert steps(question, asker)[-1] == ("withdrawn", "present", "")


def test_imported_question_says_where_it_came_from():
    question = QuestionFactory(asker=None, session=None, origin="published")
    assert chain_of(question, UserFactory())[0].label == "Imported with a published answer"


def test_timeline_keeps_the_order_in_the_hours_when_the_day_of_utc_is_another(question, analyst):
    with time_machine.travel(timezone.make_aware(dt.datetime(2026, 4, 17, 0, 30)), tick=False):
        raised = QuestionFactory(raised_on=timezone.localdate())
        bring_to_a_clause(raised, analyst)
        titles = [event.title for event in timeline(raised, UserFactory())]
    assert titles[:2] == ["Question raised", "Refined, version 1"]


def test_timeline_tells_what_happened_without_a_name(question, analyst, asker):
    bring_to_a_clause(question, analyst)
    titles = [event.title for event in timeline(question, UserFactory())]
    assert titles[:2] == ["Question raised", "Refined, version 1"]
    assert len(titles) == 3
    assert len(timeline(question, analyst)) == 4
    assert asker.display_name not in repr(timeline(question, analyst))
