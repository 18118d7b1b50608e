"""The pages of sessions, and who sees which."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from wagtail.models import Page, Site

from courses.enums import ANNOUNCED, ActivityForm, SessionStatus
from courses.models import Activity, SessionIndexPage, TrainingSession
from courses.rules import audience, can_raise_question, can_view_session
from portal.foundation import dates
from portal.org.models import PortalSettings
from portal.org.rules import audience_tokens
from tests.factories.courses import ActivityFactory, TrainingSessionFactory
from tests.factories.org import TopicFactory, UserFactory, department
from tests.revisions import post_edit

pytestmark = pytest.mark.django_db
UNANNOUNCED = [status for status in SessionStatus if status not in ANNOUNCED]


@pytest.fixture(autouse=True)
def index_page():
    """`/sessions/`, as the portal's first migration makes it."""
    page = SessionIndexPage.objects.first()
    if page is None:
        root = Site.objects.get(is_default_site=True).root_page
        page = root.add_child(instance=SessionIndexPage(title="期次", slug="sessions"))
    return page


def numbers(response) -> list[str]:
    return [card["number"] for card in response.context["cards"]]


def test_index_lists_coming_and_past_apart(client):
    coming = TrainingSessionFactory(starts_on=timezone.localdate() + dt.timedelta(days=9))
    past = TrainingSessionFactory(
        starts_on=dt.date(2025, 3, 1), ends_on=dt.date(2025, 3, 2), status=SessionStatus.SUMMED_UP
    )
    assert numbers(client.get("/sessions/")) == [coming.number]
    assert numbers(client.get("/sessions/?when=past")) == [past.number]


def test_index_is_narrowed_by_host_year_and_topic(client):
    topic = TopicFactory()
    fits = TrainingSessionFactory(host_department=department("prison"))
    fits.topics.set([topic])
    fits.save()
    TrainingSessionFactory()
    for query in ("department=prison", f"topic={topic.slug}", f"topic={topic.slug}&department=prison"):
        assert numbers(client.get(f"/sessions/?{query}")) == [fits.number]
    assert numbers(client.get("/sessions/?year=1999")) == []
    assert numbers(client.get("/sessions/?year=99999999999999999999")) == []


def test_facet_counts_agree_with_the_list(client):
    for code in ("prison", "prison", "court"):
        TrainingSessionFactory(host_department=department(code))
    hosts = client.get("/sessions/").context["facets"][0]
    assert [(option.label, option.count) for option in hosts.options] == [("法院", 1), ("监狱", 2)]
    for option in hosts.options:
        assert len(numbers(client.get(f"/sessions/{option.url}"))) == option.count


@pytest.mark.parametrize("rows", [1, 3])
def test_index_needs_few_queries(client, rows, django_assert_num_queries):
    TrainingSessionFactory.create_batch(rows)
    client.get("/sessions/")
    with django_assert_num_queries(INDEX_QUERIES):
        assert len(numbers(client.get("/sessions/"))) == rows


INDEX_QUERIES = 14


@pytest.mark.parametrize("rows", [1, 3])
def test_page_needs_few_queries(client, rows, django_assert_num_queries):
    session = TrainingSessionFactory()
    for _row in range(rows):
        activity = ActivityFactory(session=session)
        activity.moderators.set([UserFactory()])
        activity.save()
    client.get(session.get_absolute_url())
    with django_assert_num_queries(DETAIL_QUERIES):
        days = client.get(session.get_absolute_url()).context["days"]
    assert sum(len(slot.moderators) for day in days for slot in day.slots) == rows


DETAIL_QUERIES = 11


@pytest.mark.parametrize("status", SessionStatus.values)
def test_who_sees_a_session_is_decided_alike_everywhere(client, status):
    session = TrainingSessionFactory(status=status)
    for user in (AnonymousUser(), UserFactory(), UserFactory(is_active=False)):
        may = can_view_session(user, session)
        assert TrainingSession.objects.visible_to(user).filter(pk=session.pk).exists() is may
        assert bool(audience_tokens(user) & set(audience(session))) is may


@pytest.mark.parametrize("status", UNANNOUNCED)
def test_unannounced_session_is_not_there_for_visitors(client, status):
    session = TrainingSessionFactory(status=status)
    assert client.get(session.get_absolute_url()).status_code == 404
    assert numbers(client.get("/sessions/")) == []
    client.force_login(UserFactory())
    assert client.get(session.get_absolute_url()).context["session"] == session


