"""The board and its pages: what they show, to whom, and what is asked before something is done."""

from __future__ import annotations

import datetime as dt
import json

import icalendar
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from courses.enums import SessionStatus
from courses.rotation.models import CalendarFeed, Rotation, RotationEvent, SwapProposal
from courses.rotation.selectors import carried_by, region_prefix, spring_festival
from courses.rotation.services import make_feed, propose_swap, skip_turn
from portal.org.models import PortalSettings
from portal.org.services.working_days import seed_working_days
from tests.factories.courses import ActivityFactory, TrainingSessionFactory
from tests.factories.org import DepartmentFactory, OfficeFactory, UserFactory, department
from tests.factories.rotation import RotationFactory, coming_turn, hosts, schedule_of

pytestmark = pytest.mark.django_db


def page(client, name, *args, **data):
    return client.get(reverse(f"rotation:{name}", args=args), data).content.decode()


def test_board_shows_turns_with_their_seals_and_sessions(client, rotation):
    skip_turn(rotation=rotation, number=3, reason="整体搬迁", actor=None)
    TrainingSessionFactory(
        theme="假释适用", starts_on=dt.date(2026, 8, 3), host_department=department("prison"), status="open"
    )
    client.force_login(UserFactory())
    html = page(client, "home")
    assert "递补看守所" in html
    assert "轮空后补回" in html
    assert "整体搬迁" in html
    assert "现由检察院主办，至2026年6月30日。" in html
    assert "未举办" in html
    assert "假释适用" in html
    assert "春节 2027年2月6日" in html


def test_year_that_is_not_published_is_said(client, rotation):
    seed_working_days(years=[2026], actor=None)
    client.force_login(UserFactory())
    html = page(client, "home")
    assert "2027年工作日安排尚未公布" in html
    assert "2026年工作日安排尚未公布" not in html
    assert "还有55个工作日" in html


def test_distance_is_in_days_where_working_days_are_not_known(client, rotation):
    client.force_login(UserFactory())
    assert "还有82天（2026年工作日安排尚未公布）" in page(client, "home")


def test_empty_board_says_how_a_rotation_begins(client):
    client.force_login(UserFactory())
    assert "由统筹员启动" in page(client, "home")
    client.force_login(UserFactory(roles=["coordinator"]))
    assert reverse("rotation:start") in page(client, "home")


def test_national_rotation_comes_first(client, rotation):
    offices = [OfficeFactory(department=department(code), level="national") for code in ("court", "prison")]
    national = RotationFactory(level="national", region="100000", offices=offices)
    client.force_login(UserFactory())
    assert client.get(reverse("rotation:home")).context["rotation"] == national
    assert client.get(reverse("rotation:board", args=[rotation.code])).context["rotation"] == rotation


@pytest.mark.parametrize("turns", [1, 3])
def test_board_asks_a_constant_number_of_times(client, rotation, turns, django_assert_num_queries):
    for place in range(turns):
        starts_on = dt.date(2026, 1, 5 + place)
        session = TrainingSessionFactory(starts_on=starts_on, host_department=department("court"))
        ActivityFactory(session=session)
        skip_turn(rotation=rotation, number=3 + place, reason="搬迁", actor=None)
    client.force_login(UserFactory(roles=["coordinator"], office=coming_turn(rotation).office))
    page(client, "home")
    with django_assert_num_queries(BOARD_QUERIES):
        page(client, "home")


BOARD_QUERIES = 16


def test_what_departments_have_carried(rotation):
    session = TrainingSessionFactory(
        starts_on=dt.date(2026, 2, 3), host_department=department("court"), status=SessionStatus.SUMMED_UP
    )
    ActivityFactory.create_batch(2, session=session)
    TrainingSessionFactory(
        starts_on=dt.date(2026, 3, 3), host_department=department("court"), status=SessionStatus.CANCELLED
    )
    elsewhere = OfficeFactory(region="980100")
    TrainingSessionFactory(starts_on=dt.date(2026, 3, 3), office=elsewhere, status=SessionStatus.CLOSED)
    rows = carried_by(rotation, schedule_of(rotation).members)
    assert [(row.department.code, row.sessions, row.days, row.hours) for row in rows][:2] == [
        ("court", 1, 3, 4),
        ("procuratorate", 0, 0, 0),
    ]


