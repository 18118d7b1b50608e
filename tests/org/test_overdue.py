"""What is overdue, and whose: who sees which rows, and what of them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from inquiry.enums import Naming
from inquiry.services.identities import request_identity
from portal.org import services
from portal.org.enums import AssignmentKind, Role
from portal.org.models import Assignment, PasswordRequest
from portal.org.selectors import overdue_assignments
from tests.factories.inquiry import ClusterFactory, QuestionFactory
from tests.factories.org import OfficeFactory, UserFactory, department

pytestmark = pytest.mark.django_db


def person(code: str, *roles: str, name: str = ""):
    office = OfficeFactory(department=department(code))
    names = {"display_name": name} if name else {}
    return UserFactory(roles=list(roles), office=office, **names)


def overdue(subject, what=AssignmentKind.STUDY, *, days: int = 5, **recipient) -> Assignment:
    row = services.assign(subject=subject, what=what, **recipient)
    Assignment.objects.filter(pk=row.pk).update(due_on=timezone.localdate() - dt.timedelta(days=days))
    return row


@pytest.fixture
def analyst():
    return person("court", "analyst", name="沈知远")


@pytest.fixture
def coordinator():
    return person("court", "coordinator")


def page(client, user, query: str = "", language: str = "zh-hans"):
    client.force_login(user)
    type(user).objects.filter(pk=user.pk).update(language=language)
    return client.get(reverse("org:overdue") + query)


def main(response) -> str:
    return response.content.decode().split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(
    ("role", "status"),
    [("trainee", 403), ("editor", 403), ("keeper", 403), ("administrator", 403), ("coordinator", 200)],
)
def test_who_opens_the_page(client, role, status):
    response = page(client, person("court", role))
    assert response.status_code == status
    assert ("overdue" in response.context) is False if status == 403 else "没有逾期事项" in main(response)


def test_visitors_sign_in_first(client):
    address = reverse("org:overdue")
    assert client.get(address)["Location"] == f"/accounts/login/?next={address}"


def test_coordinators_without_an_office_see_nothing(client):
    reader = UserFactory(roles=["coordinator"], office=None)
    overdue(ClusterFactory(), person=UserFactory(roles=["analyst"], office=None))
    assert (page(client, reader).status_code, overdue_assignments(reader)) == (403, [])


def test_analysts_see_whose_it_is_the_latest_first(client, analyst):
    clusters = ClusterFactory.create_batch(2)
    overdue(clusters[0], days=2, person=analyst)
    overdue(clusters[1], days=9, person=person("prison", "analyst", name="顾长风"))
    response = page(client, analyst)
    text = main(response)
    assert text.index("顾长风") < text.index("沈知远")
    titles = [f"{cluster.number} {cluster.title}" for cluster in reversed(clusters)]
    assert [row.title for row in response.context["rows"]] == titles
    assert "逾期9天" in text
    assert "9 days late" in main(page(client, analyst, language="en"))


def test_neither_paused_nor_done_nor_due_rows_are_there(analyst):
    paused, done, due = ClusterFactory.create_batch(3)
    services.pause_assignment(assignment=overdue(paused, person=analyst), user=analyst, reason="等待材料")
    services.complete_assignment(assignment=overdue(done, person=analyst), user=analyst)
    overdue(due, days=0, person=analyst)
    assert overdue_assignments(analyst) == []


def test_coordinators_see_their_own_departments_people(coordinator, analyst):
    overdue(ClusterFactory(), person=analyst)
    overdue(ClusterFactory(), person=person("prison", "analyst"))
    overdue(ClusterFactory(), department=coordinator.department)
    rows = overdue_assignments(coordinator)
    assert sorted(row.recipient for row in rows) == sorted([str(analyst), str(coordinator.department)])
    assert {row.department for row in rows} == {coordinator.department}


def test_coordinators_learn_no_more_than_the_subjects_own_page_tells(client, coordinator, analyst):
    """Work on the chain is for analysts: neither title, number, address nor note of it is shown."""
    question = QuestionFactory(naming=Naming.ANONYMOUS, text="本院上月的减刑案件是否漏报")
    row = overdue(question, AssignmentKind.REFINE, person=analyst)
    Assignment.objects.filter(pk=row.pk).update(note="当事人李某一案")
    text = main(page(client, coordinator))
    assert "沈知远" in text
    assert [part for part in (question.text, question.number, "李某") if part in text] == []


def test_what_is_secret_is_neither_shown_nor_counted(client, coordinator, analyst):
    """Requests for an identity and for a password are there for those alone who decide on them."""
    keeper = person("court", "keeper", "coordinator")
    identity = request_identity(
        question=QuestionFactory(naming=Naming.ANONYMOUS),
        keeper=keeper,
        reason="需要核实案号，以便及时纠正。",
    )
    Assignment.objects.filter(role=Role.KEEPER).update(due_on=timezone.localdate() - dt.timedelta(days=5))
    link = PasswordRequest.objects.create(user=UserFactory(office=coordinator.office))
    overdue(link, AssignmentKind.HAND_OVER_LINK, role=Role.ADMINISTRATOR)
    overdue(link, AssignmentKind.HAND_OVER_LINK, person=person("court", "administrator"))
    assert identity.pk
    for reader in (coordinator, analyst, keeper):
        assert overdue_assignments(reader) == []
        assert "没有逾期事项" in main(page(client, reader))


def test_page_is_narrowed_by_department_and_kind(client, analyst):
    overdue(ClusterFactory(), person=analyst)
    overdue(QuestionFactory(), AssignmentKind.REFINE, person=person("prison", "analyst"))
    everything = page(client, analyst)
    assert len(everything.context["rows"]) == 2
    assert [bar["value"] for bar in everything.context["departments"]] == [1, 1]
    options = [option for facet in everything.context["facets"] for option in facet.options]
    assert [option.count for option in options] == [1, 1, 1, 1]
    assert [len(page(client, analyst, option.url).context["rows"]) for option in options] == [1, 1, 1, 1]
    assert "没有符合筛选条件的事项" in main(page(client, analyst, "?department=court&kind=refine"))


def test_chart_counts_every_row_once(client, analyst):
    for days in (1, 3, 4, 7, 8, 14, 15, 90):
        overdue(ClusterFactory(), days=days, person=analyst)
    context = page(client, analyst).context
    assert [span["value"] for span in context["spans"]] == [2, 2, 2, 2]
    assert [tile["value"] for tile in context["tiles"]] == [8, 1, 90]


@pytest.mark.parametrize("query", ["?department=nowhere", "?kind=%00", "?page=99999999999999999999"])
def test_any_address_is_answered(client, analyst, query):
    overdue(ClusterFactory(), person=analyst)
    assert "逾期" in main(page(client, analyst, query))


PAGE_QUERIES = 8


@pytest.mark.parametrize("rows", [1, 3])
def test_page_needs_few_queries(client, analyst, rows, django_assert_num_queries):
    for _row in range(rows):
        overdue(ClusterFactory(), person=analyst)
    page(client, analyst)
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(reverse("org:overdue"))


def test_the_page_is_linked_where_its_readers_look(client, coordinator):
    client.force_login(coordinator)
    address = f'href="{reverse("org:overdue")}"'
    assert address in main(client.get(reverse("org:assignments")))
    assert address in client.get("/").content.decode()
    client.force_login(person("court", "trainee"))
    assert address not in client.get(reverse("org:assignments")).content.decode()
