"""The page that tells analysts what is searched for, its sheet, and where clicks arrive."""

import datetime as dt
import io

import pytest
from django.contrib.auth.models import Permission
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from portal.org.enums import Role
from search.analytics import tracing
from search.analytics.recounting import recount
from search.analytics.reports import counts_by_period, figures, statistics_of, traces_of
from search.models import SearchTrace
from tests.factories.org import UserFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.factories.search import SearchTraceFactory

pytestmark = pytest.mark.django_db
PAGE = "/search/traces/"
TODAY = dt.date(2026, 6, 18)


@pytest.fixture
def analyst(client):
    client.force_login(UserFactory(roles=[Role.ANALYST]))
    return client


def texts(response) -> list[str]:
    return [row.text for row in response.context["rows"]]


def cells(response) -> list[list[str]]:
    return [[str(cell.value) for cell in row.cells] for row in response.context["rows"]]


def ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)


# Who may see it ---------------------------------------------------------------


@pytest.mark.parametrize("address", [PAGE, "/search/traces/export/"])
@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ANALYST])
def test_page_is_for_analysts(client, role, address):
    SearchTraceFactory(text="查不到的词", hits=0)
    client.force_login(UserFactory(roles=[role]))
    response = client.get(address)
    assert (response.status_code, response.templates[0].name) == (403, "403.html")
    assert "查不到的词" not in response.content.decode()


@pytest.mark.parametrize("address", [PAGE, "/search/traces/export/"])
def test_visitors_are_asked_to_sign_in(client, address):
    response = client.get(address)
    assert response.url == f"/accounts/login/?next={address}"


def test_analysts_are_led_there(analyst):
    assert f'href="{PAGE}"' in analyst.get("/desk/").content.decode()
    assert f'href="{PAGE}"' in analyst.get("/me/").content.decode()


# What it lists ---------------------------------------------------------------------


def test_queries_without_results_are_grouped_the_most_frequent_first(analyst):
    for text in ("监外执行", "社矫 请假", "社矫，请假", "社矫 请假"):
        SearchTraceFactory(text=text, hits=0)
    SearchTraceFactory(text="减刑", hits=3)
    response = analyst.get(PAGE)
    assert texts(response) == ["社矫 请假", "监外执行"]
    assert [row[0] for row in cells(response)] == ["3", "1"]


def test_query_leads_to_its_search_without_leaving_a_trace(analyst, indexed):
    SearchTraceFactory(text="社矫 请假", hits=0)
    indexed()
    [row] = analyst.get(PAGE).context["rows"]
    before = SearchTrace.objects.count()
    assert analyst.get(row.url).context["q"] == "社矫 请假"
    assert SearchTrace.objects.count() == before


def test_query_that_is_found_by_now_says_so(analyst, indexed):
    SearchTraceFactory(text="减刑", hits=0)
    SearchTraceFactory(text="假释", hits=0)
    QuestionFactory(title="减刑")
    indexed()
    response = analyst.get(PAGE)
    assert {row.text: row.is_found_now for row in response.context["rows"]} == {"减刑": True, "假释": False}
    assert sorted(row[3] for row in cells(response)) == ["0", "1"]


def test_queries_of_which_only_some_words_were_found(analyst):
    SearchTraceFactory(text="社矫 请假", hits=4, strict_hits=0)
    SearchTraceFactory(text="减刑", hits=4, strict_hits=4)
    SearchTraceFactory(text="假释", hits=0)
    assert texts(analyst.get(PAGE, {"view": "partly"})) == ["社矫 请假"]
    assert texts(analyst.get(PAGE)) == ["假释"]


def test_word_without_hits_is_noted(analyst, indexed):
    QuestionFactory(title="请假的期限", text="x")
    SearchTraceFactory(text="社矫 请假", hits=1, strict_hits=0)
    SearchTraceFactory(text="期限 请假", hits=1, strict_hits=0)
    indexed()
    notes = {row.text: row.note for row in analyst.get(PAGE, {"view": "partly"}).context["rows"]}
    assert notes == {"社矫 请假": "没有记录含有“社矫”", "期限 请假": ""}


def test_only_word_of_a_query_is_not_noted_again(analyst, indexed):
    SearchTraceFactory(text="社矫", hits=0)
    indexed()
    assert [row.note for row in analyst.get(PAGE).context["rows"]] == [""]


def test_records_that_the_reader_may_not_see_are_not_counted(indexed):
    QuestionFactory(title="社矫请假", text="x")
    indexed()
    [seen] = recount(["社矫 请假"], frozenset({"all", "staff"}))
    [hidden] = recount(["社矫 请假"], frozenset({"all"}))
    assert (seen.hits, seen.missing) == (1, ())
    assert (hidden.hits, hidden.missing) == (0, ("社矫", "请假"))


def test_page_works_while_no_engine_answers(analyst):
    SearchTraceFactory(text="减刑", hits=0)
    response = analyst.get(PAGE)
    assert [row[3] for row in cells(response)] == ["–"]