def test_codes_of_regions_and_their_parts():
    assert [region_prefix(code) for code in ("990000", "990100", "990121")] == ["99", "9901", "990121"]


def test_day_of_the_spring_festival():
    assert [spring_festival(year) for year in (2026, 2027)] == [dt.date(2026, 2, 17), dt.date(2027, 2, 6)]


def test_skip_says_what_will_happen_before_it_does(client, rotation, speaker):
    client.force_login(speaker(0))
    address = reverse("rotation:skip", args=[rotation.code, 3])
    html = client.post(address, {"reason": "搬迁"}).content.decode()
    rows = [
        (row["number"], str(row["after"].department.code))
        for row in client.post(address, {"reason": "搬迁"}).context["changes"]
    ]
    assert rows == [(3, "prison"), (4, "detention")]
    assert "将发生的变化" in html
    assert RotationEvent.objects.filter(kind="skip").count() == 0
    response = client.post(address, {"reason": "搬迁", "act": "confirm"})
    assert response.url == rotation.get_absolute_url()
    assert hosts(rotation, 2) == ["prison", "detention"]


def test_form_without_a_reason_comes_back(client, rotation, speaker):
    client.force_login(speaker(0))
    response = client.post(reverse("rotation:skip", args=[rotation.code, 3]), {"act": "confirm"})
    assert list(response.context["form"].errors) == ["reason"]
    assert RotationEvent.objects.filter(kind="skip").count() == 0


def test_swap_is_proposed_and_agreed_to_on_its_page(client, rotation, speaker):
    mine, theirs = speaker(0), speaker(1)
    client.force_login(mine)
    address = reverse("rotation:propose_swap", args=[rotation.code, 3])
    client.post(address, {"other": "4", "reason": "人手不足", "act": "confirm"})
    proposal = SwapProposal.objects.get()
    client.force_login(theirs)
    assert "同意后立即生效" in client.get(proposal.get_absolute_url()).content.decode()
    client.post(proposal.get_absolute_url(), {"act": "agree"})
    assert hosts(rotation, 2) == ["prison", "detention"]
    assert "已同意" in client.get(proposal.get_absolute_url()).content.decode()


def test_swap_is_withdrawn_on_its_page(client, rotation, speaker):
    mine = speaker(0)
    proposal = propose_swap(rotation=rotation, number=3, other_number=4, reason="人手不足", actor=mine)
    client.force_login(mine)
    client.post(proposal.get_absolute_url(), {"act": "withdraw"})
    proposal.refresh_from_db()
    assert proposal.decision == "withdrawn"


def test_turn_is_confirmed_on_its_page(client, rotation, speaker):
    client.force_login(speaker(0))
    client.post(reverse("rotation:confirm", args=[rotation.code, 3]), {"act": "confirm"})
    assert coming_turn(rotation).turn.is_confirmed


def test_office_joins_on_the_page_of_parties(client, rotation):
    office = OfficeFactory(department=DepartmentFactory(code="sixth"))
    client.force_login(UserFactory(roles=["administrator"]))
    values = {"kind": "join", "office": office.pk, "reason": "新加入", "act": "confirm"}
    client.post(reverse("rotation:parties", args=[rotation.code]), values)
    assert hosts(rotation, 4)[3] == "sixth"


