"""What every engine must do, the same for each."""

import shutil

import pytest

from search.documents import Replacement
from search.engines import SearchUnavailable, WriterBusy
from search.engines.embedded import EmbeddedEngine
from search.plan import DATE, AnyOf, Bool, Phrase, Plan, Term
from search.planning import make_plans
from search.query import SearchQuery
from tests.factories.search import SearchDocumentFactory as Document

VISITOR = frozenset({"all"})
STAFF = frozenset({"all", "staff"})


@pytest.fixture(
    params=[
        "embedded",
        pytest.param("elastic", marks=pytest.mark.skip("elastic: the engine is not built yet")),
    ]
)
def engine(request, tmp_path):
    return EmbeddedEngine(tmp_path / request.param)


def fill(engine, *documents):
    with engine.exclusive(), engine.rebuild() as builder:
        builder.add(documents)


def change(engine, *replacements):
    with engine.exclusive():
        engine.apply(replacements)


def put(document):
    return Replacement(document.source, (document,))


def keys(engine, text="", tokens=VISITOR, **options):
    plans = make_plans(SearchQuery(text=text, **options), tokens)
    return [hit.document.key for hit in engine.search(plans.strict).hits]


def found(engine, text="", tokens=VISITOR, **options):
    return engine.search(make_plans(SearchQuery(text=text, **options), tokens).strict)