def test_unknown_number_is_not_found(client):
    TrainingSessionFactory()
    response = client.get("/sessions/TT-1999-01/")
    assert (response.status_code, response.templates[0].name) == (404, "404.html")


def test_agenda_is_by_day_with_the_present_activity_marked(client):
    session = TrainingSessionFactory(starts_on=dt.date(2026, 4, 15), ends_on=dt.date(2026, 4, 16))
    for day, hour in ((15, 9), (15, 14), (16, 9)):
        starts_at = timezone.make_aware(dt.datetime(2026, 4, day, hour))
        ActivityFactory(session=session, starts_at=starts_at, title=f"{day}-{hour}")
    with time_machine.travel(timezone.make_aware(dt.datetime(2026, 4, 15, 14, 30)), tick=False):
        days = client.get(session.get_absolute_url()).context["days"]
    assert [(day.number, [slot.activity.title for slot in day.slots]) for day in days] == [
        (1, ["15-9", "15-14"]),
        (2, ["16-9"]),
    ]
    assert [slot.activity.title for day in days for slot in day.slots if slot.is_now] == ["15-14"]
    assert [slot.activity.title for day in days for slot in day.slots if slot.is_over] == ["15-9"]


def test_page_offers_the_question_form_while_questions_are_taken(client):
    session = TrainingSessionFactory()
    assert client.get(session.get_absolute_url()).context["can_ask"] is False
    client.force_login(UserFactory())
    response = client.get(session.get_absolute_url())
    assert response.context["can_ask"] is True
    assert reverse("inquiry:ask", args=[session.number]) in response.content.decode()


@pytest.mark.parametrize(
    ("days_after_end", "expected"), [(-10, False), (-2, True), (0, True), (30, True), (31, False)]
)
def test_questions_are_taken_until_the_window_closes(days_after_end, expected):
    session = TrainingSessionFactory()
    today = session.ends_on + dt.timedelta(days=days_after_end)
    assert can_raise_question(UserFactory(), session, on=today, window_days=30) is expected


def test_window_is_what_an_administrator_set():
    session = TrainingSessionFactory()
    day = session.ends_on + dt.timedelta(days=3)
    settings = PortalSettings.load()
    answers = []
    for days in (2, 3):
        settings.question_window_days = days
        settings.save()
        answers.append(can_raise_question(UserFactory(), session, on=day))
    assert answers == [False, True]


# In the admin ----------------------------------------------------------------


def form_data(session=None, **values):
    prefix = "activities"
    data = {
        "theme": "社区矫正对象外出审批", "theme_en": "", "summary": "", "summary_en": "", "topics": "",
        "lang": "zh-hans", "host_department": department("correction").pk, "office": "", "place": "宁川市",
        "starts_on": "2026-04-15", "ends_on": "2026-04-16", "mode": "on_site",
        f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0",
        f"{prefix}-MIN_NUM_FORMS": "0", f"{prefix}-MAX_NUM_FORMS": "1000",
        f"{prefix}-0-starts_at": "2026-04-15 09:00", f"{prefix}-0-ends_at": "2026-04-15 11:00",
        f"{prefix}-0-title": "授课", f"{prefix}-0-title_en": "", f"{prefix}-0-form": ActivityForm.LECTURE,
        f"{prefix}-0-place": "", f"{prefix}-0-moderators": "", f"{prefix}-0-id": "",
    }  # fmt: skip
    return data | values


def test_coordinator_plans_a_session_with_agenda_topics_and_moderators(client):
    client.force_login(UserFactory(roles=["coordinator"]))
    moderator, topic = UserFactory(username="chen.lan", display_name="陈岚"), TopicFactory(name="外出审批")
    values = {"activities-0-moderators": '"陈岚（chen.lan）"', "topics": '"外出审批"'}
    response = client.post(reverse("sessions:add"), form_data(**values))
    assert response.status_code == 302
    session = TrainingSession.objects.get()
    assert (session.number, session.status) == ("TT-2026-01", SessionStatus.PROPOSED)
    assert list(session.topics.all()) == [topic]
    assert list(session.activities.get().moderators.all()) == [moderator]


def test_unknown_moderator_is_refused(client):
    client.force_login(UserFactory(roles=["coordinator"]))
    response = client.post(
        reverse("sessions:add"), form_data(**{"activities-0-moderators": '"无此人（nobody）"'})
    )
    (errors,) = response.context["form"].formsets["activities"].errors
    assert (list(errors), TrainingSession.objects.count()) == (["moderators"], 0)


