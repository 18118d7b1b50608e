"""No page tells the minute of what an asker did, nor the day on which somebody signed in."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.org.models import User
from search.models import OutboxEntry
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db

NOON = timezone.make_aware(dt.datetime(2026, 4, 17, 12, 0))


@pytest.fixture
def administrator(client):
    client.force_login(UserFactory(roles=["administrator"], username="administrator"))
    return client


def rows_of(client, address):
    body = client.get(address).content.decode()
    return body.partition("<main")[2]


def test_last_sign_in_is_shown_to_the_month(administrator):
    person = UserFactory(username="person")
    bodies = set()
    for days in (0, 1, 13, -16):
        User.objects.filter(pk=person.pk).update(last_login=NOON + dt.timedelta(days=days))
        bodies.add(_row_of(rows_of(administrator, reverse("wagtailusers_users:index")), "person"))
    assert len(bodies) == 1
    assert "2026年4月<" in "".join(bodies.pop().split())


def _row_of(body, username):
    (row,) = [row for row in body.split("<tr") if f">{username}<" in "".join(row.split())]
    return row


@pytest.mark.parametrize("ordering", ["last_sign_in_month", "-last_sign_in_month"])
def test_order_of_sign_ins_of_one_month_does_not_tell(administrator, ordering):
    """People of one month stand in the order of their usernames, whoever came first."""
    people = [UserFactory(username=f"person-{letter}") for letter in "abc"]
    lists = []
    for days in ((1, 2, 3), (3, 2, 1), (2, 3, 1)):
        for person, day in zip(people, days, strict=True):
            User.objects.filter(pk=person.pk).update(last_login=NOON + dt.timedelta(days=day))
        context = administrator.get(reverse("wagtailusers_users:index"), {"ordering": ordering}).context
        names = [user.username for user in context["object_list"]]
        lists.append([name for name in names if name.startswith("person-")])
    assert lists == [["person-a", "person-b", "person-c"]] * 3


def test_index_queue_shows_the_day_of_a_question(administrator):
    question = QuestionFactory()
    OutboxEntry.objects.all().delete()
    entry = OutboxEntry.objects.create(engine="embedded", kind="question", object_id=question.pk)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    bodies = set()
    for minutes in (1, 3):
        OutboxEntry.objects.filter(pk=entry.pk).update(created_at=today + dt.timedelta(minutes=minutes))
        body = rows_of(administrator, reverse("search-queue:index"))
        bodies.add(body.partition("<table")[2])
    assert len(bodies) == 1
    day = today.date()
    assert f"{day.year}年{day.month}月{day.day}日" in bodies.pop()


@pytest.mark.parametrize("minutes", [12, 25, 90])
def test_a_late_queue_says_only_that_it_is_late(administrator, client, minutes):
    question = QuestionFactory()
    OutboxEntry.objects.all().delete()
    OutboxEntry.objects.create(
        engine="embedded",
        kind="question",
        object_id=question.pk,
        created_at=timezone.now() - dt.timedelta(minutes=minutes),
    )
    health = client.get("/health/search/", headers={"accept": "application/json"}).json()
    (queue,) = [said for name, said in health.items() if name.startswith("SearchQueue")]
    assert queue.endswith("embedded: the oldest of 1 has waited for more than 10 minutes")
    for address in (reverse("search-queue:index"), reverse("wagtailadmin_home")):
        body = rows_of(administrator, address)
        assert "10 分钟以上" in body
        assert f"{minutes} 分钟" not in body
