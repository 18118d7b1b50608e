"""Database and index compared and made the same, on both engines."""

from dataclasses import replace

import pytest

from norms.models import Provision
from search import kinds
from search.documents import SourceState
from search.engines.base import NoIndex, SearchUnavailable, WriterBusy
from search.engines.configured import get_engine
from search.indexing.checking import check, record_of, repair
from search.indexing.outbox import enqueue, next_version
from search.indexing.rebuilding import rebuild
from search.management.commands.search_check import counts_of
from search.models import OutboxEntry
from tests.factories.casebank import CaseFactory
from tests.factories.inquiry import ClusterFactory, DossierFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.factories.search import SearchDocumentFactory as Document
from tests.search.engines import BOTH, configure, contents, remove
from tests.search.laws import make_law

pytestmark = pytest.mark.django_db


@pytest.fixture(params=BOTH)
def engine(request, settings):
    made = configure(request.param, settings)
    yield made
    remove(made)


@pytest.fixture
def held(engine):
    """Nothing waits, an index of one record of each sort is there."""
    QuestionFactory(), ClusterFactory(), CaseFactory(), DossierFactory()
    make_law("试行办法", {1: "第一句。", 2: "第二句。"})
    rebuild(engine)
    OutboxEntry.objects.all().delete()
    return engine


def checked(engine) -> tuple[int, int, int]:
    counts = counts_of(check(engine, timeout=0))
    return counts["missing"], counts["stale"], counts["orphaned"]


def repaired(engine) -> dict:
    return counts_of(repair(engine, check(engine, timeout=0)))


def put(engine, *states):
    with engine.exclusive():
        engine.apply(states, version=next_version())


def test_index_that_holds_the_database_does_not_differ(held):
    result = check(held)
    assert (result.differences, result.checked, result.has_index) == ({}, held.size()[0], True)
    assert result.checked >= 7


def test_record_that_was_never_indexed_is_missing(held):
    case = CaseFactory()
    assert check(held, timeout=0).missing == [f"case:{case.pk}"]
    assert checked(held) == (1, 0, 0)
    assert (repaired(held)["missing"], checked(held)) == (0, (0, 0, 0))


def test_record_that_nobody_may_find_is_not_missing(held):
    case = CaseFactory()
    case.live = False
    case.save()
    assert checked(held) == (0, 0, 0)


def test_record_that_has_changed_is_stale(held):
    question = QuestionFactory()
    rebuild(held)
    question.title = "后来的题目"
    question.save()
    assert check(held, timeout=0).stale == [f"question:{question.pk}"]
    assert (repaired(held)["stale"], checked(held)) == (0, (0, 0, 0))


def test_record_that_is_gone_is_orphaned(held):
    question = QuestionFactory()
    rebuild(held)
    OutboxEntry.objects.all().delete()
    key = f"question:{question.pk}"
    question.delete()
    OutboxEntry.objects.all().delete()
    assert check(held, timeout=0).orphaned == [key]
    assert (repaired(held)["orphaned"], checked(held), key in contents(held)) == (0, (0, 0, 0), False)


def test_article_that_a_law_has_no_more_is_orphaned(held):
    article = Provision.objects.get(anchor="art-2")
    key = f"provision:{article.pk}"
    article.delete()
    OutboxEntry.objects.all().delete()
    assert check(held, timeout=0).orphaned == [key]
    assert (repaired(held)["orphaned"], key in contents(held)) == (0, False)


def test_law_that_is_gone_leaves_no_article(held):
    law = make_law("废止的办法", {1: "甲。", 2: "乙。"})
    rebuild(held)
    law.delete()
    OutboxEntry.objects.all().delete()
    assert checked(held) == (0, 0, 3)
    assert (repaired(held)["orphaned"], checked(held)) == (0, (0, 0, 0))


def test_document_of_an_unknown_source_is_removed(held):
    """As of a kind of record that an earlier version of the portal knew."""
    ghosts = [
        Document(kind="provision", key="provision:900", source="ghost:5"),
        Document(kind="question", key="question:007", source="question:007"),
    ]
    put(held, *(SourceState(ghost.source, (ghost,)) for ghost in ghosts))
    assert sorted(check(held, timeout=0).orphaned) == ["provision:900", "question:007"]
    assert (repaired(held)["orphaned"], checked(held)) == (0, (0, 0, 0))