def test_filters_of_a_query_are_shown(analyst):
    for filters in ({}, {"kind": ["case"]}):
        SearchTraceFactory(text="减刑", hits=0, filters=filters)
    SearchTraceFactory(text="假释", hits=0, filters={"kind": ["case"]})
    notes = {row.text: row.note for row in analyst.get(PAGE).context["rows"]}
    assert notes == {"减刑": "其中 1 次带筛选条件", "假释": "均带筛选条件"}


def test_slow_queries_show_median_and_longest_time_and_engine(analyst):
    for milliseconds, engine in ((10, "embedded"), (300, "elastic"), (900, "elastic")):
        SearchTraceFactory(text="减刑", milliseconds=milliseconds, engine=engine)
    SearchTraceFactory(text="假释", milliseconds=199)
    response = analyst.get(PAGE, {"view": "slow"})
    assert (texts(response), cells(response)) == (
        ["减刑"],
        [["300 毫秒", "900 毫秒", "2 / 3", "elastic、embedded"]],
    )


def test_slow_search_by_filters_alone_is_listed_without_an_address(analyst):
    SearchTraceFactory(text="", filters={"kind": ["case"]}, milliseconds=500)
    [row] = analyst.get(PAGE, {"view": "slow"}).context["rows"]
    assert (row.text, row.url) == ("（仅筛选，未输入检索词）", "")


def test_queries_with_opened_hits_show_their_median_rank(analyst):
    for clicked, clicks in ((1, 2), (3, 1), (None, 0)):
        SearchTraceFactory(text="减刑", clicked=clicked, clicks=clicks)
    SearchTraceFactory(text="假释")
    response = analyst.get(PAGE, {"view": "opened"})
    assert (texts(response), cells(response)) == (["减刑"], [["2", "3", "2", "67%"]])


def test_queries_whose_hits_stand_far_down(analyst):
    SearchTraceFactory(text="减刑", clicked=5)
    for clicked in (6, 8, 1, None):
        SearchTraceFactory(text="假释", clicked=clicked)
    response = analyst.get(PAGE, {"view": "deep"})
    assert (texts(response), cells(response)) == (["假释"], [["2 / 3", "6", "4"]])


def test_frequent_queries(analyst):
    for hits in (3, 3, 0):
        SearchTraceFactory(text="减刑", hits=hits, clicked=1 if hits else None)
    SearchTraceFactory(text="假释")
    response = analyst.get(PAGE, {"view": "frequent"})
    assert texts(response) == ["减刑", "假释"]
    assert cells(response)[0] == ["3", "1", "67%", "12 毫秒"]


def test_period_engine_and_place_narrow_the_list(analyst):
    SearchTraceFactory(text="甲", hits=0, searched_on=ago(6))
    SearchTraceFactory(text="乙", hits=0, searched_on=ago(7))
    SearchTraceFactory(text="丙", hits=0, searched_on=ago(40), engine="elastic")
    SearchTraceFactory(text="丁", hits=0, interface="command")
    assert set(texts(analyst.get(PAGE))) == {"甲", "乙"}
    assert texts(analyst.get(PAGE, {"days": "7"})) == ["甲"]
    assert texts(analyst.get(PAGE, {"days": "all", "engine": "elastic"})) == ["丙"]
    assert texts(analyst.get(PAGE, {"interface": "command"})) == ["丁"]
    assert set(texts(analyst.get(PAGE, {"interface": "all"}))) == {"甲", "乙", "丁"}


def test_unfinished_queries_stay_apart(analyst):
    SearchTraceFactory(text="减", hits=0, interface="pick")
    assert texts(analyst.get(PAGE)) == []
    response = analyst.get(PAGE, {"interface": "pick"})
    assert texts(response) == ["减"]
    assert "其中不少检索词尚未输完" in response.content.decode()


def test_long_list_has_pages(analyst):
    for number in range(21):
        SearchTraceFactory(text=f"词{number}", hits=0)
    assert [len(texts(analyst.get(PAGE, {"page": page}))) for page in (1, 2)] == [20, 1]


@pytest.mark.parametrize("view", ["nothing", "partly", "frequent", "opened", "deep", "slow"])
def test_empty_lists_say_so(analyst, view):
    response = analyst.get(PAGE, {"view": view})
    assert str(response.context["empty"]) in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        {"view": "?", "days": "-1", "engine": "x" * 99, "interface": "'", "page": "0"},
        {"days": "99999999999", "page": "z", "view": ""},
        {"engine": "\x00"},
    ],
)
def test_strange_addresses_are_no_errors(analyst, address):
    SearchTraceFactory(text="减刑", hits=0)
    assert texts(analyst.get(PAGE, address)) == ["减刑"]


def test_query_is_escaped(analyst):
    SearchTraceFactory(text="<script>alert(1)</script>", hits=0)
    assert b"<script>alert" not in analyst.get(PAGE).content


