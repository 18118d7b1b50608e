import pytest

from search.engines.configured import get_engine
from search.indexing.outbox import drain
from search.indexing.rebuilding import rebuild


@pytest.fixture
def engine(db):
    """The configured engine, in a folder of this test."""
    return get_engine()


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
