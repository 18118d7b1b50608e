"""Traces of searches: what they hold, what they never hold, and that no search waits for one."""

import datetime as dt
import logging
import sqlite3
import time

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.utils import ConnectionHandler
from django.utils import timezone

from portal.foundation.worker.clock import run_due_jobs
from portal.foundation.worker.jobs import jobs
from search.analytics import tracing
from search.analytics.tracing import count_query, mark_of, note_click, prune_traces, trace_jump, trace_search
from search.answers.searching import search
from search.enums import Interface
from search.models import QueryCount, QueryMark, SearchTrace
from search.query.parsing import SearchQuery
from tests.factories.org import UserFactory
from tests.factories.search import FrequentQueryFactory, SearchTraceFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory

pytestmark = pytest.mark.django_db
STAFF = frozenset({"all", "staff"})
DAY = dt.date(2026, 6, 18)


@pytest.fixture
def ask(indexed):
    """Search and trace, as the page does; the token."""
    QuestionFactory(title="减刑与罚金")
    indexed()

    def ask(text, *, reader=None, interface=Interface.PAGE, **options):
        query = SearchQuery(text=text, **options)
        return trace_search(query, search(query, STAFF), interface=interface, reader=reader)

    return ask


@pytest.fixture
def shown():
    """A token of a page that shows ten hits, and the trace."""
    trace = SearchTraceFactory(hits=30)
    return signing.dumps([trace.pk.hex, 10], salt=tracing.SALT), trace


def test_traces_name_no_person():
    """What a row can hold: no user, session, address, language or hour, and no number that tells its order."""
    assert {field.name for field in SearchTrace._meta.get_fields()} == {
        "id",
        "text",
        "key",
        "filters",
        "interface",
        "engine",
        "stood_in",
        "hits",
        "strict_hits",
        "milliseconds",
        "clicked",
        "clicks",
        "opened",
        "searched_on",
    }
    assert SearchTrace._meta.pk.get_internal_type() == "UUIDField"
    assert SearchTrace._meta.get_field("searched_on").get_internal_type() == "DateField"


def test_counted_queries_name_no_person():
    assert {field.name for field in QueryCount._meta.get_fields()} == {
        "key",
        "pinyin",
        "initials",
        "is_frequent",
        "marks",
        "searches",
        "last_searched_on",
    }
    assert {field.name for field in QueryMark._meta.get_fields()} == {"pk", "query", "mark"}


def test_trace_holds_the_query_and_its_outcome(ask):
    assert ask("减刑 部门:法院", filters=(("kind", ("question",)),))
    trace = SearchTrace.objects.get()
    assert (trace.text, trace.key) == ("减刑 部门:法院", "减刑 department:法院")
    assert trace.filters == {"kind": ["question"], "department": ["court"]}
    assert (trace.interface, trace.engine, trace.stood_in) == ("page", "embedded", False)
    assert (trace.hits, trace.clicked, trace.clicks) == (1, None, 0)
    assert trace.searched_on == timezone.localdate()


def test_trace_tells_hits_with_every_word_from_others(ask):
    ask("减刑 假释", reader=UserFactory())
    trace = SearchTrace.objects.get()
    assert (trace.hits, trace.strict_hits) == (1, 0)
    assert QueryCount.objects.count() == 0


def test_search_says_how_long_it_took(indexed):
    indexed()
    query = SearchQuery(text="减刑")
    result = search(query, STAFF)
    trace_search(query, result, interface=Interface.PAGE)
    assert SearchTrace.objects.get().milliseconds == round(result.milliseconds)


@pytest.mark.parametrize("options", [{"text": ""}, {"text": "？"}, {"text": "减刑", "offset": 10}])
def test_further_pages_and_searches_for_nothing_leave_no_trace(ask, options):
    assert ask(**options) == ""
    assert SearchTrace.objects.count() == 0


def test_jump_is_one_hit_that_was_opened():
    trace_jump(SearchQuery(text="刑法28条"), interface=Interface.PAGE, milliseconds=3.4)
    trace = SearchTrace.objects.get()
    assert (trace.hits, trace.clicked, trace.clicks, trace.milliseconds, trace.engine) == (1, 1, 1, 3, "")


def test_trace_says_that_another_engine_stood_in(ask, settings):
    settings.SEARCH_ENGINES = ["elastic", "embedded"]
    settings.SEARCH_ELASTICSEARCH = settings.SEARCH_ELASTICSEARCH | {"hosts": ("http://127.0.0.1:9",)}
    ask("减刑")
    trace = SearchTrace.objects.get()
    assert (trace.engine, trace.stood_in) == ("embedded", True)


