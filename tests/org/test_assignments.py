"""What waits for somebody: for a person, a department or the holders of a role."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from portal.org import services
from portal.org.enums import AssignmentKind, NotificationKind, Role
from portal.org.models import Assignment, Notification, PasswordRequest
from portal.org.selectors import open_assignments
from portal.org.services.reminders import end_orphaned_assignments, remind_of_assignments
from portal.org.subjects import subject_of
from tests.factories.org import OfficeFactory, UserFactory
from tests.waiting import at_once

WHAT = AssignmentKind.HAND_OVER_LINK
# People say themselves that this is done.
WORK = AssignmentKind.STUDY


@pytest.fixture
def subject(db):
    return PasswordRequest.objects.create(user=UserFactory())


@pytest.fixture
def administrator(db):
    return UserFactory(roles=["administrator"])


def test_assign_waits_for_the_person_and_notifies(subject, administrator):
    assignment = services.assign(subject=subject, what=WHAT, person=administrator)
    assert list(Assignment.objects.open().for_user(administrator)) == [assignment]
    assert Notification.objects.get(recipient=administrator).kind == NotificationKind.ASSIGNED


def test_assignment_is_told_in_the_language_of_its_reader(subject, administrator):
    administrator.language = "en"
    administrator.save()
    with translation.override("zh-hans"):
        services.assign(subject=subject, what=WHAT, person=administrator)
    with translation.override("en"):
        expected = f"{subject_of(subject).title(subject)} · {WHAT.label}"
    assert Notification.objects.get(recipient=administrator).subject == expected


def test_assign_to_oneself_notifies_nobody(subject, administrator):
    services.assign(subject=subject, what=WHAT, person=administrator, actor=administrator)
    assert not Notification.objects.exists()


def test_assign_returns_the_open_one(subject):
    first = services.assign(subject=subject, what=WHAT, role=Role.ADMINISTRATOR)
    assert services.assign(subject=subject, what=WHAT, role=Role.ADMINISTRATOR) == first
    services.complete_assignments(subject=subject, actor=None)
    assert services.assign(subject=subject, what=WHAT, role=Role.ADMINISTRATOR) != first


def test_assign_refuses_a_person_who_may_not_read_the_subject(subject):
    with pytest.raises(ValidationError) as caught:
        services.assign(subject=subject, what=WHAT, person=UserFactory(roles=["trainee"]))
    assert list(caught.value.message_dict) == ["person"]
    assert not Assignment.objects.exists()


def test_assign_takes_registered_subjects_alone(administrator):
    with pytest.raises(LookupError):
        services.assign(subject=OfficeFactory(), what=WHAT, person=administrator)


def test_for_user_finds_those_of_the_department_and_of_roles(subject, administrator):
    department = administrator.department
    ours = services.assign(subject=subject, what=WHAT, department=department)
    of_role = services.assign(subject=subject, what=WHAT, role=Role.ADMINISTRATOR)
    services.assign(subject=subject, what=WHAT, role=Role.KEEPER)
    assert set(Assignment.objects.for_user(administrator)) == {ours, of_role}
    assert not Assignment.objects.for_user(UserFactory(office=None)).exists()


def test_overdue_leaves_out_what_is_paused_or_done(subject, administrator):
    today = timezone.localdate()
    assignment = services.assign(
        subject=subject, what=WORK, person=administrator, due_on=today - dt.timedelta(days=1)
    )
    assert list(Assignment.objects.overdue(today)) == [assignment]
    assert [row.is_overdue for row in open_assignments(administrator)] == [True]
    services.pause_assignment(assignment=assignment, user=administrator, reason="等待材料")
    assert not Assignment.objects.overdue(today).exists()
    assert [row.is_overdue for row in open_assignments(administrator)] == [False]
    services.resume_assignment(assignment=assignment, user=administrator)
    services.complete_assignment(assignment=assignment, user=administrator)
    assert not Assignment.objects.overdue(today).exists()


def test_pause_needs_a_reason(subject, administrator):
    assignment = services.assign(subject=subject, what=WHAT, person=administrator)
    with pytest.raises(ValidationError):
        services.pause_assignment(assignment=assignment, user=administrator, reason="  ")


def test_claim_keeps_others_off_until_it_expires(subject, administrator):
    other = UserFactory(roles=["administrator"])
    assignment = services.assign(subject=subject, what=WHAT, role=Role.ADMINISTRATOR)
    services.claim_assignment(assignment=assignment, user=administrator)
    with pytest.raises(ValidationError):
        services.claim_assignment(assignment=assignment, user=other)
    with time_machine.travel(
        timezone.now() + dt.timedelta(hours=services.assignments.ASSIGNMENT_CLAIM_HOURS, minutes=1)
    ):
        services.claim_assignment(assignment=assignment, user=other)
    assignment.refresh_from_db()
    assert assignment.claimed_by == other


def test_give_back_lets_others_claim(subject, administrator):
    assignment = services.assign(subject=subject, what=WHAT, role=Role.ADMINISTRATOR)
    services.claim_assignment(assignment=assignment, user=administrator)
    services.give_back_assignment(assignment=assignment, user=administrator)
    other = UserFactory(roles=["administrator"])
    assert services.claim_assignment(assignment=assignment, user=other).claimed_by == other


@pytest.mark.parametrize(
    "service", ["claim_assignment", "give_back_assignment", "resume_assignment", "complete_assignment"]
)
def test_strangers_may_do_nothing(subject, service):
    assignment = services.assign(subject=subject, what=WHAT, role=Role.ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        getattr(services, service)(assignment=assignment, user=UserFactory(roles=["analyst"]))


def test_a_decision_is_not_declared_done_by_one_of_those_who_may_take_it(subject, administrator):
    """Else one keeper or administrator could hide a request from the others."""
    assignment = services.assign(subject=subject, what=WHAT, role=Role.ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        services.complete_assignment(assignment=assignment, user=administrator)
    assert Assignment.objects.open().get() == assignment


def test_done_twice_is_told(subject, administrator):
    assignment = services.assign(subject=subject, what=WORK, person=administrator)
    services.complete_assignment(assignment=assignment, user=administrator)
    with pytest.raises(ValidationError):
        services.complete_assignment(assignment=assignment, user=administrator)


def test_ended_subjects_wait_for_nobody(subject, administrator):
    services.assign(subject=subject, what=WHAT, person=administrator)
    assert services.end_assignments(subject=subject) == 1
    assert not Assignment.objects.open().exists()


def test_a_forgotten_password_waits_for_administrators_until_the_link_is_made(settings, administrator):
    settings.HAS_MAIL = False
    person = UserFactory()
    services.answer_forgotten_password(user_id=person.pk)
    request = PasswordRequest.objects.get(user=person)
    assert Assignment.objects.open().for_user(administrator).get().subject == request
    assert subject_of(request).title(request) == f"{person.display_name} ({person.username})"
    services.issue_password_link(user=person, actor=administrator)
    assert Assignment.objects.get().done_by == administrator


# 2026-11-26 is a Thursday.
THURSDAY_MORNING = "2026-11-26 09:00+08:00"


@pytest.mark.parametrize(
    ("moment", "is_working_time"),
    [
        (THURSDAY_MORNING, True),
        ("2026-11-26 08:29+08:00", False),
        ("2026-11-26 17:30+08:00", False),
        ("2026-11-28 10:00+08:00", False),
        ("2026-11-29 10:00+08:00", False),
    ],
)
def test_reminders_go_out_in_working_time(subject, administrator, moment, is_working_time):
    with time_machine.travel(moment, tick=False):
        due_on = timezone.localdate() + dt.timedelta(days=2)
        services.assign(subject=subject, what=WHAT, person=administrator, due_on=due_on, actor=administrator)
        assert remind_of_assignments() == int(is_working_time)


def test_each_reminder_goes_out_once(subject, administrator):
    with time_machine.travel(THURSDAY_MORNING, tick=False) as traveller:
        due_on = timezone.localdate() + dt.timedelta(days=1)
        services.assign(
            subject=subject, what=WHAT, role=Role.ADMINISTRATOR, due_on=due_on, actor=administrator
        )
        assert [remind_of_assignments(), remind_of_assignments()] == [1, 0]
        traveller.shift(dt.timedelta(days=4))
        assert [remind_of_assignments(), remind_of_assignments()] == [1, 0]
    kinds = Notification.objects.filter(recipient=administrator).values_list("kind", flat=True)
    assert sorted(kinds) == [NotificationKind.ASSIGNMENT_DUE, NotificationKind.ASSIGNMENT_OVERDUE]


def test_what_is_paused_is_not_reminded_of(subject, administrator):
    with time_machine.travel(THURSDAY_MORNING, tick=False):
        assignment = services.assign(
            subject=subject, what=WHAT, person=administrator, due_on=timezone.localdate()
        )
        services.pause_assignment(assignment=assignment, user=administrator, reason="等待材料")
        assert remind_of_assignments() == 0


def test_assignments_of_deleted_subjects_end(subject, administrator):
    kept = PasswordRequest.objects.create(user=UserFactory())
    for record in (subject, kept):
        services.assign(subject=record, what=WHAT, person=administrator)
    subject.delete()
    assert Assignment.objects.open().get().subject == kept


def test_the_clock_ends_what_a_deletion_without_signals_left(subject, administrator):
    services.assign(subject=subject, what=WHAT, person=administrator)
    PasswordRequest.objects.all()._raw_delete("default")
    assert end_orphaned_assignments() == 1
    assert not Assignment.objects.open().exists()


def entries(user) -> list[tuple[str, dict]]:
    rows = ModelLogEntry.objects.filter(user=user).order_by("timestamp", "pk")
    return [(row.action, row.data) for row in rows]


def test_what_people_do_is_logged_with_what_stood_before(subject, administrator):
    assigned = services.assign(subject=subject, what=WORK, role=Role.ADMINISTRATOR, actor=administrator)
    services.claim_assignment(assignment=assigned, user=administrator)
    services.pause_assignment(assignment=assigned, user=administrator, reason="等待材料")
    services.resume_assignment(assignment=assigned, user=administrator)
    services.give_back_assignment(assignment=assigned, user=administrator)
    services.complete_assignment(assignment=assigned, user=administrator)
    logged = dict(entries(administrator))
    assert list(logged) == [
        f"org.{act}_assignment" if act else "org.assign"
        for act in ("", "claim", "pause", "resume", "give_back", "complete")
    ]
    assert logged["org.assign"]["assigned"]["role"] == Role.ADMINISTRATOR
    assert logged["org.claim_assignment"] == {"before": {"claimed_by": None, "claimed_until": None}}
    assert logged["org.resume_assignment"]["before"]["paused_reason"] == "等待材料"
    assert logged["org.give_back_assignment"]["before"]["claimed_by"] == administrator.pk


def test_ending_is_logged_for_whoever_did_it(subject, administrator):
    services.assign(subject=subject, what=WHAT, role=Role.ADMINISTRATOR)
    services.end_assignments(subject=subject, actor=administrator)
    assert entries(administrator) == [("org.end_assignment", {"before": {"ended_at": None}})]


def test_what_the_portal_does_by_itself_is_not_logged(subject):
    """The minute of an entry could tell who sent what waits."""
    services.assign(subject=subject, what=WHAT, role=Role.ADMINISTRATOR)
    services.end_assignments(subject=subject)
    assert not ModelLogEntry.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_assign_the_same_at_once():
    subject = PasswordRequest.objects.create(user=UserFactory())

    def act():
        return services.assign(subject=subject, what=WHAT, role=Role.ADMINISTRATOR)

    assert at_once(act, act) == [Assignment.objects.get()] * 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_claims_at_once_one_is_refused():
    subject = PasswordRequest.objects.create(user=UserFactory())
    assignment = services.assign(subject=subject, what=WHAT, role=Role.ADMINISTRATOR)

    def claim(user):
        try:
            return services.claim_assignment(assignment=assignment, user=user).claimed_by
        except ValidationError:
            return None

    first, second = UserFactory(roles=["administrator"]), UserFactory(roles=["administrator"])
    claimed = at_once(lambda: claim(first), lambda: claim(second))
    assert claimed.count(None) == 1