def test_activity_outside_the_days_is_an_error_of_the_form(client):
    client.force_login(UserFactory(roles=["coordinator"]))
    values = {"activities-0-starts_at": "2026-05-15 09:00", "activities-0-ends_at": "2026-05-15 11:00"}
    response = client.post(reverse("sessions:add"), form_data(**values))
    assert len(response.context["form"].non_field_errors()) == 1


def test_activity_that_ends_before_it_begins_is_an_error_in_words(client):
    client.force_login(UserFactory(roles=["coordinator"]))
    response = client.post(reverse("sessions:add"), form_data(**{"activities-0-ends_at": "2026-04-15 08:00"}))
    (errors,) = response.context["form"].formsets["activities"].errors
    assert errors == {"__all__": ["该活动的结束时间须晚于开始时间。"]}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("陈岚", "陈岚（chen.lan）"),
        ("Chen Lan", "Chen Lan（chen.lan）"),
        ("Chen, Lan", '"Chen, Lan（chen.lan）"'),
    ],
)
def test_edit_form_shows_moderators_and_keeps_them(client, name, shown):
    client.force_login(UserFactory(roles=["coordinator"]))
    session = TrainingSessionFactory(starts_on=dt.date(2026, 4, 15), ends_on=dt.date(2026, 4, 16))
    activity = ActivityFactory(session=session)
    activity.moderators.set([UserFactory(username="chen.lan", display_name=name)])
    activity.save()
    address = reverse("sessions:edit", args=[session.pk])
    assert f'value="{escape(shown)}"' in client.get(address).content.decode()
    values = {
        "activities-INITIAL_FORMS": "1", "activities-0-id": str(activity.pk),
        "activities-0-moderators": shown, "activities-0-title": "改题",
    }  # fmt: skip
    assert post_edit(client, address, form_data(**values)).status_code == 302
    kept = Activity.objects.get()
    assert (kept.title, [user.username for user in kept.moderators.all()]) == ("改题", ["chen.lan"])


def test_state_is_moved_on_its_own_page(client):
    client.force_login(UserFactory(roles=["coordinator"]))
    session = TrainingSessionFactory(status=SessionStatus.OPEN)
    for status in ("running", "nonsense"):
        client.post(reverse("sessions:move", args=[session.pk]), {"to": status})
        session.refresh_from_db()
        assert session.status == SessionStatus.RUNNING


@pytest.mark.parametrize("role", ["trainee", "editor", "analyst", "signatory", "keeper", "administrator"])
def test_no_address_of_the_viewset_changes_anything_for_others(client, role):
    client.force_login(UserFactory(roles=[role]))
    session = TrainingSessionFactory(status=SessionStatus.OPEN)
    before = TrainingSession.objects.values().get()
    for name in ("edit", "move", "delete", "history", "usage"):
        address = reverse(f"sessions:{name}", args=[session.pk])
        client.get(address)
        client.post(address, form_data(to="running"))
    client.post(reverse("sessions:add"), form_data())
    assert TrainingSession.objects.values().get() == before


def test_nobody_deletes_a_session(client):
    client.force_login(UserFactory(is_superuser=True))
    session = TrainingSessionFactory()
    assert client.post(reverse("sessions:delete", args=[session.pk])).status_code == 404
    assert TrainingSession.objects.get() == session


def test_sessions_are_searched_in_the_admin_by_chinese_words(client):
    client.force_login(UserFactory(roles=["coordinator"]))
    TrainingSessionFactory(theme="暂予监外执行病情诊断")
    TrainingSessionFactory(theme="外出审批")
    found = client.get(reverse("sessions:index"), {"q": "病情"}).context["object_list"]
    assert [session.theme for session in found] == ["暂予监外执行病情诊断"]


def test_people_are_suggested_to_those_in_the_admin_only(client):
    UserFactory(username="chen.lan", display_name="陈岚")
    assert client.get(reverse("org_people_suggestions"), {"term": "陈"}).status_code == 302
    client.force_login(UserFactory(roles=["coordinator"], display_name="方敬之"))
    assert client.get(reverse("org_people_suggestions"), {"term": "陈岚"}).json() == ["陈岚（chen.lan）"]