# Nothing waits, nothing fails ------------------------------------------------


def test_trace_that_cannot_be_written_is_left_out_and_its_text_is_in_no_log(ask, monkeypatch, caplog):
    def refuse(*args, **kwargs):
        raise DatabaseError("Key (key)=(减刑) is locked")

    monkeypatch.setattr(SearchTrace, "save", refuse)
    reader = UserFactory()
    with caplog.at_level(logging.DEBUG):
        assert ask("减刑", reader=reader) == ""
    assert [record.getMessage() for record in caplog.records] == ["a search was not traced: DatabaseError"]


def test_query_that_cannot_be_counted_is_traced_all_the_same(ask, monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(tracing, "count_query", refuse)
    assert ask("减刑", reader=UserFactory())
    assert SearchTrace.objects.count() == 1


@pytest.fixture
def sqlite_file(tmp_path):
    """The portal's connection, to an SQLite file with nothing but the tables of traces in it."""
    path = str(tmp_path / "portal.sqlite3")
    patient = {"timeout": 20, "transaction_mode": "IMMEDIATE"}
    own = ConnectionHandler(
        {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": patient}}
    )
    ordinary = connections["default"]
    connections["default"] = own["default"]
    try:
        with connection.schema_editor() as editor:
            editor.create_model(SearchTrace)
            editor.create_model(QueryCount)
        yield path
    finally:
        connection.close()
        connections["default"] = ordinary


def test_search_does_not_wait_for_another_writer(sqlite_file):
    """The trace is given up within moments; what else the connection writes waits as before."""
    other = sqlite3.connect(sqlite_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.perf_counter()
    trace_jump(SearchQuery(text="减刑"), interface=Interface.PAGE, milliseconds=1)
    assert time.perf_counter() - started < 1
    other.execute("ROLLBACK")
    other.close()
    trace_jump(SearchQuery(text="假释"), interface=Interface.PAGE, milliseconds=1)
    assert [trace.text for trace in SearchTrace.objects.all()] == ["假释"]
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)


# Clicks ------------------------------------------------------------------------


def test_opened_hit_is_noted_by_its_place(ask):
    token = ask("减刑")
    assert note_click(token=token, position=1)
    trace = SearchTrace.objects.get()
    assert (trace.clicked, trace.clicks) == (1, 1)


def test_best_rank_stays(shown):
    token, trace = shown
    for place in (7, 3, 9):
        assert note_click(token=token, position=place)
    trace.refresh_from_db()
    assert (trace.clicked, trace.clicks) == (3, 3)


def test_repeated_click_changes_nothing(shown):
    token, trace = shown
    assert [note_click(token=token, position=4) for _time in range(5)] == [True, False, False, False, False]
    trace.refresh_from_db()
    assert (trace.clicked, trace.clicks) == (4, 1)


@pytest.mark.parametrize("position", [0, -1, 11, 10**9])
def test_place_that_the_page_did_not_show_changes_nothing(shown, position):
    token, trace = shown
    assert not note_click(token=token, position=position)
    trace.refresh_from_db()
    assert trace.clicked is None


@pytest.mark.parametrize("token", ["", "x", "x:y:z", "\x00", "减刑", "x" * 5000])
def test_strange_token_changes_nothing(shown, token):
    assert not note_click(token=token, position=1)
    assert SearchTrace.objects.filter(clicked__isnull=False).count() == 0


def test_forged_or_orphaned_token_changes_nothing(shown):
    _token, trace = shown
    forged = signing.dumps([trace.pk.hex, 10], salt="search.trace", key="not the portal's")
    of_another_use = signing.dumps([trace.pk.hex, 10], salt="session")
    of_a_removed_trace = signing.dumps(["0" * 32, 10], salt=tracing.SALT)
    for token in (forged, of_another_use, of_a_removed_trace):
        assert not note_click(token=token, position=1)
    trace.refresh_from_db()
    assert trace.clicked is None


def test_token_is_valid_for_a_day(shown):
    token, _trace = shown
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        assert not note_click(token=token, position=1)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=23)):
        assert note_click(token=token, position=1)


# Frequent queries -----------------------------------------------------------------


