"""The engines that the settings name: the first one answers, each of them is kept up to date."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from search.engines.base import Engine
from search.engines.embedded import EmbeddedEngine

AVAILABLE = {"embedded": EmbeddedEngine}


@lru_cache(maxsize=8)
def _make(name: str, folder: str) -> Engine:
    if name not in AVAILABLE:
        raise ImproperlyConfigured(f"TONGTANG_SEARCH_ENGINES names {name!r}; known: {', '.join(AVAILABLE)}.")
    return AVAILABLE[name](Path(folder) / name)


def engine_names() -> list[str]:
    return list(settings.SEARCH_ENGINES)


def get_engine(name: str = "") -> Engine:
    """The named engine, or the one that answers searches."""
    return _make(name or engine_names()[0], str(settings.SEARCH_INDEX_DIR))