@pytest.mark.parametrize("view", ["nothing", "partly", "frequent", "opened", "deep", "slow"])
def test_page_needs_a_constant_number_of_queries(analyst, indexed, view, django_assert_num_queries):
    indexed()
    needed = {"nothing": 12, "partly": 12, "frequent": 11, "opened": 11, "deep": 11, "slow": 11}
    for count in (1, 3):
        for number in range(count):
            SearchTraceFactory(text=f"词{number}", hits=0, clicked=9, milliseconds=500)
            SearchTraceFactory(text=f"字{number}", hits=1, strict_hits=0)
        analyst.get(PAGE, {"view": view})
        with django_assert_num_queries(needed[view]):
            analyst.get(PAGE, {"view": view})


# Figures ----------------------------------------------------------------------------


def test_figures_of_a_period():
    for hits, clicked, milliseconds in ((0, None, 10), (3, 1, 20), (3, None, 900)):
        SearchTraceFactory(hits=hits, clicked=clicked, milliseconds=milliseconds)
    told = figures(traces_of(ago(30)))
    assert (told.searches, told.without_hits, told.followed, told.milliseconds) == (3, 1, 1, 20)
    assert (round(told.share_without, 2), told.share_followed) == (0.33, 0.5)


def test_figures_of_nothing():
    told = figures(traces_of(ago(30)))
    assert (told.searches, told.share_without, told.share_followed, told.milliseconds) == (0, 0.0, 0.0, 0)


def test_days_without_searches_are_columns_too():
    SearchTraceFactory(searched_on=TODAY, hits=0)
    SearchTraceFactory(searched_on=TODAY)
    SearchTraceFactory(searched_on=TODAY - dt.timedelta(days=2))
    made = counts_by_period(traces_of(TODAY - dt.timedelta(days=2)), TODAY - dt.timedelta(days=2), TODAY)
    assert [(one.first.day, one.last.day, one.searches, one.without_hits) for one in made] == [
        (16, 16, 1, 0),
        (17, 17, 0, 0),
        (18, 18, 2, 1),
    ]


def test_long_periods_are_shown_by_weeks():
    first = TODAY - dt.timedelta(days=89)
    SearchTraceFactory(searched_on=first)
    SearchTraceFactory(searched_on=TODAY - dt.timedelta(days=6))
    made = counts_by_period(traces_of(first), first, TODAY)
    assert (len(made), made[0].first, made[-1].last) == (13, first, TODAY)
    assert [one.searches for one in made] == [1, *[0] * 11, 1]
    assert {(one.last - one.first).days for one in made[1:]} == {6}


def test_statistics_of_queries_take_one_database_query(django_assert_num_queries):
    for milliseconds in (10, 30):
        SearchTraceFactory(text="减刑", milliseconds=milliseconds)
    with django_assert_num_queries(1):
        told = statistics_of(traces_of(ago(30)), ["减刑"])
    assert told["减刑"].median_milliseconds == 20


def test_chart_has_its_figures_as_a_table(analyst):
    SearchTraceFactory(searched_on=ago(1), hits=0)
    response = analyst.get(PAGE, {"days": "7"})
    assert [(day.value, day.part) for day in response.context["days"].columns] == [
        *[(0, 0)] * 5,
        (1, 1),
        (0, 0),
    ]
    assert response.content.decode().count('<td class="num">1</td>') == 2


# The sheet -----------------------------------------------------------------------------


def test_sheet_holds_the_whole_list(analyst):
    for number in range(25):
        SearchTraceFactory(text=f"=词{number}", hits=0)
    response = analyst.get("/search/traces/export/", {"view": "nothing"})
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert (rows[0], len(rows)) == (("检索词", "次数", "最早", "最近", "现可检得"), 26)
    assert sheet["A2"].data_type == "s"


# Synonyms -------------------------------------------------------------------------------


def test_those_who_may_not_keep_synonyms_are_offered_none(analyst):
    SearchTraceFactory(text="社矫 请假", hits=0)
    Permission.objects.filter(codename="change_synonym").delete()
    assert [row.synonym_url for row in analyst.get(PAGE).context["rows"]] == [""]


# Clicks -------------------------------------------------------------------------------------


def test_click_arrives(client):
    trace = SearchTraceFactory()
    token = signing.dumps([trace.pk.hex, 3], salt=tracing.SALT)
    assert client.post(reverse("search:clicked"), {"token": token, "position": "2"}).status_code == 204
    trace.refresh_from_db()
    assert (trace.clicked, trace.clicks) == (2, 1)


@pytest.mark.parametrize(
    "data", [{}, {"token": "x", "position": "1"}, {"position": "九"}, {"position": "-1"}]
)
def test_strange_clicks_are_no_errors(client, data):
    trace = SearchTraceFactory()
    assert client.post(reverse("search:clicked"), data).status_code == 204
    trace.refresh_from_db()
    assert (trace.clicked, trace.clicks) == (None, 0)


def test_click_needs_the_pages_token_of_forms():
    trace = SearchTraceFactory()
    data = {"token": signing.dumps([trace.pk.hex, 3], salt=tracing.SALT), "position": "2"}
    guarded = Client(enforce_csrf_checks=True)
    assert guarded.post(reverse("search:clicked"), data).status_code == 403
    assert guarded.get(reverse("search:clicked"), data).status_code == 405
    trace.refresh_from_db()
    assert (trace.clicked, trace.clicks) == (None, 0)
