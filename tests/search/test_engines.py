"""What every engine must find, count and order, the same for each."""

import pytest

from search.engines.base import MAX_WINDOW
from search.plan import DATE, WEIGHT, Fuzzy, Term
from search.query.parsing import SearchQuery
from search.query.planning import keyword_plan, make_plans, names_plan, plan_for
from search.query.thesaurus import Thesaurus
from tests.factories.search import SearchDocumentFactory as Document
from tests.search.engines import (
    STAFF,
    VISITOR,
    fill,
    found,
    keys,
)


@pytest.fixture
def engine(each_engine):
    return each_engine


FIXED = (
    ("减刑的起始时间", "有期徒刑罪犯减刑的起始时间如何计算"),
    ("假释的条件", "罪犯假释后没有再犯罪的危险如何认定"),
    ("财产性判项与减刑", "罪犯确有履行能力而不履行财产性判项的，不予减刑"),
    ("社区矫正对象外出", "社区矫正对象因就医外出超过七日，由谁批准"),
    ("减刑", "减刑"),
    ("会见", "罪犯会见律师的时间"),
    ("减刑假释案件的检察监督", "人民检察院对减刑、假释案件实行同步监督"),
    ("暂予监外执行", "暂予监外执行期间罪犯外出就医"),
)
ORDERS = {
    "减刑": [5, 1, 7, 3],
    "罪犯 外出": [8],
    "外出": [4, 8],
    "不履行财产性判项的罪犯能不能减刑？": [3, 1, 7, 5, 8, 2, 6],
    "假释案件": [7],
}
SCORES = [23.74, 2.87, 2.57, 2.54]


def completed(engine, typed, audience=VISITOR):
    plan = names_plan(typed, audience, limit=5, sort=WEIGHT)
    return {hit.document.key for hit in engine.search(plan).hits}