class TestEngine:
    def test_keyword_matches_inside_a_sentence(self, engine):
        fill(
            engine, Document(key="a:1", body="罪犯的财产性判项尚未履行"), Document(key="a:2", body="请假外出")
        )
        assert keys(engine, "财产性判项") == ["a:1"]

    def test_every_keyword_must_match(self, engine):
        fill(engine, Document(key="a:1", body="减刑和罚金"), Document(key="a:2", body="减刑"))
        assert keys(engine, "减刑 罚金") == ["a:1"]

    def test_keyword_in_headings_matches(self, engine):
        fill(engine, Document(key="a:1", headings="第三章 暂予监外执行", body="经批准"))
        assert keys(engine, "监外执行") == ["a:1"]

    def test_width_and_case_are_folded(self, engine):
        fill(engine, Document(key="a:1", body="以ＤＯＣＸ格式"))
        assert keys(engine, "docx") == ["a:1"]

    def test_soft_plan_accepts_a_part_of_the_words(self, engine):
        fill(engine, Document(key="a:1", body="减刑和罚金"), Document(key="a:2", body="减刑"))
        soft = make_plans(SearchQuery(text="减刑 罚金"), VISITOR).soft
        result = engine.search(soft)
        assert [hit.document.key for hit in result.hits] == ["a:1", "a:2"]
        assert result.hits[0].score > 1000 > result.hits[1].score

    def test_phrase_matches_word_for_word(self, engine):
        fill(engine, Document(key="a:1", body="确有悔改表现"), Document(key="a:2", body="表现悔改，悔表改现"))
        assert keys(engine, '"悔改表现"') == ["a:1"]

    def test_phrase_with_numbers_matches_word_for_word(self, engine):
        fill(engine, Document(key="a:1", body="第28条第1款"), Document(key="a:2", body="第1款第28条"))
        assert keys(engine, '"28条第1款"') == ["a:1"]

    def test_excluded_words_do_not_occur(self, engine):
        fill(engine, Document(key="a:1", body="减刑"), Document(key="a:2", body="减刑假释"))
        assert keys(engine, "减刑 -假释") == ["a:1"]

    def test_only_exclusion_lists_the_rest(self, engine):
        fill(engine, Document(key="a:1", body="减刑"), Document(key="a:2", body="假释"))
        assert keys(engine, "-假释") == ["a:1"]

    def test_sentence_finds_what_shares_its_words(self, engine):
        fill(
            engine,
            Document(key="a:1", body="家属代为缴纳罚金的，减刑幅度从严掌握"),
            Document(key="a:2", body="会见通信"),
        )
        assert keys(engine, "家属代缴罚金后减刑幅度怎么把握？") == ["a:1"]

    def test_ranking_prefers_what_says_more_of_the_query(self, engine):
        fill(
            engine,
            Document(key="a:1", title="减刑", body="会见与通信的规定，以及其他许多事情，减刑只提到一次"),
            Document(key="a:2", title="减刑幅度", body="减刑幅度与减刑间隔"),
        )
        assert keys(engine, "减刑幅度怎样掌握才合适呢") == ["a:2", "a:1"]

    def test_exact_title_comes_first(self, engine):
        fill(
            engine,
            Document(key="a:1", title="减刑减刑", body="减刑" * 10),
            Document(key="a:2", title="减刑", body="其他的话很长很长很长很长很长很长"),
        )
        assert keys(engine, "减刑") == ["a:2", "a:1"]

    def test_number_finds_its_record(self, engine):
        fill(engine, Document(key="a:1", number="Q-2026-000123"), Document(key="a:2", number="Q-2026-000124"))
        assert keys(engine, "Q-2026-000123") == ["a:1"]

    def test_title_prefix_is_completed(self, engine):
        fill(
            engine,
            Document(key="a:1", title="社区矫正对象外出审批"),
            Document(key="a:2", title="社区矫正与外出"),
            Document(key="a:3", title="对象外出"),
            Document(key="a:4", title="社区矫正对象（内部）", audience=("staff",)),
        )
        plan = Plan(match=Bool(), audience=AnyOf("audience", ("all",)), limit=5)
        assert {one.key for one in engine.titles_with_prefix("社区矫正", plan)} == {"a:1", "a:2"}

    def test_empty_query_lists_newest_first(self, engine):
        fill(
            engine,
            Document(key="a:1", date="2026-01-01"),
            Document(key="a:2", date="2026-03-01"),
            Document(key="a:3"),
        )
        assert keys(engine) == ["a:2", "a:1", "a:3"]

    def test_sort_by_date(self, engine):
        fill(
            engine,
            Document(key="a:1", title="减刑", date="2025-01-01"),
            Document(key="a:2", body="减刑", date="2026-01-01"),
        )
        assert keys(engine, "减刑", sort=DATE) == ["a:2", "a:1"]

    def test_filters_narrow_one_another(self, engine):
        fill(
            engine,
            Document(key="a:1", kind="question", year="2025"),
            Document(key="a:2", kind="question", year="2026"),
            Document(key="a:3", kind="case", year="2026"),
        )
        filters = (("kind", ("question", "cluster")), ("year", ("2026",)))
        assert keys(engine, filters=filters) == ["a:2"]

    def test_values_of_one_facet_add_up(self, engine):
        fill(
            engine,
            Document(key="a:1", topic=("jx",)),
            Document(key="a:2", topic=("js",)),
            Document(key="a:3"),
        )
        assert set(keys(engine, filters=(("topic", ("jx", "js")),))) == {"a:1", "a:2"}

    def test_facets_count_every_filter_but_their_own(self, engine):
        fill(
            engine,
            Document(key="a:1", kind="question", department=("court", "prison")),
            Document(key="a:2", kind="question", department=("court",)),
            Document(key="a:3", kind="case", department=("court",)),
        )
        result = found(engine, filters=(("kind", ("question",)),), facets=("kind", "department"))
        assert result.total == 2
        assert dict(result.facets["kind"]) == {"question": 2, "case": 1}
        assert dict(result.facets["department"]) == {"court": 2, "prison": 1}

    def test_counts_agree_with_results_under_every_filter(self, engine):
        kinds, years = ("question", "case", "dossier"), ("2024", "2025", "2026")
        fill(
            engine,
            *(
                Document(kind=kinds[n % 3], year=years[n % 2], body="减刑" if n % 5 else "假释")
                for n in range(40)
            ),
        )
        for text in ("", "减刑", "减刑 假释"):
            for chosen in ((), (("year", ("2024",)),), (("kind", ("case",)), ("year", ("2025",)))):
                counted = found(engine, text, filters=chosen, facets=("kind", "year")).facets
                for facet in ("kind", "year"):
                    others = tuple(pair for pair in chosen if pair[0] != facet)
                    for value, count in counted[facet]:
                        assert found(engine, text, filters=(*others, (facet, (value,)))).total == count

    def test_audience_is_applied_to_hits_counts_and_facets(self, engine):
        fill(
            engine,
            Document(key="a:1", body="减刑", kind="case"),
            Document(key="a:2", body="减刑", audience=("staff",)),
            Document(key="a:3", body="减刑", audience=("role:analyst", "user:5"), kind="dossier"),
            Document(key="a:4", body="减刑", audience=()),
        )
        seen = found(engine, "减刑", facets=("kind",))
        assert (seen.total, [hit.document.key for hit in seen.hits]) == (1, ["a:1"])
        assert seen.facets["kind"] == [("case", 1)]
        assert found(engine, "减刑", STAFF).total == 2
        assert found(engine, "减刑", STAFF | {"user:5"}).total == 3
        assert engine.size()[0] == 3

    def test_paging_reaches_every_hit_once(self, engine):
        fill(engine, *(Document(key=f"a:{n}", body="减刑" * (n % 7 + 1)) for n in range(57)))
        seen = [key for offset in range(0, 60, 10) for key in keys(engine, "减刑", offset=offset)]
        assert len(seen) == len(set(seen)) == 57

    def test_paging_ends_at_ten_thousand(self, engine):
        fill(engine, Document(key="a:1"))
        assert keys(engine, offset=9_995, limit=10) == []
        assert keys(engine, offset=20_000, limit=10) == []

    def test_replacement_updates_a_document(self, engine):
        fill(engine, Document(key="a:1", title="旧题目"))
        change(engine, put(Document(key="a:1", title="新题目")))
        assert (keys(engine, "旧题目"), keys(engine, "新题目")) == ([], ["a:1"])

    def test_replacement_without_documents_removes(self, engine):
        fill(engine, Document(key="a:1"), Document(key="a:2"))
        change(engine, Replacement("a:1", ()))
        assert keys(engine) == ["a:2"]

    def test_replacement_takes_away_all_documents_of_a_source(self, engine):
        fill(engine, *(Document(key=f"provision:{n}", source="norm:1") for n in range(3)))
        change(engine, Replacement("norm:1", (Document(key="provision:9", source="norm:1"),)))
        assert keys(engine) == ["provision:9"]

    def test_document_that_nobody_may_see_leaves(self, engine):
        fill(engine, Document(key="a:1"))
        change(engine, put(Document(key="a:1", audience=())))
        assert engine.size()[0] == 0

    def test_applying_twice_changes_nothing(self, engine):
        fill(engine)
        for _time in range(2):
            change(engine, put(Document(key="a:1", body="减刑")))
        assert found(engine, "减刑").total == 1

    def test_search_without_an_index_says_so(self, engine):
        with pytest.raises(SearchUnavailable):
            keys(engine, "减刑")

    def test_change_without_an_index_says_so(self, engine):
        with pytest.raises(SearchUnavailable):
            change(engine, put(Document()))

    def test_rebuild_replaces_what_was_there(self, engine):
        fill(engine, Document(key="a:1"))
        fill(engine, Document(key="a:2"))
        assert keys(engine) == ["a:2"]

    def test_failed_rebuild_leaves_the_live_index(self, engine):
        fill(engine, Document(key="a:1"))
        with pytest.raises(RuntimeError), engine.exclusive(), engine.rebuild() as builder:
            builder.add([Document(key="a:2")])
            raise RuntimeError
        assert keys(engine) == ["a:1"]

    def test_only_one_writes_at_a_time(self, engine):
        with engine.exclusive(), pytest.raises(WriterBusy), engine.exclusive():
            pass

    def test_strange_characters_are_text(self, engine):
        strange = "\x00 ' \" ; -- <b>&</b> \\ * ? 减刑 \U0001f600 \ud7ff"
        fill(engine, Document(key="a:1", body=strange))
        assert keys(engine, "减刑") == ["a:1"]
        assert found(engine, "减刑").hits[0].document.body == strange

    def test_document_comes_back_as_it_was(self, engine):
        document = Document(
            topic=("jx", "js"), session=("TT-2026-01",), facts=(("questions", "3"),), date="2026-04-17"
        )
        fill(engine, document)
        assert found(engine).hits[0].document == document