def test_rotation_is_started_on_its_page(client):
    offices = [OfficeFactory(department=department(code)) for code in ("prison", "court")]
    client.force_login(UserFactory(roles=["coordinator"]))
    values = {
        "name": "宁川市轮值", "name_en": "", "code": "ningchuan", "level": "municipal", "region": "990100",
        "pace": "season", "sessions_per_year": "", "first_day": "2026-01-01",
        "office_1": offices[0].pk, "office_2": offices[1].pk,
    }  # fmt: skip
    assert client.post(reverse("rotation:start"), values | {"office_2": offices[0].pk}).status_code == 200
    response = client.post(reverse("rotation:start"), values)
    assert response.url == "/rotation/ningchuan/"
    assert hosts(Rotation.objects.get(), 3) == ["prison", "court", "prison"]


def test_reserved_codes_name_no_rotation(client):
    offices = [OfficeFactory(department=department(code)) for code in ("prison", "court")]
    client.force_login(UserFactory(roles=["coordinator"]))
    values = {
        "name": "宁川市轮值", "code": "calendar", "level": "municipal", "region": "990100", "pace": "season",
        "first_day": "2026-01-01", "office_1": offices[0].pk, "office_2": offices[1].pk,
    }  # fmt: skip
    response = client.post(reverse("rotation:start"), values)
    assert list(response.context["form"].errors) == ["code"]


@pytest.mark.parametrize("act", ["skip", "propose_swap", "confirm"])
@pytest.mark.parametrize("who", ["trainee", "other", "administrator"])
def test_wrong_people_change_no_turn(client, rotation, speaker, act, who):
    wrong = {
        "trainee": lambda: speaker(0, "trainee"),
        "other": lambda: speaker(1),
        "administrator": lambda: UserFactory(roles=["administrator"]),
    }[who]()
    client.force_login(wrong)
    address = reverse(f"rotation:{act}", args=[rotation.code, 3])
    values = {"reason": "搬迁", "other": "4", "act": "confirm"}
    statuses = [client.get(address).status_code, client.post(address, values).status_code]
    assert statuses == [403, 403]
    assert (RotationEvent.objects.count(), SwapProposal.objects.count()) == (1, 0)


def test_wrong_people_neither_read_nor_answer_a_swap(client, rotation, speaker):
    mine, stranger = speaker(0), speaker(2)
    proposal = propose_swap(rotation=rotation, number=3, other_number=4, reason="人手不足", actor=mine)
    for person in (stranger, UserFactory(), UserFactory(roles=["administrator"])):
        client.force_login(person)
        assert client.get(proposal.get_absolute_url()).status_code == 403
        assert client.post(proposal.get_absolute_url(), {"act": "agree"}).status_code == 403
    client.force_login(mine)
    assert client.post(proposal.get_absolute_url(), {"act": "agree"}).status_code == 403
    assert hosts(rotation, 2) == ["detention", "prison"]


def test_wrong_people_start_nothing_and_change_no_parties(client, rotation):
    client.force_login(UserFactory(roles=["editor"]))
    assert client.get(reverse("rotation:start")).status_code == 403
    client.force_login(UserFactory(roles=["coordinator"]))
    assert client.get(reverse("rotation:parties", args=[rotation.code])).status_code == 403
    assert RotationEvent.objects.count() == 1


def test_visitors_are_led_to_the_sign_in(client, rotation):
    addresses = [
        reverse("rotation:home"), reverse("rotation:board", args=[rotation.code]), reverse("rotation:start"),
        reverse("rotation:calendar"), reverse("rotation:parties", args=[rotation.code]),
        reverse("rotation:skip", args=[rotation.code, 3]),
    ]  # fmt: skip
    assert {client.get(address).url.partition("?")[0] for address in addresses} == {"/accounts/login/"}


def test_what_is_not_there_is_not_found(client, rotation):
    client.force_login(UserFactory(roles=["administrator"]))
    paths = ["nowhere/", "nowhere/parties/", "nowhere/turns/3/skip/", f"{rotation.code}/turns/99999/swap/"]
    assert [client.get(f"/rotation/{path}").status_code for path in paths] == [404] * 4


# The calendar ---------------------------------------------------------------------------------------------------