def test_missing_index_lacks_all_documents_and_is_built(engine):
    QuestionFactory()
    result = check(engine)
    assert (result.has_index, len(result.missing)) == (False, result.checked)
    assert repair(engine, result).differences == {}
    assert contents(engine) != []


def test_index_that_is_replaced_meanwhile_is_not_called_missing(held, monkeypatch):
    def gone(sources=None):
        raise NoIndex

    monkeypatch.setattr(held, "contents", gone)
    with pytest.raises(WriterBusy, match="check again"):
        check(held)


def test_many_differences_are_repaired_by_a_new_index(held, monkeypatch):
    monkeypatch.setattr("search.indexing.checking.MAX_REPAIRED_RECORDS", 1)
    CaseFactory(), CaseFactory()
    OutboxEntry.objects.all().delete()
    assert repaired(held)["missing"] == 0


def test_what_waits_differs_until_it_is_indexed(held):
    question = QuestionFactory()
    enqueue("question", [question.pk])
    assert checked(held) == (1, 0, 0)


def test_what_is_indexed_meanwhile_does_not_differ(held, monkeypatch):
    """Looked at again: between reading the database and reading the index a worker was faster."""
    question = QuestionFactory()
    rebuild(held)
    read = held.contents

    def late(sources=None):
        if sources is None:
            question.title = "后来的题目"
            question.save()
            put(held, *kinds.current_states([("question", question.pk)]))
        return read(sources)

    monkeypatch.setattr(held, "contents", late)
    assert check(held, timeout=0).differences == {}


def test_worker_that_is_about_to_index_is_waited_for(held, monkeypatch):
    question = QuestionFactory()
    enqueue("question", [question.pk])
    looks = []
    read = held.contents

    def late(sources=None):
        looks.append(sources)
        if len(looks) == 3:
            put(held, *kinds.current_states([("question", question.pk)]))
            OutboxEntry.objects.all().delete()
        return read(sources)

    monkeypatch.setattr(held, "contents", late)
    monkeypatch.setattr("search.indexing.checking.POLL_SECONDS", 0)
    assert check(held).differences == {}


@pytest.fixture
def broken(monkeypatch):
    """No document can be made of the question with this title."""
    build = kinds.RECORD_KINDS["question"].documents

    def fail(ids):
        for document in build(ids):
            if document.title == "毒":
                raise ValueError
            yield document

    monkeypatch.setitem(
        kinds.RECORD_KINDS, "question", replace(kinds.RECORD_KINDS["question"], documents=fail)
    )


def test_record_that_cannot_be_read_differs_and_waits(held, broken):
    bad = QuestionFactory(title="毒")
    key = f"question:{bad.pk}"
    OutboxEntry.objects.all().delete()
    assert check(held, timeout=0).missing == [key]
    put(held, SourceState(key, (Document(key=key),)))
    assert check(held, timeout=0).stale == [key]
    assert repaired(held)["stale"] == 1
    assert [(row.object_id, row.last_error) for row in OutboxEntry.objects.all()] == [(bad.pk, "ValueError")]


@pytest.mark.elasticsearch
def test_index_with_later_versions_than_the_database_is_built_anew(settings):
    """As after a backup of the database was restored."""
    held = configure("elastic", settings)
    question = QuestionFactory()
    rebuild(held)
    held.apply([SourceState(f"question:{question.pk}", ())], version=1_000_000)
    assert checked(held) == (1, 0, 0)
    assert (repaired(held)["missing"], checked(held)) == (0, (0, 0, 0))
    remove(held)


def test_repair_asks_for_the_checked_engine_only(held, settings):
    settings.SEARCH_ENGINES = ["embedded", "elastic"]
    CaseFactory()
    OutboxEntry.objects.all().delete()
    repaired(held)
    assert OutboxEntry.objects.count() == 0


def test_engine_that_is_away_says_so(settings):
    settings.SEARCH_ELASTICSEARCH = {"hosts": ("http://127.0.0.1:9",), "timeout": 1.0}
    settings.SEARCH_ENGINES = ["elastic"]
    with pytest.raises(SearchUnavailable):
        check(get_engine())


@pytest.mark.parametrize(
    ("source", "record"),
    [
        ("question:5", ("question", 5)),
        ("norm:12", ("norm", 12)),
        ("question:05", None),
        ("question:-5", None),
        ("question:", None),
        ("question:٥", None),
        ("question:99999999999999999999", None),
        ("ghost:5", None),
        ("", None),
    ],
)
def test_sources_name_records(source, record):
    assert record_of(source) == record