class TestEmbedded:
    @pytest.fixture
    def root(self, tmp_path):
        return tmp_path / "embedded"

    def test_reader_sees_the_commit_of_another_process(self, root):
        writer, reader = EmbeddedEngine(root), EmbeddedEngine(root)
        fill(writer, Document(key="a:1"))
        assert keys(reader) == ["a:1"]
        change(writer, put(Document(key="a:2", date="2020-01-01")))
        assert keys(reader) == ["a:2", "a:1"]

    def test_reader_follows_a_rebuild_of_another_process(self, root):
        writer, reader = EmbeddedEngine(root), EmbeddedEngine(root)
        fill(writer, Document(key="a:1"))
        assert keys(reader) == ["a:1"]
        fill(writer, Document(key="a:2"))
        assert keys(reader) == ["a:2"]
        assert len([item for item in root.iterdir() if item.is_dir()]) == 1

    def test_searches_go_on_while_the_index_is_rebuilt(self, root):
        engine, reader = EmbeddedEngine(root), EmbeddedEngine(root)
        fill(engine, Document(key="a:1"))
        with engine.exclusive(), engine.rebuild() as builder:
            builder.add([Document(key="a:2")])
            assert keys(reader) == ["a:1"]
        assert keys(reader) == ["a:2"]

    def test_index_of_another_version_is_not_read(self, root):
        engine = EmbeddedEngine(root)
        fill(engine, Document())
        (root / "current").write_text("v0-abc")
        with pytest.raises(SearchUnavailable):
            keys(engine)

    @pytest.mark.parametrize("damage", ["gone", "garbage"])
    def test_damaged_index_counts_as_none(self, root, damage):
        engine = EmbeddedEngine(root)
        fill(engine, Document())
        generation = root / (root / "current").read_text()
        if damage == "gone":
            shutil.rmtree(generation)
        else:
            (generation / "meta.json").write_text("{")
        with pytest.raises(SearchUnavailable):
            keys(EmbeddedEngine(root))

    def test_phrase_and_term_compile_on_value_fields(self, root):
        engine = EmbeddedEngine(root)
        fill(engine, Document(key="a:1", body="甲乙丙"))
        audience = AnyOf("audience", ("all",))
        for node in (Term("key", "a:1"), Phrase("text.u", ("甲", "乙")), Phrase("text.b", ("甲乙", "乙丙"))):
            assert engine.count(Plan(match=node, audience=audience)) == 1
