"""The engines that the settings name: the first one answers searches, all of them are kept up to date.

The engines after the first are fallbacks: they answer while it cannot.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy

from search.engines.base import Engine

ENGINE_LABELS = {"embedded": gettext_lazy("Embedded index"), "elastic": "Elasticsearch"}


def _embedded() -> Engine:
    return _embedded_in(str(settings.SEARCH_INDEX_DIR))


@lru_cache(maxsize=8)
def _embedded_in(folder: str) -> Engine:
    from search.engines.embedded.engine import EmbeddedEngine

    return EmbeddedEngine(Path(folder) / "embedded")


def _elastic() -> Engine:
    return _elastic_at(tuple(sorted(settings.SEARCH_ELASTICSEARCH.items())))


@lru_cache(maxsize=8)
def _elastic_at(options: tuple[tuple[str, object], ...]) -> Engine:
    from search.engines.elastic import ElasticEngine
    from search.engines.elastic.client import Cluster

    return ElasticEngine(Cluster(**dict(options)))  # type: ignore[arg-type]


AVAILABLE: dict[str, Callable[[], Engine]] = {"embedded": _embedded, "elastic": _elastic}


def engine_names() -> list[str]:
    return list(settings.SEARCH_ENGINES)


def get_engine(name: str = "") -> Engine:
    """Return the named engine, or the one that answers searches. Raises ImproperlyConfigured for another name."""
    name = name or engine_names()[0]
    if name not in AVAILABLE:
        raise ImproperlyConfigured(f"TONGTANG_SEARCH_ENGINES names {name!r}; known: {', '.join(AVAILABLE)}.")
    return AVAILABLE[name]()


def engine_label(name: str) -> str:
    """Return what an engine is called on pages."""
    return str(ENGINE_LABELS.get(name, name))