def people(key: str, count: int):
    """People with different marks for that query."""
    found, marks = [], set()
    while len(found) < count:
        person = UserFactory(office=None)
        if mark_of(key, person) not in marks:
            marks.add(mark_of(key, person))
            found.append(person)
    return found


def test_query_of_five_people_is_frequent(ask):
    first, *others = people("减刑 罚金", 5)
    for person in others:
        ask("减刑，罚金", reader=person)
    assert not QueryCount.objects.get().is_frequent
    ask("减刑 罚金", reader=first)
    counted = QueryCount.objects.get()
    assert (counted.key, counted.is_frequent, counted.searches) == ("减刑 罚金", True, 5)


def test_one_person_counts_once(ask):
    person = UserFactory()
    for _time in range(9):
        ask("减刑", reader=person)
    counted = QueryCount.objects.get()
    assert (counted.is_frequent, counted.marks.count(), counted.searches) == (False, 1, 9)


def test_marks_are_gone_when_the_fifth_person_comes():
    *four, fifth, sixth = people("减刑", 6)
    for person in four:
        count_query("减刑", person)
    assert QueryMark.objects.count() == 4
    for person in (fifth, sixth):
        count_query("减刑", person)
        assert (QueryMark.objects.count(), QueryCount.objects.get().is_frequent) == (0, True)


def test_mark_fits_several_people_and_differs_from_query_to_query():
    person = UserFactory()
    marks = {mark_of("减刑", UserFactory.build(pk=pk)) for pk in range(3000)}
    assert marks <= set(range(1024))
    assert len(marks) > 900
    assert len({mark_of(f"减刑{n}", person) for n in range(100)}) > 80


def test_mark_cannot_be_made_without_the_secret(settings):
    marks = [mark_of(f"减刑{n}", UserFactory.build(pk=7)) for n in range(20)]
    settings.SECRET_KEY = "another"
    assert [mark_of(f"减刑{n}", UserFactory.build(pk=7)) for n in range(20)] != marks


@pytest.mark.parametrize("reader", [None, AnonymousUser()])
def test_visitors_are_not_counted(ask, reader):
    ask("减刑", reader=reader)
    assert QueryCount.objects.count() == 0


@pytest.mark.parametrize("text", ["查无此词", "减刑怎么办？", '"减刑"', "减刑 -假释", "减刑 13812345678"])
def test_what_finds_nothing_or_is_no_list_of_keywords_is_not_counted(ask, text):
    ask(text, reader=UserFactory())
    assert (SearchTrace.objects.count(), QueryCount.objects.count()) == (1, 0)


# Pruning ------------------------------------------------------------------------------


def test_old_traces_and_counts_are_removed(settings):
    settings.SEARCH_TRACE_DAYS = 60
    for days in (60, 61):
        searched_on = DAY - dt.timedelta(days=days)
        SearchTraceFactory(searched_on=searched_on, text=f"{days}")
        FrequentQueryFactory(last_searched_on=searched_on, key=f"{days}")
    pruned = prune_traces(today=DAY)
    assert (pruned.traces, pruned.queries) == (1, 1)
    assert SearchTrace.objects.get().text == QueryCount.objects.get().key == "60"


def test_rare_queries_are_removed_after_a_month(settings):
    settings.SEARCH_TRACE_DAYS = 180
    for days in (30, 31):
        FrequentQueryFactory(key=f"{days}", is_frequent=False, last_searched_on=DAY - dt.timedelta(days=days))
    assert prune_traces(today=DAY).queries == 1
    assert QueryCount.objects.get().key == "30"


def test_command_prunes(settings, capsys):
    SearchTraceFactory(searched_on=timezone.localdate() - dt.timedelta(days=settings.SEARCH_TRACE_DAYS + 1))
    call_command("prune_search_traces")
    assert capsys.readouterr().err == "removed: 1 traces, 0 counted queries\n"


def test_clock_prunes_once_a_day(settings):
    old = {"searched_on": timezone.localdate() - dt.timedelta(days=settings.SEARCH_TRACE_DAYS + 1)}
    [job] = [job for job in jobs() if job.name == "prune_search_traces"]
    SearchTraceFactory(**old)
    assert (run_due_jobs([job]), SearchTrace.objects.count()) == (["prune_search_traces"], 0)
    SearchTraceFactory(**old)
    assert (run_due_jobs([job]), SearchTrace.objects.count()) == ([], 1)
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        assert (run_due_jobs([job]), SearchTrace.objects.count()) == (["prune_search_traces"], 0)
