"""The home by role: what somebody finds first, and that every tile and button leads somewhere."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import translation

from courses.enums import SessionStatus
from home.destinations import RecordDestination
from home.selectors import workplaces_of
from home.views.front import tiles
from inquiry.enums import QuestionStatus
from portal.org.enums import Role
from tests.factories.casebank import TypicalCaseFactory
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import UserFactory, department

pytestmark = pytest.mark.django_db

WORKING_ROLES = [role for role in Role if role != Role.TRAINEE]


def person(*roles):
    return UserFactory(roles=roles, language="en")


@pytest.fixture
def session():
    return TrainingSessionFactory(status=SessionStatus.PROPOSED, host_department=department("prison"))


def page_of(client, user):
    client.force_login(user)
    return client.get("/").content.decode()


@pytest.mark.parametrize("role", WORKING_ROLES)
def test_each_role_finds_its_own_work_and_no_question_that_it_never_asked(client, role):
    user = person(role)
    html = page_of(client, user)
    with translation.override("en"):
        (workplace,) = workplaces_of(user)
    assert workplace.title in html
    assert "You have not raised anything yet" not in html
    assert "Raised by me" not in html


@pytest.mark.parametrize("role", WORKING_ROLES)
def test_every_tile_and_button_opens_for_the_role(client, role, session):
    user = person(role)
    TypicalCaseFactory()
    client.force_login(user)
    (workplace,) = workplaces_of(user)
    urls = [tile["url"] for tile in workplace.tiles] + [act.url for act in workplace.acts]
    urls += [row.url for row in workplace.rows] + ([workplace.more.url] if workplace.more else [])
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)


def test_trainee_who_asked_nothing_sees_no_zeros(client):
    html = page_of(client, person("trainee"))
    assert "stats__tile" not in html
    assert "You have not raised anything yet" in html


def test_trainee_sees_what_became_of_the_questions():
    trainee = person("trainee")
    for status in (QuestionStatus.RAISED, QuestionStatus.REFINED, QuestionStatus.GROUPED):
        QuestionFactory(asker=trainee, status=status)
    figures = tiles([], trainee)
    assert [figure["value"] for figure in figures] == [3, 1, 0]
    url = reverse("inquiry:my_questions")
    assert [figure["url"] for figure in figures] == [url, f"{url}?list=grouped", f"{url}?list=in_dossiers"]


def test_analyst_sees_the_queues(session):
    figures = workplaces_of(person("analyst"))[0].tiles
    assert [figure["url"] for figure in figures[:3]] == [
        "/desk/?queue=awaiting",
        "/desk/?queue=ungrouped",
        "/clusters/?state=ungathered",
    ]


def test_coordinator_goes_on_with_the_own_departments_session_first(session):
    own = TrainingSessionFactory(status=SessionStatus.PROPOSED)
    TrainingSessionFactory(status=SessionStatus.SUMMED_UP)
    (workplace,) = workplaces_of(person("coordinator"))
    assert [row.url for row in workplace.rows] == [
        RecordDestination.SESSION_ADMIN.url_of(key) for key in (own.pk, session.pk)
    ]
    assert [tile["value"] for tile in workplace.tiles] == [2, 0, 0]


def test_editor_goes_on_with_a_draft():
    case = TypicalCaseFactory(has_unpublished_changes=True)
    (workplace,) = workplaces_of(person("editor"))
    assert [row.number for row in workplace.rows] == [case.number]


def test_several_roles_find_all_their_work(client):
    user = person("keeper", "analyst")
    with translation.override("en"):
        assert [workplace.title for workplace in workplaces_of(user)] == [
            "Identity requests",
            "Next to refine",
        ]
    assert "<span>Analyst</span><span>Keeper</span>" in page_of(client, user)


def test_one_button_of_a_home_is_the_primary_one(client):
    TrainingSessionFactory()
    html = page_of(client, person("coordinator"))
    assert len(re.findall(r"button--primary", html.split("</header>", 1)[1])) == 1


@pytest.mark.parametrize("role", WORKING_ROLES)
def test_home_of_a_role_asks_the_database_in_bounds(client, role, django_assert_max_num_queries):
    for _number in range(3):
        TrainingSessionFactory(status=SessionStatus.PROPOSED)
        TypicalCaseFactory(has_unpublished_changes=True)
    user = person(role)
    page_of(client, user)
    with django_assert_max_num_queries(22):
        html = client.get("/").content.decode()
    assert 'id="workplace-1"' in html