class TestSearching:
    def test_keyword_matches_inside_a_sentence(self, engine):
        fill(
            engine,
            Document(key="question:1", body="罪犯的财产性判项尚未履行"),
            Document(key="question:2", body="请假外出"),
        )
        assert keys(engine, "财产性判项") == ["question:1"]

    def test_every_keyword_must_match(self, engine):
        fill(engine, Document(key="question:1", body="减刑和罚金"), Document(key="question:2", body="减刑"))
        assert keys(engine, "减刑 罚金") == ["question:1"]

    def test_keyword_in_headings_matches(self, engine):
        fill(engine, Document(key="question:1", headings="第三章 暂予监外执行", body="经批准"))
        assert keys(engine, "监外执行") == ["question:1"]

    def test_width_and_case_are_folded(self, engine):
        fill(engine, Document(key="question:1", body="以ＤＯＣＸ格式"))
        assert keys(engine, "docx") == ["question:1"]

    def test_traditional_characters_are_folded(self, engine):
        fill(
            engine,
            Document(key="question:1", body="罪犯減刑後"),
            Document(key="question:2", body="罪犯减刑后"),
        )
        assert set(keys(engine, "減刑")) == set(keys(engine, "减刑")) == {"question:1", "question:2"}

    def test_other_words_of_the_thesaurus_match_below_the_word_itself(self, engine):
        fill(
            engine,
            Document(key="question:1", body="社区矫正对象外出"),
            Document(key="question:2", body="社矫对象外出"),
            Document(key="question:3", body="社区服务对象外出"),
        )
        words = Thesaurus.of([("社矫", "社区矫正")])
        for text in ("社矫对象", "社矫 外出", "社矫对象外出需要谁来批准"):
            strict = make_plans(SearchQuery(text=text), VISITOR, words).strict
            hits = [hit.document.key for hit in engine.search(strict).hits]
            assert hits[:2] == ["question:2", "question:1"], text
        assert keys(engine, "社矫对象") == ["question:2"]

    def test_relaxed_plan_accepts_a_part_of_the_words(self, engine):
        fill(engine, Document(key="question:1", body="减刑和罚金"), Document(key="question:2", body="减刑"))
        relaxed = make_plans(SearchQuery(text="减刑 罚金"), VISITOR).relaxed
        result = engine.search(relaxed)
        assert [hit.document.key for hit in result.hits] == ["question:1", "question:2"]
        assert result.hits[0].score > 1000 > result.hits[1].score

    def test_phrase_matches_word_for_word(self, engine):
        fill(
            engine,
            Document(key="question:1", body="确有悔改表现"),
            Document(key="question:2", body="表现悔改，悔表改现"),
        )
        assert keys(engine, '"悔改表现"') == ["question:1"]

    def test_phrase_with_numbers_matches_word_for_word(self, engine):
        fill(
            engine,
            Document(key="question:1", body="第28条第1款"),
            Document(key="question:2", body="第1款第28条"),
        )
        assert keys(engine, '"28条第1款"') == ["question:1"]

    def test_excluded_words_do_not_occur(self, engine):
        fill(engine, Document(key="question:1", body="减刑"), Document(key="question:2", body="减刑假释"))
        assert keys(engine, "减刑 -假释") == ["question:1"]

    def test_only_exclusion_lists_the_rest(self, engine):
        fill(engine, Document(key="question:1", body="减刑"), Document(key="question:2", body="假释"))
        assert keys(engine, "-假释") == ["question:1"]

    def test_sentence_finds_what_shares_its_words(self, engine):
        fill(
            engine,
            Document(key="question:1", body="家属代为缴纳罚金的，减刑幅度从严掌握"),
            Document(key="question:2", body="会见通信"),
        )
        assert keys(engine, "家属代缴罚金后减刑幅度怎么把握？") == ["question:1"]

    def test_ranking_prefers_what_says_more_of_the_query(self, engine):
        fill(
            engine,
            Document(
                key="question:1", title="减刑", body="会见与通信的规定，以及其他许多事情，减刑只提到一次"
            ),
            Document(key="question:2", title="减刑幅度", body="减刑幅度与减刑间隔"),
        )
        assert keys(engine, "减刑幅度怎样掌握才合适呢") == ["question:2", "question:1"]

    def test_exact_title_comes_first(self, engine):
        fill(
            engine,
            Document(key="question:1", title="减刑减刑", body="减刑" * 10),
            Document(key="question:2", title="减刑", body="其他的话很长很长很长很长很长很长"),
        )
        assert keys(engine, "减刑") == ["question:2", "question:1"]

    def test_number_finds_its_record(self, engine):
        fill(
            engine,
            Document(key="question:1", number="Q-2026-000123"),
            Document(key="question:2", number="Q-2026-000124"),
        )
        assert keys(engine, "Q-2026-000123") == ["question:1"]

    def test_title_prefix_is_completed(self, engine):
        fill(
            engine,
            Document(key="question:1", title="社区矫正对象外出审批"),
            Document(key="question:2", title="社区矫正与外出"),
            Document(key="question:3", title="对象外出"),
            Document(key="question:4", title="社区矫正对象（内部）", audience=("staff",)),
        )
        assert completed(engine, "社区矫正") == {"question:1", "question:2"}

    def test_names_are_completed_in_pinyin_by_initials_and_by_number(self, engine):
        fill(
            engine,
            Document(key="question:1", title="社区矫正法", aliases=("社矫法",), number="第一号"),
            Document(key="question:2", title="监狱法", number="Q-2026-000123"),
            Document(key="question:3", title="社区矫正", audience=("staff",)),
        )
        for typed in ("shequ", "sqj", "SQJZF", "社矫", "社區", "sjf"):
            assert completed(engine, typed) == {"question:1"}, typed
        assert completed(engine, "q-2026-0001") == {"question:2"}
        assert completed(engine, "shequ", STAFF) == {"question:1", "question:3"}
        assert completed(engine, "") == completed(engine, "?*.") == set()

    def test_heavier_names_are_completed_first(self, engine):
        fill(
            engine,
            Document(key="question:1", title="减刑条件"),
            Document(key="case:2", title="减刑案例一则", kind="case"),
        )
        plan = names_plan("减刑", VISITOR, limit=5, sort=WEIGHT)
        assert [hit.document.key for hit in engine.search(plan).hits] == ["case:2", "question:1"]

    def test_misspelled_word_finds_its_neighbours(self, engine):
        fill(
            engine,
            Document(key="question:1", body="probation and parole"),
            Document(key="question:2", body="proportion"),
            Document(key="question:3", body="probation", audience=("staff",)),
        )
        plan = plan_for(Fuzzy("text.u", "probaton", 1), VISITOR)
        assert [hit.document.key for hit in engine.search(plan).hits] == ["question:1"]
        assert engine.counts([plan, plan_for(Fuzzy("text.u", "porbation", 1), STAFF)]) == [1, 2]

    def test_empty_query_lists_newest_first(self, engine):
        fill(
            engine,
            Document(key="question:1", date="2026-01-01"),
            Document(key="question:2", date="2026-03-01"),
            Document(key="question:3"),
        )
        assert keys(engine) == ["question:2", "question:1", "question:3"]

    def test_sort_by_date(self, engine):
        fill(
            engine,
            Document(key="question:1", title="减刑", date="2025-01-01"),
            Document(key="question:2", body="减刑", date="2026-01-01"),
        )
        assert keys(engine, "减刑", sort=DATE) == ["question:2", "question:1"]

    def test_filters_narrow_one_another(self, engine):
        fill(
            engine,
            Document(key="question:1", kind="question", year="2025"),
            Document(key="question:2", kind="question", year="2026"),
            Document(key="question:3", kind="case", year="2026"),
        )
        filters = (("kind", ("question", "cluster")), ("year", ("2026",)))
        assert keys(engine, filters=filters) == ["question:2"]

    def test_months_are_counted_and_narrowed(self, engine):
        days = ("2026-01-05", "2026-01-31", "2026-02-01", "")
        fill(engine, *(Document(key=f"question:{n}", date=day) for n, day in enumerate(days)))
        assert dict(found(engine, facets=("month",)).facets["month"]) == {"2026-01": 2, "2026-02": 1}
        assert keys(engine, filters=(("month", ("2026-02",)),)) == ["question:2"]

    def test_values_can_be_left_out(self, engine):
        fill(
            engine,
            Document(key="question:1", department=("court",)),
            Document(key="question:2", department=("prison", "court")),
            Document(key="question:3"),
        )
        assert set(keys(engine, without=(("department", ("prison",)),))) == {"question:1", "question:3"}

    def test_values_of_one_facet_add_up(self, engine):
        fill(
            engine,
            Document(key="question:1", topic=("jx",)),
            Document(key="question:2", topic=("js",)),
            Document(key="question:3"),
        )
        assert set(keys(engine, filters=(("topic", ("jx", "js")),))) == {"question:1", "question:2"}

    def test_facets_count_every_filter_but_their_own(self, engine):
        fill(
            engine,
            Document(key="question:1", kind="question", department=("court", "prison")),
            Document(key="question:2", kind="question", department=("court",)),
            Document(key="question:3", kind="case", department=("court",)),
        )
        result = found(engine, filters=(("kind", ("question",)),), facets=("kind", "department"))
        assert result.total == 2
        assert dict(result.facets["kind"]) == {"question": 2, "case": 1}
        assert dict(result.facets["department"]) == {"court": 2, "prison": 1}

    def test_counts_agree_with_results_under_every_filter(self, engine):
        kinds, years = ("question", "case", "dossier"), ("2024", "2025", "2026")
        bodies = ("减刑 假释", "减刑", "假释")
        fill(
            engine,
            *(
                Document(kind=kinds[n % 3], year=years[n % 2], body=bodies[0 if n % 7 == 0 else 1 + n % 2])
                for n in range(40)
            ),
        )
        for text in ("", "减刑", "减刑 假释"):
            for chosen in ((), (("year", ("2024",)),), (("kind", ("case",)), ("year", ("2025",)))):
                counted = found(engine, text, filters=chosen, facets=("kind", "year")).facets
                assert (len(counted["kind"]), len(counted["year"])) == (3, 2)
                for facet in ("kind", "year"):
                    others = tuple(pair for pair in chosen if pair[0] != facet)
                    for value, count in counted[facet]:
                        assert found(engine, text, filters=(*others, (facet, (value,)))).total == count

    def test_audience_is_applied_to_hits_counts_and_facets(self, engine):
        fill(
            engine,
            Document(key="question:1", body="减刑", kind="case"),
            Document(key="question:2", body="减刑", audience=("staff",)),
            Document(key="question:3", body="减刑", audience=("role:analyst", "user:5"), kind="dossier"),
            Document(key="question:4", body="减刑", audience=()),
        )
        seen = found(engine, "减刑", facets=("kind",))
        assert (seen.total, [hit.document.key for hit in seen.hits]) == (1, ["question:1"])
        assert seen.facets["kind"] == [("case", 1)]
        assert found(engine, "减刑", STAFF).total == 2
        assert found(engine, "减刑", STAFF | {"user:5"}).total == 3
        assert engine.size()[0] == 3

    def test_paging_reaches_every_hit_once(self, engine):
        fill(engine, *(Document(key=f"question:{n}", body="减刑" * (n % 7 + 1)) for n in range(57)))
        seen = [key for offset in range(0, 60, 10) for key in keys(engine, "减刑", offset=offset)]
        assert len(seen) == len(set(seen)) == 57

    def test_order_of_a_fixed_set_is_the_same_on_every_engine(self, engine):
        fill(engine, *(Document(key=f"question:{n}", title=t, body=b) for n, (t, b) in enumerate(FIXED, 1)))
        orders = {text: [int(key[9:]) for key in keys(engine, text)] for text in ORDERS}
        assert orders == ORDERS

    def test_scores_are_alike_on_every_engine(self, engine):
        fill(engine, *(Document(key=f"question:{n}", title=t, body=b) for n, (t, b) in enumerate(FIXED, 1)))
        scores = [hit.score for hit in found(engine, "减刑").hits]
        assert scores == pytest.approx(SCORES, abs=0.01)

    def test_cursor_reaches_ten_thousand_hits_each_once(self, engine):
        count = MAX_WINDOW + 30
        fill(engine, *(Document(key=f"question:{n}", body="减刑" * (n % 3 + 1)) for n in range(count)))
        plan = make_plans(SearchQuery(text="减刑"), VISITOR).strict
        hits = list(engine.scan(plan))
        assert len({hit.document.key for hit in hits}) == len(hits) == MAX_WINDOW
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert [hit.document.key for hit in hits[:10]] == [
            hit.document.key for hit in engine.search(plan).hits
        ]
        assert len(list(engine.scan(plan, limit=25))) == 25

    def test_cursor_obeys_filters_order_and_audience(self, engine):
        fill(
            engine,
            *(Document(key=f"question:{n}", date=f"2026-01-{n:02}", year="2026") for n in range(1, 8)),
            Document(key="question:8", year="2026", audience=("staff",)),
            Document(key="question:9", year="2025"),
        )
        plan = make_plans(SearchQuery(filters=(("year", ("2026",)),)), VISITOR).strict
        assert [hit.document.key for hit in engine.scan(plan)] == [f"question:{n}" for n in range(7, 0, -1)]

    def test_rare_words_of_a_sentence_decide_what_matches(self, engine):
        """Words that stand everywhere match nothing by themselves."""
        common = [Document(key=f"question:{n}", body=f"罪犯应当怎样办理{n}") for n in range(200)]
        rare = Document(key="question:999", body="罪犯应当怎样办理离监探亲")
        fill(engine, *common, rare)
        assert keys(engine, "罪犯离监探亲应当怎样办理？") == ["question:999"]

    def test_frequencies_count_documents(self, engine):
        fill(engine, Document(body="减刑减刑"), Document(body="减刑 docx"), Document(body="假释"))
        terms = [Term("text.b", "减刑"), Term("text.b", "从无"), Term("text.u", "假"), Term("text.u", "docx")]
        known = engine.frequencies(terms)
        assert (known.documents, [known.by_term[term] for term in terms]) == (3, [2, 0, 1, 1])

    def test_many_counts_in_one_question(self, engine):
        fill(engine, Document(body="减刑"), Document(body="减刑", audience=("staff",)), Document(body="假释"))
        plans = [keyword_plan(word, VISITOR) for word in ("减刑", "假释", "脱逃")]
        assert engine.counts([*plans, keyword_plan("减刑", STAFF)]) == [1, 1, 0, 2]
        assert engine.counts([]) == []

    def test_paging_ends_at_ten_thousand(self, engine):
        fill(engine, Document(key="question:1"))
        assert keys(engine, offset=9_995, limit=10) == []
        assert keys(engine, offset=20_000, limit=10) == []