def feed(client, token):
    return client.get(reverse("rotation:feed", args=[token]))


def test_calendar_holds_the_turns_under_identities_that_stay(client, rotation):
    token = make_feed(user=UserFactory(language="en")).token
    response = feed(client, token)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(response.content)
    events = {str(event["uid"]).partition("@")[0]: event for event in calendar.walk("VEVENT")}
    event = events[f"rotation-{rotation.code}-3"]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (dt.date(2026, 7, 1), dt.date(2026, 10, 1))
    assert str(event["summary"]).startswith("Detention hosts")
    assert str(event["status"]) == "TENTATIVE"


def test_address_is_shown_once(client, rotation):
    user = UserFactory()
    client.force_login(user)
    html = client.post(reverse("rotation:calendar"), {"act": "make"}).content.decode()
    token = html.partition("/rotation/feed/")[2].partition(".ics")[0]
    assert feed(client, token).status_code == 200
    assert token not in client.get(reverse("rotation:calendar")).content.decode()


def test_replaced_and_revoked_addresses_send_nothing(client, rotation):
    user = UserFactory()
    first, second = make_feed(user=user).token, make_feed(user=user).token
    assert (feed(client, first).status_code, feed(client, second).status_code) == (404, 200)
    client.force_login(user)
    client.post(reverse("rotation:calendar"), {"act": "revoke"})
    assert feed(client, second).status_code == 404
    assert CalendarFeed.objects.count() == 0


def test_closed_account_has_no_calendar(client, rotation):
    user = UserFactory()
    token = make_feed(user=user).token
    user.is_active = False
    user.save()
    response = feed(client, token)
    assert (response.status_code, b"VCALENDAR" in response.content) == (404, False)


def test_calendar_is_fetched_while_the_portal_is_closed_to_visitors(client, rotation):
    PortalSettings.objects.update_or_create(pk=1, defaults={"closed_to_visitors": True})
    response = feed(client, make_feed(user=UserFactory()).token)
    assert response.content.startswith(b"BEGIN:VCALENDAR")
    assert b"VCALENDAR" not in feed(client, "guessed").content


# The home and the command ---------------------------------------------------------------------------------------


def test_home_of_a_coordinator_says_when_the_own_turn_comes(client, rotation, speaker):
    seed_working_days(years=[2026], actor=None)
    client.force_login(speaker(0))
    assert reverse("rotation:own_turn") in client.get("/").content.decode()
    html = client.get(reverse("rotation:own_turn")).content.decode()
    assert "本部门轮值主办" in html
    assert "还有55个工作日：尚未安排期次" in " ".join(html.split())


def test_home_of_others_says_nothing_of_turns(client, rotation, speaker):
    client.force_login(speaker(0, "trainee"))
    assert "本部门轮值主办" not in client.get("/").content.decode()
    for person in (speaker(0, "trainee"), UserFactory(roles=["coordinator"])):
        client.force_login(person)
        assert client.get(reverse("rotation:own_turn")).content.strip() == b""


def test_command_prints_an_object_for_each_turn(rotation, capsys):
    call_command("rotation", "--rotation", rotation.code, "--turns", "2", "--json")
    first, _second = map(json.loads, capsys.readouterr().out.splitlines())
    office = str(next(iter(schedule_of(rotation))).office)
    assert first == {
        "turn": 1, "office": office, "department": "court", "from": "2026-01-01", "until": "2026-03-31",
        "status": "past", "because": "按顺序",
    }  # fmt: skip


def test_command_prints_until_two_years_from_now(rotation, capsys):
    call_command("rotation")
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].split("\t")[3] == "2028-04-01"


def test_command_knows_no_other_rotation_and_no_number_of_turns_beyond_reason(rotation):
    with pytest.raises(CommandError):
        call_command("rotation", "--rotation", "nowhere")
    with pytest.raises(CommandError):
        call_command("rotation", "--turns", "100000")
