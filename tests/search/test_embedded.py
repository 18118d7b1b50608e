"""What is the embedded engine's own: files that several processes share, and how they may fail."""

import shutil
import subprocess
import sys
from textwrap import dedent

import pytest

from search.engines import SearchUnavailable
from search.engines.embedded.engine import EmbeddedEngine
from search.plan import Phrase, Plan, Term, Terms
from tests.conftest import ROOT
from tests.factories.search import SearchDocumentFactory as Document
from tests.search.engines import change, fill, keys, put


@pytest.fixture
def root(tmp_path):
    return tmp_path / "embedded"


def test_reader_sees_the_commit_of_another_process(root):
    writer, reader = EmbeddedEngine(root), EmbeddedEngine(root)
    fill(writer, Document(key="question:1"))
    assert keys(reader) == ["question:1"]
    change(writer, put(Document(key="question:2", date="2020-01-01")))
    assert keys(reader) == ["question:2", "question:1"]


def test_reader_follows_a_rebuild_of_another_process(root):
    writer, reader = EmbeddedEngine(root), EmbeddedEngine(root)
    fill(writer, Document(key="question:1"))
    assert keys(reader) == ["question:1"]
    fill(writer, Document(key="question:2"))
    assert keys(reader) == ["question:2"]
    assert len([item for item in root.iterdir() if item.is_dir()]) == 1


def test_searches_go_on_while_the_index_is_rebuilt(root):
    engine, reader = EmbeddedEngine(root), EmbeddedEngine(root)
    fill(engine, Document(key="question:1"))
    build = engine.build()
    build.add(engine.prepare([Document(key="question:2")]), version=1)
    build.settle()
    assert keys(reader) == ["question:1"]
    build.publish()
    assert keys(reader) == ["question:2"]


def test_index_of_another_version_is_not_read(root):
    engine = EmbeddedEngine(root)
    fill(engine, Document())
    (root / "current").write_text("v0-abc")
    with pytest.raises(SearchUnavailable):
        keys(engine)


@pytest.mark.parametrize("damage", ["gone", "garbage"])
def test_damaged_index_counts_as_none(root, damage):
    engine = EmbeddedEngine(root)
    fill(engine, Document())
    generation = root / (root / "current").read_text()
    if damage == "gone":
        shutil.rmtree(generation)
    else:
        (generation / "meta.json").write_text("{")
    with pytest.raises(SearchUnavailable):
        keys(EmbeddedEngine(root))


def test_full_disk_is_no_fault_of_a_document(root):
    """Tried in a process of its own, which may not write more than a few bytes to a file."""
    program = dedent("""
        import resource, sys
        import django
        django.setup()
        from search.documents.base import SearchDocument, SourceState
        from search.engines.base import SearchUnavailable
        from search.engines.embedded.engine import EmbeddedEngine

        def document(pk):
            key = f"question:{pk}"
            return SearchDocument("question", key, key, "减刑", "减刑", "/", ("all",), source=key)

        engine = EmbeddedEngine(sys.argv[1])
        build = engine.build()
        build.add(engine.prepare([document(1)]), version=1)
        build.publish()
        no_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        change = [SourceState("question:2", (document(2),))]
        for limit in ((8, no_limit[1]), no_limit):
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
            try:
                engine.apply(change, version=2)
            except SearchUnavailable as error:
                print(error)
            print(engine.size()[0])
    """)
    done = subprocess.run(
        [sys.executable, "-c", program, str(root)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout.splitlines() == ["the index cannot be written", "1", "2"], done.stderr


def test_phrase_and_term_compile_on_value_fields(root):
    engine = EmbeddedEngine(root)
    fill(engine, Document(key="question:1", body="甲乙丙"))
    audience = Terms("audience", ("all",))
    for node in (Term("key", "question:1"), Phrase("text.u", ("甲", "乙")), Term("text.b", "乙丙")):
        assert engine.counts([Plan(match=node, audience=audience)]) == [1]
