import pytest

from inquiry.models import Question
from portal.foundation.signals import announce_changed
from search.answers.searching import search
from search.answers.significant import (
    MAX_CANDIDATES,
    MAX_TERMS,
    candidates,
    jlh,
    significant_terms,
    unfiltered,
)
from search.facets import FACET_NAMES
from search.query.parsing import SearchQuery
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import RefinementFactory
from tests.factories.search import LoneQuestionFactory, SearchDocumentFactory
from tests.search.engines import STAFF, VISITOR, fill

pytestmark = pytest.mark.django_db
SESSION = (("session", ("TT-2026-01",)),)
OTHERS = ("会见登记", "探视安排", "伙食标准", "劳动报酬", "医疗保障", "教育改造")


def documents(word="电子腕带", *, inside=12, outside=18, audience=("all",), **fields):
    """Questions of one session that speak of a word, and of another one that speak of other things."""
    yield from (
        SearchDocumentFactory(
            title=f"{word}{OTHERS[n % 6]}", session=("TT-2026-01",), audience=audience, **fields
        )
        for n in range(inside)
    )
    yield from (
        SearchDocumentFactory(title=f"{OTHERS[n % 6]}，{OTHERS[(n + 1) % 6]}", session=("TT-2026-02",))
        for n in range(outside)
    )


def words(engine, query=None, audience=VISITOR):
    found = significant_terms(query or SearchQuery(filters=SESSION), audience, engine=engine)
    return {term.text: (term.here, term.elsewhere) for term in found}


def test_words_of_the_set_come_with_counts_here_and_elsewhere(each_engine):
    fill(
        each_engine,
        *documents(),
        SearchDocumentFactory(title="电子腕带，另一期", session=("TT-2026-02",)),
    )
    assert words(each_engine) == {"电子腕带": (12, 1)}


def test_words_and_counts_are_those_of_the_reader(each_engine):
    fill(
        each_engine,
        *documents(),
        *documents("秘密行动", audience=("staff",), inside=8, outside=0),
        *(
            SearchDocumentFactory(title="电子腕带", audience=("staff",), session=("TT-2026-02",))
            for _n in range(3)
        ),
    )
    assert words(each_engine) == {"电子腕带": (12, 0)}
    seen = words(each_engine, audience=STAFF)
    assert seen["电子腕带"] == (12, 3)
    assert seen["秘密行动"] == (8, 0)


def test_count_is_that_of_the_search_for_the_word(each_engine):
    fill(each_engine, *documents(), *documents("电子围栏", inside=6, outside=0))
    counted = words(each_engine)
    assert set(counted) == {"电子腕带", "电子围栏"}
    for text, (here, elsewhere) in counted.items():
        within = search(SearchQuery(text=f'"{text}"', filters=SESSION), VISITOR, engine=each_engine)
        whole = search(SearchQuery(text=f'"{text}"'), VISITOR, engine=each_engine)
        assert (within.total, whole.total - within.total) == (here, elsewhere)


def test_set_within_a_search_is_compared_with_what_answers_to_the_same_words(each_engine):
    fill(
        each_engine,
        *(SearchDocumentFactory(title=f"减刑，电子腕带{n}", session=("TT-2026-01",)) for n in range(12)),
        *(SearchDocumentFactory(title=f"减刑，伙食标准{n}", session=("TT-2026-02",)) for n in range(12)),
        *(SearchDocumentFactory(title=f"假释，电子腕带{n}", session=("TT-2026-02",)) for n in range(20)),
    )
    assert words(each_engine, SearchQuery(text="减刑", filters=SESSION)) == {"电子腕带": (12, 0)}
    assert "电子腕带" not in words(each_engine, SearchQuery(filters=SESSION))


def test_pinyin_and_typed_fields_are_understood_as_on_the_page(each_engine):
    fill(
        each_engine,
        *(SearchDocumentFactory(title=f"减刑，电子腕带{n}", session=("TT-2026-01",)) for n in range(12)),
        *(SearchDocumentFactory(title=f"减刑，伙食标准{n}", session=("TT-2026-02",)) for n in range(12)),
    )
    query = SearchQuery(text="jianxing 期次:TT-2026-01")
    assert words(each_engine, query) == {"电子腕带": (12, 0)}


class Counting:
    """An engine that remembers how many counts it was asked for."""

    def __init__(self, engine):
        self.engine = engine
        self.asked = []

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def counts(self, plans):
        self.asked.append(len(plans))
        return self.engine.counts(plans)


