"""The front page: welcome for visitors, dashboard for signed-in people."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from courses.enums import SessionStatus
from home.demo.loader.front import load_front
from home.demo.loader.reading import read
from home.demo.loader.registry import Registry
from home.destinations import Destination
from home.models import HomePage
from home.selectors import OwnCounts, own_counts, own_questions, own_sessions, tasks_of, welcome
from home.selectors.welcome import coming_cards
from home.views.front import greeting
from inquiry.services.clauses import save_clause
from inquiry.services.clusters import create_cluster
from inquiry.services.dossiers import add_to_dossier, create_dossier, move_dossier
from inquiry.services.questions import raise_question, withdraw_question
from inquiry.services.refinements import refine_question
from tests.factories.casebank import CaseFactory, CaseSectionFactory, TypicalCaseFactory
from tests.factories.courses import ActivityFactory, TrainingSessionFactory
from tests.factories.org import NotificationFactory, UserFactory, department

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def session():
    return TrainingSessionFactory(theme="财产性判项执行与减刑假释", host_department=department("prison"))


@pytest.fixture
def trainee():
    return UserFactory(roles=["trainee"], language="en")


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"], language="en")


def ask(session, actor, text="家属代缴罚金后，减刑幅度如何把握？"):
    return raise_question(session=session, kind="question", text=text, naming="anonymous", actor=actor)


def refine(question, analyst):
    refine_question(
        question=question, title="家属代缴罚金与减刑", text="家属代缴罚金的，如何把握？", actor=analyst
    )
    return question


def states(own):
    return [station["state"] for station in own.chain]


def shown_to_visitors(featured=None):
    return welcome(featured_case_id=featured, today=timezone.localdate())


def numbers_by_title():
    return [
        (group.title, [card.number for card in group.cards]) for group in shown_to_visitors().session_groups
    ]


def test_visitors_see_announced_sessions_only(session):
    TrainingSessionFactory(status=SessionStatus.PROPOSED)
    assert numbers_by_title() == [("Running now", [session.number])]


def test_visitors_see_past_sessions_where_none_is_coming():
    past = TrainingSessionFactory(starts_on=dt.date(2025, 3, 1), status=SessionStatus.CLOSED)
    assert numbers_by_title() == [("Latest sessions", [past.number])]


def test_coming_sessions_are_those_that_have_not_begun(session):
    today = timezone.localdate()
    coming = TrainingSessionFactory(starts_on=today + dt.timedelta(days=3), status=SessionStatus.OPEN)
    TrainingSessionFactory(starts_on=today + dt.timedelta(days=1), status=SessionStatus.SUMMED_UP)
    assert numbers_by_title() == [("Running now", [session.number]), ("Coming sessions", [coming.number])]
    assert [card.number for card in coming_cards(today, limit=2)] == [coming.number]


def test_visitors_see_published_cases_only():
    case = CaseSectionFactory().case
    TypicalCaseFactory()
    assert [(card.number, card.text) for card in shown_to_visitors().cases] == [
        (case.number, "罪犯李某以其无履行能力为由申请减刑。")
    ]


def test_featured_case_is_listed_first():
    first, _, third = (CaseFactory() for _ in range(3))
    assert shown_to_visitors(first.pk).cases[0].number == first.number
    assert shown_to_visitors().cases[0].number == third.number


def test_unpublished_featured_case_is_not_shown():
    assert shown_to_visitors(TypicalCaseFactory().pk).cases == []


def test_front_page_shows_visitors_the_chain(client):
    page = HomePage.objects.get()
    assert [station["state"] for station in page.stations] == ["done"] * 6
    html = client.get("/").content.decode()
    assert "课堂上的一个问题" in html
    assert "Q-2026" not in html


def test_front_page_speaks_english_where_it_is_filled(client):
    client.cookies["tongtang_language"] = "en"
    assert "How a question raised in class" in client.get("/").content.decode()


def test_front_page_is_a_dashboard_for_people(client, trainee, session):
    question = ask(session, trainee)
    client.force_login(trainee)
    response = client.get("/")
    assert response.templates[0].name == "home/dashboard.html"
    assert question.number in response.content.decode()


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (4, "Good evening"),
        (5, "Good morning"),
        (12, "Good day"),
        (14, "Good afternoon"),
        (18, "Good evening"),
    ],
)
def test_greeting_follows_the_hour(hour, expected):
    assert greeting("Chen Lan", dt.datetime(2026, 4, 17, hour)) == f"{expected}, Chen Lan"


def test_own_questions_are_nobody_elses(session, trainee):
    ask(session, UserFactory())
    assert own_questions(trainee) == []


def test_raised_question_has_reached_the_second_station(session, trainee):
    ask(session, trainee)
    assert states(own_questions(trainee)[0]) == ["done", "present", *["future"] * 4]


def test_grouped_question_names_its_cluster(session, trainee, analyst):
    cluster = create_cluster(title="代缴", questions=[refine(ask(session, trainee), analyst)], actor=analyst)
    (own,) = own_questions(trainee)
    assert own.tags == [{"label": f"Grouped in {cluster.number}", "tone": "brand"}]
    assert states(own) == [*["done"] * 3, "present", "future", "future"]


def test_dossier_in_progress_is_not_named_to_the_asker(session, trainee, analyst):
    cluster = create_cluster(title="代缴", questions=[refine(ask(session, trainee), analyst)], actor=analyst)
    dossier = create_dossier(title="指引", actor=analyst)
    add_to_dossier(dossier=dossier, clusters=[cluster], actor=analyst)
    (own,) = own_questions(trainee)
    assert own.tags == [{"label": f"Grouped in {cluster.number}", "tone": "brand"}]


def test_finished_dossier_is_named(session, trainee, analyst):
    cluster = create_cluster(title="代缴", questions=[refine(ask(session, trainee), analyst)], actor=analyst)
    dossier = create_dossier(title="指引", actor=analyst)
    add_to_dossier(dossier=dossier, clusters=[cluster], actor=analyst)
    move_dossier(dossier=dossier, status="finished", actor=analyst, incomplete_reason="先行移交")
    (own,) = own_questions(trainee)
    assert own.tags == [{"label": f"In dossier {dossier.number}", "tone": "ok"}]
    counts = own_counts(trainee)
    assert (counts.raised, counts.grouped, counts.in_dossier) == (1, 1, 1)


def test_question_reaches_the_clause_that_rests_on_it(session, trainee, analyst):
    cluster = create_cluster(title="代缴", questions=[refine(ask(session, trainee), analyst)], actor=analyst)
    dossier = create_dossier(title="指引", actor=analyst)
    add_to_dossier(dossier=dossier, clusters=[cluster], actor=analyst)
    save_clause(dossier=dossier, text="代缴的视为履行。", sources=dossier.items.all(), actor=analyst)
    move_dossier(dossier=dossier, status="finished", actor=analyst, incomplete_reason="先行移交")
    (own,) = own_questions(trainee)
    assert states(own) == ["done"] * 6


def test_withdrawn_question_has_no_way_to_go(session, trainee):
    withdraw_question(question=ask(session, trainee), actor=trainee)
    (own,) = own_questions(trainee)
    assert own.chain == []
    assert own_counts(trainee) == OwnCounts(raised=1, grouped=0, in_dossier=0)


def test_own_sessions_say_what_ties_the_person_to_them(trainee):
    today = timezone.localdate()
    prison = department("prison")
    hosted = TrainingSessionFactory(starts_on=today + dt.timedelta(days=9))
    moderated = TrainingSessionFactory(starts_on=today + dt.timedelta(days=5), host_department=prison)
    activity = ActivityFactory(session=moderated)
    activity.moderators.add(trainee)
    activity.save()
    asked = TrainingSessionFactory(host_department=prison)
    ask(asked, trainee)
    TrainingSessionFactory(host_department=prison)
    found = [(card.number, card.meta[0]) for card in own_sessions(trainee, today)]
    assert found == [
        (asked.number, "I asked here"),
        (moderated.number, "I moderate"),
        (hosted.number, "My department hosts"),
    ]


def test_trainees_wait_for_notifications_only(session, trainee):
    ask(session, trainee)
    NotificationFactory(recipient=trainee)
    assert [(task.label, task.count) for task in tasks_of(trainee)] == [("Unread notifications", 1)]


def test_analysts_see_each_queue_that_has_something(session, trainee, analyst):
    ask(session, trainee, "问题一应当如何处理？")
    refine(ask(session, trainee, "问题二应当如何处理？"), analyst)
    grouped = refine(ask(session, trainee, "问题三应当如何处理？"), analyst)
    create_cluster(title="代缴", questions=[grouped], actor=analyst)
    create_dossier(title="指引", actor=analyst)
    assert [(task.label, task.count) for task in tasks_of(analyst)] == [
        ("Questions to refine", 1),
        ("Refined questions to group", 1),
        ("Clusters in no dossier yet", 1),
        ("Dossiers in progress", 1),
    ]


@pytest.mark.parametrize("destination", list(Destination), ids=lambda destination: destination.name)
def test_every_destination_of_the_dashboard_exists(destination):
    assert destination.url


@pytest.mark.parametrize("count", [1, 3])
def test_dashboard_asks_the_database_equally_often(
    client, trainee, session, django_assert_num_queries, count
):
    for number in range(count):
        ask(session, trainee, f"第{number}个问题应当如何处理？")
    client.force_login(trainee)
    client.get("/")
    with django_assert_num_queries(13):
        client.get("/")


def test_demo_tells_a_finished_way_on_the_front_page(session, trainee, analyst):
    question = refine(ask(session, trainee), analyst)
    cluster = create_cluster(title="急病外出", questions=[question], actor=analyst)
    create_dossier(title=read("front")["dossier"], actor=analyst)
    registry = Registry(
        today=timezone.localdate(), questions={"q102": question}, clusters={read("front")["cluster"]: cluster}
    )
    load_front(registry)
    stations = HomePage.objects.get().stations
    assert [(station["number"], station["url"]) for station in stations] == [
        (session.number, session.get_absolute_url()),
        (question.number, ""),
        ("", ""),
        (cluster.number, ""),
        ("D-2026-001", ""),
        ("第二、三条", ""),
    ]


def test_own_questions_of_whoever_has_a_role_follow_by_a_fragment(client, session):
    signatory = UserFactory(roles=["signatory"])
    client.force_login(signatory)
    address = reverse("home:own_questions")
    assert client.get(address).content.strip() == b""
    question = ask(session, signatory, "剩余刑期如何计算？")
    assert question.number not in client.get("/").content.decode()
    assert address in client.get("/").content.decode()
    assert question.number in client.get(address).content.decode()


def test_own_questions_of_others_stand_on_the_home(client, trainee, session):
    question = ask(session, trainee, "剩余刑期如何计算？")
    client.force_login(trainee)
    html = client.get("/").content.decode()
    assert question.number in html
    assert reverse("home:own_questions") not in html
