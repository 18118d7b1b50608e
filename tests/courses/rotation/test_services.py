"""Facts are recorded by those who speak for a party, and change what they should."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from courses.rotation.enums import Pace, SwapDecision, TurnStatus
from courses.rotation.models import CalendarFeed, HostTurn, Rotation, RotationEvent, SwapProposal
from courses.rotation.services import (
    add_party,
    answer_swap,
    confirm_turn,
    feed_digest,
    make_feed,
    propose_swap,
    remove_party,
    revoke_feed,
    skip_turn,
    start_rotation,
    withdraw_swap,
)
from portal.org.enums import NotificationKind
from portal.org.models import Assignment, Notification
from tests.factories.org import DepartmentFactory, OfficeFactory, UserFactory, department
from tests.factories.rotation import RotationFactory, coming_turn, hosts, schedule_of

pytestmark = pytest.mark.django_db
ORDER = ["detention", "prison", "correction", "court", "procuratorate", "detention"]


def built(**values):
    values = {
        "code": "lin", "name": "临江省轮值", "level": "municipal", "region": "990100",
        "first_day": dt.date(2026, 1, 1), **values,
    }  # fmt: skip
    return Rotation(**values)


def two_offices():
    return [OfficeFactory(department=department(code)) for code in ("court", "prison")]


def test_rotation_is_started_with_its_order():
    rotation = start_rotation(
        rotation=built(), offices=two_offices(), actor=UserFactory(roles=["coordinator"])
    )
    assert hosts(rotation, 3) == ["court", "prison", "court"]
    assert ModelLogEntry.objects.filter(action="courses.rotation.start").count() == 1


@pytest.mark.parametrize(
    ("values", "offices"),
    [
        ({}, lambda: two_offices()[:1]),
        ({}, lambda: [two_offices()[0]] * 2),
        ({}, lambda: [*two_offices(), OfficeFactory(department=department("court"))]),
        ({"level": "county"}, two_offices),
        ({"first_day": dt.date(2026, 1, 2)}, two_offices),
        ({"pace": Pace.SESSIONS}, two_offices),
        ({"sessions_per_year": 4}, two_offices),
        ({"region": "99"}, two_offices),
    ],
    ids=["one", "twice", "department_twice", "level", "first_day", "no_number", "number_by_season", "region"],
)
def test_rotation_that_makes_no_sense_is_not_started(values, offices):
    with pytest.raises(ValidationError):
        start_rotation(rotation=built(**values), offices=offices(), actor=None)
    assert Rotation.objects.count() == 0


def test_host_skips_a_coming_turn_and_all_are_told(rotation, speaker):
    colleague, host = speaker(1), speaker(0)
    skip_turn(rotation=rotation, number=3, reason="搬迁", actor=host)
    assert hosts(rotation) == ["prison", "detention", "correction", "court", "procuratorate", "detention"]
    told = Notification.objects.filter(kind=NotificationKind.TURNS_CHANGED)
    assert [notification.recipient for notification in told] == [colleague]


def test_turn_that_has_begun_is_neither_skipped_nor_swapped(rotation):
    present = next(hosted for hosted in schedule_of(rotation) if hosted.status == TurnStatus.PRESENT)
    host = UserFactory(roles=["coordinator"], office=present.office)
    with pytest.raises(ValidationError):
        skip_turn(rotation=rotation, number=present.number, reason="搬迁", actor=host)
    with pytest.raises(ValidationError):
        propose_swap(rotation=rotation, number=present.number, other_number=3, reason="人手不足", actor=host)


def test_skip_needs_a_reason(rotation, speaker):
    with pytest.raises(ValidationError) as caught:
        skip_turn(rotation=rotation, number=3, reason="  ", actor=speaker(0))
    assert list(caught.value.message_dict) == ["reason"]


def test_last_one_left_does_not_skip(rotation):
    for _place in range(4):
        skip_turn(rotation=rotation, number=3, reason="搬迁", actor=None)
    with pytest.raises(ValidationError):
        skip_turn(rotation=rotation, number=3, reason="搬迁", actor=None)


@pytest.mark.parametrize("role", ["trainee", "editor", "analyst", "signatory", "keeper", "administrator"])
def test_other_roles_do_not_speak_for_a_party(rotation, speaker, role):
    with pytest.raises(PermissionDenied):
        skip_turn(rotation=rotation, number=3, reason="搬迁", actor=speaker(0, role))


def test_coordinator_of_another_party_does_not_speak(rotation, speaker):
    with pytest.raises(PermissionDenied):
        skip_turn(rotation=rotation, number=3, reason="搬迁", actor=speaker(1))


def test_office_directly_below_speaks_and_the_one_below_that_does_not(rotation):
    party = coming_turn(rotation).office
    below = OfficeFactory(department=party.department, parent=party, level="county")
    far = OfficeFactory(department=party.department, parent=below, level="county")
    with pytest.raises(PermissionDenied):
        confirm_turn(rotation=rotation, number=3, actor=UserFactory(roles=["coordinator"], office=far))
    confirm_turn(rotation=rotation, number=3, actor=UserFactory(roles=["coordinator"], office=below))
    assert coming_turn(rotation).status == TurnStatus.CONFIRMED


def test_swap_takes_both_consents(rotation, speaker):
    mine, theirs = speaker(0), speaker(2)
    proposal = propose_swap(rotation=rotation, number=3, other_number=5, reason="人手不足", actor=mine)
    assert hosts(rotation) == ORDER
    waiting = Assignment.objects.open().get()
    assert (waiting.department, waiting.due_on) == (theirs.department, dt.date(2026, 6, 30))
    with pytest.raises(PermissionDenied):
        answer_swap(proposal=proposal, agrees=True, actor=mine)
    answer_swap(proposal=proposal, agrees=True, actor=theirs)
    assert hosts(rotation) == ["correction", "prison", "detention", "court", "procuratorate", "detention"]
    event = RotationEvent.objects.get(kind="swap")
    assert (event.recorded_by, event.agreed_by) == (mine, theirs)
    assert Assignment.objects.open().count() == 0
    assert Notification.objects.filter(recipient=mine, kind=NotificationKind.SWAP_ANSWERED).count() == 1


def test_proposer_who_also_speaks_for_the_other_does_not_agree(rotation):
    mine, theirs = coming_turn(rotation), coming_turn(rotation, 1)
    theirs.office.parent = mine.office
    theirs.office.save()
    person = UserFactory(roles=["coordinator"], office=theirs.office)
    proposal = propose_swap(rotation=rotation, number=3, other_number=4, reason="人手不足", actor=person)
    with pytest.raises(PermissionDenied):
        answer_swap(proposal=proposal, agrees=True, actor=person)


def test_refused_swap_changes_nothing_and_says_why(rotation, speaker):
    mine, theirs = speaker(0), speaker(2)
    proposal = propose_swap(rotation=rotation, number=3, other_number=5, reason="人手不足", actor=mine)
    with pytest.raises(ValidationError):
        answer_swap(proposal=proposal, agrees=False, actor=theirs)
    decided = answer_swap(proposal=proposal, agrees=False, actor=theirs, comment="已有安排")
    assert (decided.decision, decided.comment) == (SwapDecision.REFUSED, "已有安排")
    assert hosts(rotation) == ORDER
    with pytest.raises(ValidationError):
        answer_swap(proposal=proposal, agrees=True, actor=theirs)


def test_withdrawn_swap_is_not_agreed_to(rotation, speaker):
    mine, theirs = speaker(0), speaker(2)
    proposal = propose_swap(rotation=rotation, number=3, other_number=5, reason="人手不足", actor=mine)
    with pytest.raises(PermissionDenied):
        withdraw_swap(proposal=proposal, actor=theirs)
    withdraw_swap(proposal=proposal, actor=mine)
    with pytest.raises(ValidationError):
        answer_swap(proposal=proposal, agrees=True, actor=theirs)
    assert Assignment.objects.open().count() == 0


def test_swap_overtaken_by_a_skip_is_ended_and_its_proposer_told(rotation, speaker):
    mine = speaker(0)
    proposal = propose_swap(rotation=rotation, number=3, other_number=5, reason="人手不足", actor=mine)
    skip_turn(rotation=rotation, number=3, reason="搬迁", actor=speaker(0))
    proposal.refresh_from_db()
    assert proposal.decision == SwapDecision.OVERTAKEN
    assert Notification.objects.filter(recipient=mine, kind=NotificationKind.SWAP_ANSWERED).count() == 1


def test_swap_that_time_has_overtaken_swaps_nothing(rotation, speaker):
    mine, theirs = speaker(0), speaker(1)
    proposal = propose_swap(rotation=rotation, number=3, other_number=4, reason="人手不足", actor=mine)
    with time_machine.travel(timezone.now() + dt.timedelta(days=100)):
        decided = answer_swap(proposal=proposal, agrees=True, actor=theirs)
    assert decided.decision == SwapDecision.OVERTAKEN
    assert RotationEvent.objects.filter(kind="swap").count() == 0


def test_one_swap_of_a_party_waits_at_a_time(rotation, speaker):
    mine = speaker(0)
    propose_swap(rotation=rotation, number=3, other_number=5, reason="人手不足", actor=mine)
    with pytest.raises(ValidationError):
        propose_swap(rotation=rotation, number=3, other_number=4, reason="人手不足", actor=mine)
    assert SwapProposal.objects.count() == 1


def test_only_the_next_turns_of_both_are_swapped(rotation, speaker):
    with pytest.raises(ValidationError):
        propose_swap(rotation=rotation, number=3, other_number=9, reason="人手不足", actor=speaker(0))


def test_turn_by_sessions_is_confirmed_with_its_last_day():
    rotation = RotationFactory(pace=Pace.SESSIONS, sessions_per_year=6)
    number = coming_turn(rotation).number
    with pytest.raises(ValidationError):
        confirm_turn(rotation=rotation, number=number, actor=None)
    with pytest.raises(ValidationError):
        confirm_turn(rotation=rotation, number=number, last_day=dt.date(2026, 4, 1), actor=None)
    confirm_turn(rotation=rotation, number=number, last_day=dt.date(2026, 6, 12), actor=None)
    first, second = coming_turn(rotation), coming_turn(rotation, 1)
    assert (first.turn.last_day, first.status) == (dt.date(2026, 6, 12), TurnStatus.CONFIRMED)
    assert second.turn.first_day == dt.date(2026, 6, 13)


def test_turn_by_season_has_no_day_of_its_own(rotation):
    with pytest.raises(ValidationError):
        confirm_turn(rotation=rotation, number=3, last_day=dt.date(2026, 8, 1), actor=None)
    with pytest.raises(ValidationError):
        confirm_turn(rotation=rotation, number=4 + 5, actor=None)
    with pytest.raises(ValidationError):
        confirm_turn(rotation=rotation, number=1, actor=None)


def test_administrators_let_offices_join_and_leave(rotation):
    administrator = UserFactory(roles=["administrator"])
    joining = OfficeFactory(department=DepartmentFactory(code="sixth"))
    add_party(rotation=rotation, office=joining, reason="新加入", actor=administrator)
    assert hosts(rotation, 4) == ["detention", "prison", "correction", "sixth"]
    remove_party(
        rotation=rotation, office=coming_turn(rotation).office, reason="机构改革", actor=administrator
    )
    assert hosts(rotation, 4) == ["prison", "correction", "sixth", "court"]


def test_others_let_no_office_join_or_leave(rotation, speaker):
    office = OfficeFactory(department=DepartmentFactory())
    with pytest.raises(PermissionDenied):
        add_party(rotation=rotation, office=office, reason="", actor=speaker(0))
    with pytest.raises(PermissionDenied):
        remove_party(rotation=rotation, office=coming_turn(rotation).office, reason="", actor=speaker(0))


def test_too_few_are_not_left_and_strangers_do_not_leave(rotation):
    with pytest.raises(ValidationError):
        remove_party(rotation=rotation, office=OfficeFactory(), reason="", actor=None)
    for _place in range(3):
        remove_party(rotation=rotation, office=coming_turn(rotation).office, reason="", actor=None)
    with pytest.raises(ValidationError):
        remove_party(rotation=rotation, office=coming_turn(rotation).office, reason="", actor=None)


def test_facts_are_neither_changed_nor_deleted(rotation):
    confirm_turn(rotation=rotation, number=3, actor=None)
    for fact in (RotationEvent.objects.get(), HostTurn.objects.get()):
        with pytest.raises(TypeError):
            fact.save()
        with pytest.raises(TypeError):
            fact.delete()


def test_calendar_address_is_kept_as_a_digest_and_replaced():
    user = UserFactory()
    first, second = make_feed(user=user).token, make_feed(user=user).token
    assert first != second
    assert CalendarFeed.objects.get().token_digest == feed_digest(second)
    assert second not in str(ModelLogEntry.objects.values_list("data", "label"))
    assert (revoke_feed(user=user), revoke_feed(user=user)) == (True, False)
