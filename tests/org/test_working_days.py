"""The table of working days: counted by it, seeded once, edited by its keepers, and never guessed."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from wagtail.models import ModelLogEntry

from portal.org.models import CalendarYear, SpecialDay
from portal.org.services.working_days import published_years, save_working_days, seed_working_days
from portal.org.working_days import (
    MAX_WORKING_DAYS,
    YearNotPublished,
    add_working_days,
    is_working_day,
    unpublished_years,
    working_days_between,
)
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def year():
    return seed_working_days(years=[2026], actor=None)[0]


def test_days_of_the_notice_stand_before_the_days_of_the_week(year):
    # 2026: the Spring Festival from Monday to Friday; Saturday, 14 February is made up for.
    assert [is_working_day(dt.date(2026, 2, day)) for day in (13, 14, 15, 16, 23, 24)] == [
        True, True, False, False, False, True,
    ]  # fmt: skip


def test_holidays_are_left_out_when_days_are_added(year):
    assert add_working_days(dt.date(2026, 2, 13), 1) == dt.date(2026, 2, 14)
    assert add_working_days(dt.date(2026, 2, 13), 2) == dt.date(2026, 2, 24)
    assert add_working_days(dt.date(2026, 2, 24), -2) == dt.date(2026, 2, 13)
    assert add_working_days(dt.date(2026, 2, 16), 0) == dt.date(2026, 2, 24)


def test_year_that_is_not_published_is_an_error_in_words(year):
    with pytest.raises(YearNotPublished, match="2027年工作日安排尚未公布。"):
        add_working_days(dt.date(2026, 12, 30), 5)
    with pytest.raises(YearNotPublished):
        working_days_between(dt.date(2026, 12, 30), dt.date(2027, 1, 8))
    with pytest.raises(YearNotPublished):
        is_working_day(dt.date(2027, 1, 4))
    assert unpublished_years(2025, 2028) == [2025, 2027, 2028]


def test_a_published_year_without_special_days_goes_by_the_week():
    CalendarYear.objects.create(year=2031)
    assert [is_working_day(dt.date(2031, 1, day)) for day in (3, 4)] == [True, False]


def test_a_count_beyond_reason_is_refused(year):
    with pytest.raises(ValueError, match=str(MAX_WORKING_DAYS)):
        add_working_days(dt.date(2026, 1, 5), MAX_WORKING_DAYS + 1)


class TestCounting(TestCase):
    @classmethod
    def setUpTestData(cls):
        seed_working_days(years=[2024, 2025, 2026], actor=None)

    @given(st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31)), st.integers(1, 200))
    def test_adding_and_counting_agree(self, day, count):
        later = add_working_days(day, count)
        assert is_working_day(later)
        assert working_days_between(day, later) == count

    @given(st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31)), st.integers(1, 200))
    def test_going_back_and_counting_agree(self, day, count):
        earlier = add_working_days(day, -count)
        assert working_days_between(day, earlier) == -count


def test_seeding_again_changes_nothing_that_was_edited(year):
    SpecialDay.objects.filter(day=dt.date(2026, 2, 14)).delete()
    assert seed_working_days(years=[2026], actor=None) == []
    assert not is_working_day(dt.date(2026, 2, 14))


def test_command_fills_in_what_is_known_and_says_what_is_not(capsys):
    call_command("seed_working_days", "2025", "2026")
    assert set(CalendarYear.objects.values_list("year", flat=True)) == {2025, 2026}
    unknown = published_years()[-1] + 1
    with pytest.raises(CommandError, match=str(unknown)):
        call_command("seed_working_days", str(unknown))


def test_a_day_of_another_year_is_refused(year):
    keeper = UserFactory(roles=["coordinator"])
    year.days.add(SpecialDay(day=dt.date(2027, 1, 1)))
    with pytest.raises(ValidationError, match="2027-01-01"):
        save_working_days(year=year, actor=keeper)


def test_what_stood_before_is_logged(year):
    year.source = "国办发明电〔2025〕7号"
    save_working_days(year=year, actor=UserFactory(roles=["administrator"]))
    entry = ModelLogEntry.objects.get(action="org.save_working_days")
    assert list(entry.data["before"]) == ["source"]


@pytest.mark.parametrize("role", ["trainee", "editor", "analyst", "signatory", "keeper", "reviewer"])
def test_others_neither_seed_nor_save(year, role):
    person = UserFactory(roles=[role])
    for write in (
        lambda: seed_working_days(years=[2025], actor=person),
        lambda: save_working_days(year=year, actor=person),
    ):
        with pytest.raises(PermissionDenied):
            write()


def post_data(year, **changes):
    days = {
        "days-TOTAL_FORMS": "1", "days-INITIAL_FORMS": "0", "days-MIN_NUM_FORMS": "0", "days-MAX_NUM_FORMS": "1000",
        "days-0-day": f"{year}-05-01", "days-0-name": "劳动节", "days-0-id": "", "days-0-ORDER": "1",
    }  # fmt: skip
    return {"year": str(year), "source": "通知", **days, **changes}


def test_a_year_is_added_in_the_administration(client):
    client.force_login(UserFactory(roles=["coordinator"]))
    response = client.post(reverse("working-days:add"), post_data(2033))
    assert response.status_code == 302
    assert [str(day) for day in CalendarYear.objects.get(year=2033).days.all()] == ["2033-05-01 劳动节"]


def test_day_of_another_year_is_an_error_of_the_form(client):
    client.force_login(UserFactory(roles=["coordinator"]))
    response = client.post(reverse("working-days:add"), post_data(2033, **{"days-0-day": "2034-05-01"}))
    assert "2034-05-01：不在2033年。" in response.content.decode()
    assert CalendarYear.objects.count() == 0


@pytest.mark.parametrize("role", ["trainee", "editor", "analyst", "signatory", "keeper"])
def test_no_address_of_the_table_changes_anything_for_others(client, year, role):
    client.force_login(UserFactory(roles=[role]))
    before = list(SpecialDay.objects.values())
    for name in ("edit", "delete", "history", "usage"):
        address = reverse(f"working-days:{name}", args=[year.pk])
        client.get(address)
        client.post(address, post_data(2026))
    client.post(reverse("working-days:add"), post_data(2033))
    assert list(SpecialDay.objects.values()) == before


def test_a_year_is_not_deleted(client, year):
    client.force_login(UserFactory(is_superuser=True))
    assert client.post(reverse("working-days:delete", args=[year.pk])).status_code == 404
    assert CalendarYear.objects.get() == year


def test_list_says_which_year_is_not_published(client, year):
    client.force_login(UserFactory(roles=["administrator"]))
    with time_machine.travel(dt.datetime(2026, 6, 1, tzinfo=dt.UTC)):
        client.force_login(UserFactory(roles=["administrator"]))
        html = client.get(reverse("working-days:index")).content.decode()
    assert "尚未公布，不作推测：2027" in html
