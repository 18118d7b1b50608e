"""What every test can use, why some are skipped, and which run on PostgreSQL too (docs/testing.md)."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
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


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(DatabaseUse(config))
    # pytest-xdist would begin with the largest group: tests that commit, and leave empty tables to those after them,
    # with three nodes of Elasticsearch that slow the other process down.
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark, reason in REASONS.items():
            if item.get_closest_marker(mark) and not _is_available(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


# Which tests PostgreSQL runs again ------------------------------------------------------------------------------

OWN_PACKAGES = {path.parent.name for path in ROOT.glob("*/__init__.py")}
STATEMENTS = pytest.StashKey[list[str]]()
# pytest-django's own transaction around each test.
TRANSACTION_CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


class DatabaseUse:
    """Note on SQLite which tests send no SQL statement, and leave those out on PostgreSQL.

    A test that sends none cannot behave differently there. The notes lie in pytest's cache, so that the run on
    SQLite comes first, as in `./run test`; a test without a note runs on both. Tests that cannot reach the database
    at all, tests in a browser and those marked `sqlite` are left out in any case.
    """

    CACHE_KEY = "tongtang/tests_without_statements"

    def __init__(self, config: pytest.Config) -> None:
        self._cache = getattr(config, "cache", None)
        self._is_worker = hasattr(config, "workerinput")
        self._without_statements = set(self._cache.get(self.CACHE_KEY, []) if self._cache else [])
        self._has_deselected = False

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if connection.vendor != "postgresql":
            return
        repeated = [item for item in items if self._runs_on_postgresql(item)]
        deselected = [item for item in items if item not in set(repeated)]
        config.hook.pytest_deselected(items=deselected)
        items[:] = repeated
        self._has_deselected = bool(deselected)

    def _runs_on_postgresql(self, item: pytest.Item) -> bool:
        if item.get_closest_marker("browser") or item.get_closest_marker("sqlite"):
            return False
        if item.nodeid in self._without_statements:
            return False
        fixtures = {"db", "transactional_db", "live_server"}
        return bool(item.get_closest_marker("django_db") or fixtures & set(getattr(item, "fixturenames", ())))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        statements = item.stash[STATEMENTS] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not sql.startswith(TRANSACTION_CONTROL):
                statements.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if call.when == "call":
            item.user_properties.append(("statements", len(item.stash[STATEMENTS])))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            is_free = report.passed and dict(report.user_properties).get("statements") == 0
            (self._without_statements.add if is_free else self._without_statements.discard)(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self._has_deselected and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK
        if connection.vendor == "sqlite" and self._cache and not self._is_worker:
            self._cache.set(self.CACHE_KEY, sorted(self._without_statements))


# The migrated database -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(
    _database_of_an_earlier_run: Path | None, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """Migrate, as always; on SQLite from a copy of what an earlier run has migrated, if migrations are the same.

    Applying all migrations takes about 14 s of processor time, a copy less than a tenth of that. The same copy gives
    a test that has committed (`serialized_rollback`) its first rows, instead of a thousand objects read from JSON.
    """
    copy = _database_of_an_earlier_run
    if copy is None:
        yield
        return
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as migrated:
        with django_db_blocker.unblock():
            connection.ensure_connection()
            connection.connection.backup(migrated)
        if not copy.exists():
            _keep(migrated, copy)

        def restore(serialized: str) -> None:
            connection.ensure_connection()
            migrated.backup(connection.connection)

        connection.creation.deserialize_db_from_string = restore
        yield


def _keep(migrated: sqlite3.Connection, copy: Path) -> None:
    """Write the copy whole or not at all, since another process may look for it; drop those of other migrations."""
    unfinished = copy.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(unfinished)) as file:
        migrated.backup(file)
    for outdated in copy.parent.glob("*.sqlite3"):
        outdated.unlink(missing_ok=True)
    unfinished.replace(copy)


@pytest.fixture(scope="session")
def _database_of_an_earlier_run(
    request: pytest.FixtureRequest, django_db_modify_db_settings: None
) -> Iterator[Path | None]:
    """Fill the database in memory, before Django's `migrate` comes to it; yield the path of the copy."""
    cache = getattr(request.config, "cache", None)
    name = connection.creation._get_test_db_name() if connection.vendor == "sqlite" else ""
    if cache is None or not name or not connection.creation.is_in_memory_db(name):
        yield None
        return
    copy = cache.mkdir("tongtang-database") / f"{_state_of_migrations()}.sqlite3"
    if not copy.exists():
        yield copy
        return
    # A database in memory lasts as long as one connection to it is open.
    with closing(sqlite3.connect(name, uri=True)) as memory:
        with closing(sqlite3.connect(copy)) as file:
            file.backup(memory)
        yield copy


def _state_of_migrations() -> str:
    """Return a fingerprint of all installed migrations and of the project's modules that they use."""
    modules = [
        sys.modules[migration.__module__] for migration in MigrationLoader(None).disk_migrations.values()
    ]
    files = set()
    while modules:
        module = modules.pop()
        files.add(Path(module.__file__))
        if ".migrations." not in module.__name__:
            continue
        used = {getattr(value, "__module__", None) for value in vars(module).values()} - {module.__name__}
        modules += [sys.modules[name] for name in used if name and name.split(".")[0] in OWN_PACKAGES]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


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
def _empty_cache():
    """No test reads what the one before it has cached: keys of rows may mean other rows by now."""
    cache.clear()


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
