"""Planning sessions and moving them through their states."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from courses import services
from courses.enums import MOVES, SessionStatus
from courses.models import Activity, TrainingSession
from portal.foundation.signals import record_changed
from portal.org.services import merge_topic
from tests.factories.courses import TrainingSessionFactory
from tests.factories.org import TopicFactory, UserFactory, department

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return UserFactory(roles=["coordinator"])


def at(day: int, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime(2026, 4, day, hour))


def built(**values) -> TrainingSession:
    defaults = {
        "theme": "财产性判项执行与减刑假释",
        "host_department": department("prison"),
        "starts_on": dt.date(2026, 4, 15),
        "ends_on": dt.date(2026, 4, 17),
    }
    return TrainingSession(**(defaults | values))


def test_create_session_gives_the_next_number_of_its_year(coordinator):
    numbers = [services.create_session(session=built(), actor=coordinator).number for _ in range(2)]
    other = services.create_session(
        session=built(starts_on=dt.date(2027, 1, 4), ends_on=dt.date(2027, 1, 5)), actor=coordinator
    )
    assert [*numbers, other.number] == ["TT-2026-01", "TT-2026-02", "TT-2027-01"]


def test_create_session_goes_on_after_a_number_given_elsewhere(coordinator):
    services.create_session(session=built(), actor=None, number="TT-2026-07")
    assert services.create_session(session=built(), actor=coordinator).number == "TT-2026-08"


def test_create_session_saves_the_agenda_with_its_moderators(coordinator):
    moderator = UserFactory()
    session = built()
    activity = Activity(title="授课", starts_at=at(15, 9), ends_at=at(15, 11))
    activity.moderators = [moderator]
    session.activities = [activity]
    services.create_session(session=session, actor=coordinator)
    saved = TrainingSession.objects.get().activities.get()
    assert (saved.title, list(saved.moderators.all())) == ("授课", [moderator])


@pytest.mark.parametrize(
    ("starts", "ends"),
    [((14, 9), (14, 11)), ((17, 22), (18, 1)), ((15, 11), (15, 9))],
)
def test_create_session_refuses_an_agenda_outside_its_days(coordinator, starts, ends):
    session = built()
    session.activities = [Activity(title="授课", starts_at=at(*starts), ends_at=at(*ends))]
    with pytest.raises(ValidationError):
        services.create_session(session=session, actor=coordinator)
    assert TrainingSession.objects.count() == 0


def test_update_session_keeps_number_and_status(coordinator):
    session = TrainingSessionFactory(status=SessionStatus.OPEN)
    number = session.number
    session.number, session.status, session.place = "TT-1999-01", SessionStatus.CANCELLED, "安河市"
    services.update_session(session=session, actor=coordinator)
    session = TrainingSession.objects.get()
    assert (session.number, session.status, session.place) == (number, SessionStatus.OPEN, "安河市")


def test_update_session_replaces_a_merged_topic(coordinator):
    old, kept = TopicFactory(), TopicFactory()
    merge_topic(topic=old, into=kept, actor=UserFactory(roles=["editor"]))
    session = TrainingSessionFactory()
    session.topics.set([old])
    services.update_session(session=session, actor=coordinator)
    assert list(TrainingSession.objects.get().topics.all()) == [kept]


@pytest.mark.parametrize("before", SessionStatus.values)
@pytest.mark.parametrize("after", SessionStatus.values)
def test_move_session_follows_the_table(coordinator, before, after):
    session = TrainingSessionFactory(status=before)
    if after in MOVES[before]:
        assert services.move_session(session=session, to=after, actor=coordinator).status == after
    else:
        with pytest.raises(ValidationError):
            services.move_session(session=session, to=after, actor=coordinator)
        session.refresh_from_db()
        assert session.status == before


def test_move_session_reads_the_stored_state_not_that_of_the_object(coordinator):
    session = TrainingSessionFactory(status=SessionStatus.RUNNING)
    TrainingSession.objects.update(status=SessionStatus.CLOSED)
    with pytest.raises(ValidationError):
        services.move_session(session=session, to=SessionStatus.CLOSED, actor=coordinator)


def test_writes_tell_the_index_and_the_audit_log(coordinator):
    told = []

    def listen(sender, instances, **kwargs):
        told.extend(session.number for session in instances)

    record_changed.connect(listen, sender=TrainingSession)
    session = services.create_session(session=built(), actor=coordinator)
    services.update_session(session=session, actor=coordinator)
    services.move_session(session=session, to=SessionStatus.IN_CONSULTATION, actor=coordinator)
    record_changed.disconnect(listen, sender=TrainingSession)
    assert told == [session.number] * 3
    actions = ["courses.create_session", "courses.change_session", "courses.move_session"]
    logged = ModelLogEntry.objects.for_instance(session).order_by("timestamp", "pk")
    assert [(entry.action, entry.user) for entry in logged] == [(action, coordinator) for action in actions]


@pytest.mark.parametrize("role", ["trainee", "editor", "analyst", "signatory", "keeper", "administrator"])
def test_only_coordinators_plan(role):
    user = UserFactory(roles=[role])
    session = TrainingSessionFactory()
    for write in (
        lambda: services.create_session(session=built(), actor=user),
        lambda: services.update_session(session=session, actor=user),
        lambda: services.move_session(session=session, to=SessionStatus.CLOSED, actor=user),
    ):
        with pytest.raises(PermissionDenied):
            write()


def test_marked_session_takes_a_reviewer():
    planner = UserFactory(roles=["coordinator"])
    session = TrainingSessionFactory()
    session.summary = "内部资料 注意保存"
    with pytest.raises(ValidationError):
        services.update_session(session=session, actor=planner)
    both = UserFactory(roles=["coordinator", "reviewer"])
    assert services.update_session(session=session, actor=both).summary == "内部资料 注意保存"


def test_announcing_names_who_answers_for_it():
    planner = UserFactory(roles=["coordinator"])
    session = TrainingSessionFactory(status=SessionStatus.IN_CONSULTATION)
    moved = services.move_session(session=session, to=SessionStatus.COUNTERSIGNED, actor=planner)
    assert moved.secrecy_reviewed_by == planner
