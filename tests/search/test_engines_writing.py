"""What every engine must do with what is written: replace, remove, build, tell what it holds."""

import pytest

from search.documents import SourceState
from search.documents.base import digest_of
from search.engines import SearchUnavailable, WriterBusy
from search.engines.base import NoIndex, WriteOutcome
from tests.factories.search import SearchDocumentFactory as Document
from tests.search.engines import (
    article,
    change,
    contents,
    fill,
    found,
    keys,
    put,
)


@pytest.fixture
def engine(each_engine):
    return each_engine


class TestWriting:
    def test_replacement_updates_a_document(self, engine):
        fill(engine, Document(key="question:1", title="旧题目"))
        change(engine, put(Document(key="question:1", title="新题目")))
        assert (keys(engine, "旧题目"), keys(engine, "新题目")) == ([], ["question:1"])

    def test_replacement_without_documents_removes(self, engine):
        fill(engine, Document(key="question:1"), Document(key="question:2"))
        change(engine, SourceState("question:1", ()))
        assert keys(engine) == ["question:2"]

    def test_replacement_takes_away_all_documents_of_a_source(self, engine):
        fill(engine, *(article(n) for n in range(3)))
        change(engine, SourceState("norm:1", (article(9),)))
        assert keys(engine) == ["provision:9"]
        change(engine, SourceState("norm:1", ()))
        assert keys(engine) == []

    def test_document_that_nobody_may_see_leaves(self, engine):
        fill(engine, Document(key="question:1"))
        change(engine, put(Document(key="question:1", audience=())))
        assert engine.size()[0] == 0

    def test_applying_twice_changes_nothing(self, engine):
        fill(engine)
        for _time in range(2):
            change(engine, put(Document(key="question:1", body="减刑")))
        assert found(engine, "减刑").total == 1

    def test_search_without_an_index_says_so(self, engine):
        with pytest.raises(SearchUnavailable):
            keys(engine, "减刑")

    def test_change_without_an_index_says_so(self, engine):
        with pytest.raises(SearchUnavailable):
            change(engine, put(Document()))

    def test_rebuild_replaces_what_was_there(self, engine):
        fill(engine, Document(key="question:1"))
        fill(engine, Document(key="question:2"))
        assert keys(engine) == ["question:2"]

    def test_discarded_build_leaves_the_live_index(self, engine):
        fill(engine, Document(key="question:1"))
        build = engine.build()
        build.add(engine.prepare([Document(key="question:2")]), version=1)
        build.discard()
        assert keys(engine) == ["question:1"]

    def test_older_state_never_follows_a_newer_one(self, engine):
        """By a single writer, or by versions that the engine itself compares."""
        fill(engine, Document(key="question:1", title="最初"))
        if engine.name == "embedded":
            with engine.exclusive(), pytest.raises(WriterBusy), engine.exclusive():
                pass
            return
        newer, older = (put(Document(key="question:1", title=title)) for title in ("新状态", "旧状态"))
        assert change(engine, newer, version=1_000_002) == WriteOutcome()
        assert change(engine, older, version=1_000_001).overtaken == {"question:1"}
        assert (keys(engine, "新状态"), keys(engine, "旧状态")) == (["question:1"], [])

    def test_older_state_does_not_bring_back_what_is_gone(self, engine):
        if engine.name == "embedded":
            pytest.skip("embedded: a single writer keeps the order, so that no older state can come")
        fill(engine, Document(key="question:1", title="最初"), *(article(n) for n in range(2)))
        change(engine, SourceState("question:1", ()), SourceState("norm:1", ()), version=1_000_002)
        late = put(Document(key="question:1", title="最初"))
        law = SourceState("norm:1", (article(0), article(1)))
        assert change(engine, late, law, version=1_000_001).overtaken == {"question:1", "norm:1"}
        assert (keys(engine), engine.size()[0], list(engine.contents())) == ([], 0, [])

    def test_older_state_is_overtaken_although_it_shares_no_document(self, engine):
        """A law that was deleted while another worker still held its text."""
        if engine.name == "embedded":
            pytest.skip("embedded: a single writer keeps the order, so that no older state can come")
        fill(engine)
        change(engine, SourceState("norm:1", ()), version=1_000_002)
        law = SourceState("norm:1", (article(0), article(1)))
        assert change(engine, law, version=1_000_001).overtaken == {"norm:1"}
        change(engine, SourceState("norm:1", ()), version=1_000_003)
        assert (keys(engine), engine.size()[0], list(engine.contents())) == ([], 0, [])

    def test_build_is_not_searched_before_it_is_published(self, engine):
        fill(engine, Document(key="question:1"))
        build = engine.build()
        build.add(engine.prepare([Document(key="question:2", date="2026-01-02")]), version=1)
        build.settle()
        assert keys(engine) == ["question:1"]
        build.replace([put(Document(key="question:3", date="2026-01-01"))], version=2)
        build.replace([SourceState("question:2", ())], version=3)
        with engine.exclusive():
            build.publish()
        assert keys(engine) == ["question:3"]
        change(engine, put(Document(key="question:4", date="2026-01-03")), version=4)
        assert keys(engine) == ["question:4", "question:3"]

    def test_published_build_cannot_be_discarded(self, engine):
        build = engine.build()
        build.add(engine.prepare([Document(key="question:1")]), version=1)
        with engine.exclusive():
            build.publish()
        build.discard()
        assert contents(engine) == ["question:1"]

    def test_build_that_is_ready_takes_what_follows(self, engine):
        fill(engine)
        build = engine.build()
        build.add(engine.prepare([Document(key="question:1"), Document(key="question:2")]), version=1)
        build.ready()
        build.replace([SourceState("question:2", ()), put(Document(key="question:3"))], version=2)
        with engine.exclusive():
            build.publish()
        assert contents(engine) == ["question:1", "question:3"]

    def test_contents_tell_every_document_apart(self, engine):
        documents = [Document(key=f"question:{n}", body=str(n)) for n in range(3)]
        expected = [*documents, article(7)]
        fill(engine, *expected, Document(audience=()))
        held = {one.key: (one.source, one.digest) for one in engine.contents()}
        assert held == {one.key: (one.source, digest_of(one.to_json())) for one in expected}

    def test_contents_of_some_sources(self, engine):
        fill(engine, Document(key="question:1"), Document(key="question:2"), article(7), article(8))
        assert contents(engine, ["norm:1", "question:2", "case:9"]) == [
            "provision:7",
            "provision:8",
            "question:2",
        ]
        assert contents(engine, []) == []

    def test_ping_says_whether_searches_can_be_answered(self, engine):
        with pytest.raises(NoIndex):
            engine.ping()
        fill(engine)
        engine.ping()

    def test_strange_characters_are_text(self, engine):
        strange = "\x00 ' \" ; -- <b>&</b> \\ * ? 减刑 \U0001f600 \ud7ff"
        fill(engine, Document(key="question:1", body=strange))
        assert keys(engine, "减刑") == ["question:1"]
        assert found(engine, "减刑").hits[0].document.body == strange

    def test_document_comes_back_as_it_was(self, engine):
        document = Document(
            topic=("jx", "js"), session=("TT-2026-01",), facts=(("questions", "3"),), date="2026-04-17"
        )
        fill(engine, document)
        assert found(engine).hits[0].document == document
