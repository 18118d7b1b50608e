import datetime as dt

import pytest
import time_machine
from django.http import QueryDict
from django.utils import translation

from search.facets import departments_by_code
from search.page.charts import charts_of
from search.page.narrowing import present_narrowing
from search.page.parameters import read_query
from search.query.fields import named_fields, read_fields
from search.query.parsing import SearchQuery
from tests.factories.courses import TrainingSessionFactory

pytestmark = pytest.mark.django_db


def chips(address: str, counts=None) -> list[tuple]:
    data = QueryDict(address)
    asked = read_query(data)
    fields = named_fields(asked)
    narrowing = present_narrowing(
        counts or {}, read_fields(asked, fields), fields, data, departments_by_code()
    )
    return [(chip.title, chip.label, chip.excluded, chip.url) for chip in narrowing.chips]


def test_each_ticked_value_can_be_taken_away():
    assert chips("q=x&kind=case&kind=question") == [
        ("类型", "典型案例", False, "?q=x&kind=question"),
        ("类型", "问题", False, "?q=x&kind=case"),
    ]


def test_excluded_value_is_taken_out_of_the_text():
    [(title, label, excluded, url)] = chips("q=x+-类型:案例")
    assert (title, label, excluded, url) == ("类型", "典型案例", True, "?q=x")


def test_excluded_range_is_shown_as_it_was_typed():
    assert [chip[:3] for chip in chips("q=-年份:2024-2026")] == [("年份", "2024-2026", True)]


def test_years_in_a_run_are_one_chip():
    found = chips("year=2026&year=2024&year=2025&year=2019")
    assert [(label, url) for _title, label, _excluded, url in found] == [
        ("2019", "?year=2026&year=2024&year=2025"),
        ("2024–2026", "?year=2019"),
    ]


def test_months_are_named_in_the_language_of_the_reader():
    assert [chip[1] for chip in chips("month=2026-04")] == ["2026年4月"]
    with translation.override("en"):
        assert [chip[1] for chip in chips("month=2026-04")] == ["April 2026"]


@pytest.mark.parametrize("value", ["2026", "abc", "2026-13", "99999-01"])
def test_strange_months_and_years_are_shown_as_they_are(value):
    assert chips(f"month={value}&year={value}") == [
        ("年份", value, False, f"?month={value}"),
        ("月份", value, False, f"?year={value}"),
    ]


def test_session_that_the_reader_finds_nothing_of_keeps_its_number():
    session = TrainingSessionFactory(theme="未公开的主题")
    address = f"session={session.number}"
    assert [chip[1] for chip in chips(address)] == [session.number]
    assert [chip[1] for chip in chips(f"q=-期次:{session.number}")] == [session.number]
    assert [chip[1] for chip in chips(address, {"session": [(session.number, 1)]})] == ["未公开的主题"]


# Charts


def charts(counts: dict, address: str = "") -> list[tuple]:
    data = QueryDict(address)
    made = charts_of(counts, read_query(data), data)
    return [(chart.title, chart.folded, [(bar.label, bar.count) for bar in chart.bars]) for chart in made]


YEARS = [("2026", 4), ("2025", 2), ("2012", 1), *((str(year), 1) for year in range(2013, 2018))]


@time_machine.travel(dt.datetime(2026, 5, 1, tzinfo=dt.UTC), tick=False)
def test_charts_show_the_last_years_and_the_months_of_the_last_one():
    recent, earlier, months = charts({"year": YEARS, "month": [("2026-04", 3), ("2025-12", 2)]})
    assert recent[2] == [("2014", 1), ("2015", 1), ("2016", 1), ("2017", 1), ("2025", 2), ("2026", 4)]
    assert earlier == ("更早的年份", True, [("2012", 1), ("2013", 1)])
    assert months[0] == "2026年各月"
    assert months[2][3] == ("4", 3)


@time_machine.travel(dt.datetime(2026, 5, 1, tzinfo=dt.UTC), tick=False)
def test_months_of_a_year_to_come_are_not_the_first_choice():
    made = charts({"year": [("2027", 1), ("2026", 4)], "month": [("2027-01", 1), ("2026-04", 4)]})
    assert made[-1][0] == "2026年各月"


def test_months_follow_the_chosen_years():
    made = charts(
        {"year": YEARS, "month": [("2026-04", 3), ("2025-12", 2), ("2017-01", 1)]}, "year=2025&year=2017"
    )
    assert [title for title, _folded, _bars in made] == ["按年份", "更早的年份", "2017年各月", "2025年各月"]


def test_bar_narrows_and_widens_again():
    data = QueryDict("q=x&month=2026-04&page=2")
    [months] = charts_of({"month": [("2026-04", 3), ("2026-05", 6)]}, read_query(data), data)
    bars = {bar.label: bar for bar in months.bars}
    assert (bars["4"].active, bars["4"].url, bars["4"].height) == (True, "?q=x", 50)
    assert (bars["5"].active, bars["5"].url) == (False, "?q=x&month=2026-04&month=2026-05")
    assert (bars["6"].url, bars["6"].name, bars["6"].height) == ("", "2026年6月：0 条", 0)


def test_one_month_alone_needs_no_chart():
    assert charts({"year": [("2026", 3)], "month": [("2026-04", 3)]}) == []


def test_chosen_month_without_hits_can_be_taken_away():
    data = QueryDict("month=2026-04")
    [months] = charts_of({}, SearchQuery(filters=(("month", ("2026-04",)),)), data)
    assert [(bar.label, bar.url) for bar in months.bars if bar.active] == [("4", "?")]
