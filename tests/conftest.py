"""What every test can use, and why some are skipped."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared"))
CHROMIUM = os.environ.get("TONGTANG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ES_STARTER = Path(os.environ.get("ES_STARTER", ROOT.parent / "shared" / "elasticsearch" / "es"))

REASONS = {
    "postgres": "PostgreSQL: set TONGTANG_TEST_DATABASE_URL=postgres://user:password@host/name to run these",
    "browser": "browser: install chromium (Debian: apt install chromium fonts-noto-cjk) to run these",
    "elasticsearch": "Elasticsearch: set ELASTICSEARCH_URL to a running server to run these",
    "cluster": (
        "cluster: set TONGTANG_TEST_CLUSTER=1 to run these, and ES_STARTER to what starts a real Elasticsearch"
        " where that is not ../shared/elasticsearch/es (three nodes, a minute to start, 3 GB of memory)"
    ),
    "shared_data": "shared data: set SHARED_DATA to the folder that holds it to run these",
}


def _is_available(mark: str) -> bool:
    return {
        "postgres": connection.vendor == "postgresql",
        "browser": bool(CHROMIUM),
        "elasticsearch": bool(os.environ.get("ELASTICSEARCH_URL")),
        "cluster": bool(os.environ.get("TONGTANG_TEST_CLUSTER")) and os.access(ES_STARTER, os.X_OK),
        "shared_data": (SHARED_DATA / "data").is_dir(),
    }[mark]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark, reason in REASONS.items():
            if item.get_closest_marker(mark) and not _is_available(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data for tests; skips where it is not."""
    if not _is_available("shared_data"):
        pytest.skip(REASONS["shared_data"])
    return SHARED_DATA / "data"


@pytest.fixture(scope="session")
def shared_cases(shared_data: Path) -> Path:
    """The folder of small inputs that failed once; skips where it is not."""
    cases = SHARED_DATA / "cases"
    if not cases.is_dir():
        pytest.skip(REASONS["shared_data"])
    return cases


@pytest.fixture(autouse=True)
def _own_index(tmp_path, settings_dirs):
    """Each test has its own search index folder."""


@pytest.fixture(autouse=True)
def _default_language():
    """Each test begins in the portal's own language, whatever the one before it has activated."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def settings_dirs(tmp_path):
    """Point the index and private files at a folder of this test."""
    before = settings.SEARCH_INDEX_DIR
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    yield
    settings.SEARCH_INDEX_DIR = before
