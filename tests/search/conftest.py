import pytest

from search.engines.configured import get_engine
from search.indexing.outbox import drain
from search.indexing.rebuilding import rebuild
from search.models import OutboxEntry
from tests.search.engines import BOTH, make_engine, remove


@pytest.fixture
def engine(db):
    """The configured engine, in a folder of this test."""
    return get_engine()


@pytest.fixture(params=BOTH)
def each_engine(request, tmp_path):
    """An empty engine of each kind; one that is not configured is skipped with its reason."""
    engine = make_engine(request.param, tmp_path)
    yield engine
    remove(engine)


@pytest.fixture
def indexed(engine):
    """Call it to bring the index up to the database."""

    def index():
        rebuild(engine)
        return engine

    return index


@pytest.fixture
def drained(engine):
    """Call it to do what the worker does."""

    def work():
        done = 0
        while step := drain(engine):
            done += step
        return done

    return work


@pytest.fixture
def clean(indexed):
    """Nothing waits, an index is there."""
    engine = indexed()
    OutboxEntry.objects.all().delete()
    return engine