def test_number_of_counts_is_bounded(each_engine):
    made = [f"{chr(0x5000 + n)}{chr(0x6000 + n)}" for n in range(200)]
    fill(
        each_engine,
        *(SearchDocumentFactory(title="，".join(made), session=("TT-2026-01",)) for _n in range(12)),
        *(SearchDocumentFactory(title=f"伙食{n}", session=("TT-2026-02",)) for n in range(12)),
    )
    counting = Counting(each_engine)
    assert len(words(counting)) == MAX_TERMS
    assert counting.asked == [2, MAX_CANDIDATES, MAX_TERMS]


@pytest.mark.parametrize(
    "query",
    [
        SearchQuery(),
        SearchQuery(text="电子腕带"),
        SearchQuery(filters=(("session", ("TT-2030-01",)),)),
        SearchQuery(filters=(("session", ("TT-2026-01", "TT-2026-02")),)),
    ],
)
def test_nothing_to_compare_gives_no_words(each_engine, query):
    fill(each_engine, *documents())
    assert words(each_engine, query) == {}


def test_words_taken_out_of_a_record_are_not_shown_while_it_waits_to_be_indexed(indexed):
    session = TrainingSessionFactory()
    made = [LoneQuestionFactory(title=f"张三案件{n}", text="张三", session=session) for n in range(12)]
    for n in range(12):
        LoneQuestionFactory(title=f"伙食标准{n}")
    engine = indexed()
    query = SearchQuery(filters=(("session", (session.number,)), ("kind", ("question",))))
    assert "张三案件" in words(engine, query, STAFF)
    for question in made:
        RefinementFactory(question=question, title="某罪犯的案件", text="某罪犯")
    Question.objects.filter(pk__in=[question.pk for question in made]).update(names_real=True)
    for question in Question.objects.filter(pk__in=[question.pk for question in made]):
        announce_changed(question)
    assert not any("张三" in word for word in words(engine, query, STAFF))


# What it is compared with, and how


def test_filters_on_kinds_stay_where_there_are_others():
    query = SearchQuery(
        text="减刑",
        filters=(("kind", ("question",)), ("session", ("TT-2026-01",))),
        without=(("year", ("2020",)),),
        facets=FACET_NAMES,
    )
    assert unfiltered(query).filters == (("kind", ("question",)),)
    assert unfiltered(query).without == (("year", ("2020",)),)


def test_filters_on_kinds_alone_are_taken_away():
    query = SearchQuery(filters=(("kind", ("question",)),), without=(("year", ("2020",)),))
    assert (unfiltered(query).filters, unfiltered(query).without) == ((), ())


def test_measure_grows_with_share_and_with_rise():
    assert jlh(0.2, 0.2) == jlh(0.1, 0.2) == jlh(0.1, 0) == 0.0
    assert jlh(0.4, 0.1) == pytest.approx(1.2)
    assert jlh(0.4, 0.05) > jlh(0.4, 0.1) > jlh(0.2, 0.1)


# Candidates


def repeated(*texts: str) -> dict[str, int]:
    return candidates([text for text in texts for _n in range(3)])


def test_word_is_taken_as_a_whole_and_not_in_parts():
    assert candidates(["罪犯的财产性判项", "查明财产性判项", "财产性判项执行"]) == {"财产性判项": 3}


def test_part_that_also_occurs_alone_is_a_word():
    assert repeated("暂予监外执行", "执行", "执行。", "暂予监外执行") == {"暂予监外执行": 6, "执行": 12}


def test_windows_of_a_longer_name_are_no_words():
    assert repeated("关于办理减刑假释案件具体应用法律的规定") == {}


@pytest.mark.parametrize(
    "text", ["第二十八条", "第28条第一款", "依照刑法第七十八条", "2026", "的罚", "罚的", "把罪犯被监狱"]
)
def test_references_numbers_and_joining_words_say_nothing(text):
    assert not {"第二十八条", "二十", "条第一款", "2026", "的罚", "罚的", "把罪犯被监狱"} & set(
        repeated(text)
    )


def test_words_of_other_scripts_are_taken_whole():
    assert repeated("VPN access", "access denied") == {"access": 6, "denied": 3}


def test_rare_words_are_no_candidates():
    assert candidates(["电子腕带", "电子腕带", "伙食标准"]) == {}