def test_root_has_one_session_index():
    assert SessionIndexPage.objects.count() == 1
    assert Page.objects.filter(slug="sessions").count() == 1


def test_each_move_says_what_it_shows_to_whom(client):
    client.force_login(UserFactory(roles=["coordinator"], language="en"))
    session = TrainingSessionFactory(status=SessionStatus.IN_CONSULTATION)
    html = client.get(reverse("sessions:move", args=[session.pk])).content.decode()
    assert "visitors too, finds its theme, agenda and place" in html
    assert "Visitors no longer find it." in html
    assert [value in html for value in ("?to=proposed", "?to=countersigned", "?to=open")] == [
        True,
        True,
        False,
    ]


def test_a_move_asks_before_it_is_done(client):
    client.force_login(UserFactory(roles=["coordinator"], language="en"))
    session = TrainingSessionFactory(status=SessionStatus.OPEN)
    address = reverse("sessions:move", args=[session.pk])
    html = client.get(address, {"to": "cancelled"}).content.decode()
    assert f"Move {session.number} from “Open for enrolment” to “Cancelled”?" in html
    assert "There is no way back." in html
    session.refresh_from_db()
    assert session.status == SessionStatus.OPEN
    client.post(address, {"to": "cancelled"})
    session.refresh_from_db()
    assert session.status == SessionStatus.CANCELLED


def test_closing_says_until_when_questions_are_taken(client):
    client.force_login(UserFactory(roles=["coordinator"], language="en"))
    day = dt.date(2026, 4, 16)
    session = TrainingSessionFactory(status=SessionStatus.RUNNING, starts_on=day, ends_on=day)
    with translation.override("en"):
        until = dates.day(day + dt.timedelta(days=PortalSettings.load().question_window_days))
    html = client.get(reverse("sessions:move", args=[session.pk]), {"to": "closed"}).content.decode()
    assert f"Questions can still be raised in it until {until}." in html


def test_announcement_without_the_check_comes_back_to_the_question(client):
    client.force_login(UserFactory(roles=["coordinator"]))
    session = TrainingSessionFactory(status=SessionStatus.IN_CONSULTATION)
    address = reverse("sessions:move", args=[session.pk])
    response = client.post(address, {"to": "countersigned"})
    assert response.url == f"{address}?to=countersigned"
    session.refresh_from_db()
    assert session.status == SessionStatus.IN_CONSULTATION


def test_state_that_cannot_follow_is_not_asked_about(client):
    client.force_login(UserFactory(roles=["coordinator"], language="en"))
    session = TrainingSessionFactory(status=SessionStatus.OPEN)
    html = client.get(reverse("sessions:move", args=[session.pk]), {"to": "summed_up"}).content.decode()
    assert "What it can become" in html


def test_english_fields_stand_in_a_panel_that_opens(client):
    client.force_login(UserFactory(roles=["coordinator"], language="en"))
    session = TrainingSessionFactory(theme_en="Leave", summary_en="")
    html = client.get(reverse("sessions:edit", args=[session.pk])).content.decode()
    summaries = re.findall(r'<details class="english-panel"\s*>\s*<summary>([^<]+)</summary>', html)
    assert summaries[0] == "English (1 of 2 filled in)"


def test_english_panel_is_open_where_something_in_it_is_wrong(client):
    client.force_login(UserFactory(roles=["coordinator"], language="en"))
    html = client.post(reverse("sessions:add"), form_data(theme_en="x" * 400)).content.decode()
    assert re.search(r'<details class="english-panel" open>\s*<summary>English \(1 of 2', html)


def test_field_of_topics_does_not_speak_of_quotes(client):
    client.force_login(UserFactory(roles=["coordinator"], language="en"))
    html = client.get(reverse("sessions:add")).content.decode()
    assert "double quotes" not in html
    assert "A comma-separated list of tags." not in html
    assert "Type part of a topic and choose it from the list." in html


def test_admin_lists_the_days_and_the_number_of_activities(client):
    session = TrainingSessionFactory(starts_on=dt.date(2026, 4, 15), ends_on=dt.date(2026, 4, 16))
    ActivityFactory.create_batch(2, session=session)
    client.force_login(UserFactory(roles=["coordinator"]))
    html = client.get(reverse("sessions:index")).content.decode()
    assert "2026年4月15日至16日" in html
    assert [row.activities_count for row in client.get(reverse("sessions:index")).context["object_list"]] == [
        2
    ]
