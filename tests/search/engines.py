"""Engines to test, filled with documents that no record stands behind."""

import os
import uuid

import pytest

from search.documents import SourceState
from search.engines.base import Engine
from search.engines.configured import get_engine
from search.engines.elastic import ElasticEngine
from search.engines.elastic.client import Cluster
from search.engines.embedded.engine import EmbeddedEngine
from search.query.parsing import SearchQuery
from search.query.planning import make_plans
from tests.factories.search import SearchDocumentFactory

VISITOR = frozenset({"all"})
STAFF = frozenset({"all", "staff"})
ELASTICSEARCH_URL = os.environ.get("ELASTICSEARCH_URL", "")
BOTH = ["embedded", pytest.param("elastic", marks=pytest.mark.elasticsearch)]


def cluster(**options) -> Cluster:
    """Indices of one test, on the server that the environment names."""
    prefix = f"test-{uuid.uuid4().hex[:10]}"
    defaults = {
        "hosts": tuple(ELASTICSEARCH_URL.split(",")),
        "prefix": prefix,
        "replicas": 0,
        "timeout": 20.0,
    }
    return Cluster(**(defaults | options))


def make_engine(name: str, folder) -> Engine:
    return EmbeddedEngine(folder / name) if name == "embedded" else ElasticEngine(cluster())


def configure(name: str, settings) -> Engine:
    """The only configured engine, with an index of this test."""
    settings.SEARCH_ENGINES = [name]
    if name == "elastic":
        options = cluster()
        settings.SEARCH_ELASTICSEARCH = {one: getattr(options, one) for one in options.__slots__}
    return get_engine()


def remove(engine: Engine) -> None:
    """Leave nothing on a server that other tests use."""
    if isinstance(engine, ElasticEngine):
        client = engine.patient
        for name in client.indices.get(index=f"{engine.cluster.prefix}-*"):
            client.indices.delete(index=name)


_version = iter(range(1, 10**9))


def fill(engine, *documents):
    build = engine.build()
    build.add(engine.prepare(documents), version=next(_version))
    with engine.exclusive():
        build.publish()


def change(engine, *states, version=0):
    with engine.exclusive():
        return engine.apply(states, version=version or next(_version))


def article(number):
    """A document of an article, all of the same source."""
    return SearchDocumentFactory(kind="provision", key=f"provision:{number}", source="norm:1")


def put(document):
    return SourceState(document.source, (document,))


def keys(engine, text="", audience=VISITOR, **options):
    return [hit.document.key for hit in found(engine, text, audience, **options).hits]


def found(engine, text="", audience=VISITOR, **options):
    return engine.search(make_plans(SearchQuery(text=text, **options), audience).strict)


def contents(engine, sources=None) -> list[str]:
    return sorted(one.key for one in engine.contents(sources))
