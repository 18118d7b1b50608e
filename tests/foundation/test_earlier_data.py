"""What `./run demo` does with the data of a version whose migrations have been rewritten since."""

import datetime as dt
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from portal.foundation.earlier_data import DataNotMovedError, rewritten_migrations, set_data_aside
from tests.conftest import ROOT

NOON = dt.datetime(2026, 11, 26, 12, 30, 5)


@pytest.mark.django_db
class TestRewrittenMigrations:
    def test_present_database_is_brought_up_to_date(self):
        assert rewritten_migrations(connection) == []

    def test_migration_that_is_still_to_be_applied_is_no_reason(self):
        MigrationRecorder(connection).record_unapplied("home", "0002_first_rows")
        assert rewritten_migrations(connection) == []

    def test_recorded_migration_that_no_longer_exists(self):
        MigrationRecorder(connection).record_applied("courses", "0009_rewritten")
        assert rewritten_migrations(connection) == [
            "Migration courses.0009_rewritten is recorded but no longer there."
        ]

    def test_migrations_of_other_packages_are_not_looked_at(self):
        MigrationRecorder(connection).record_applied("wagtailcore", "9999_of_a_later_wagtail")
        assert rewritten_migrations(connection) == []

    def test_history_in_which_a_first_migration_is_missing(self):
        MigrationRecorder(connection).record_unapplied("courses", "0001_initial")
        reasons = rewritten_migrations(connection)
        assert len(reasons) == 1
        assert "is applied before its dependency courses.0001_initial" in reasons[0]

    @pytest.mark.parametrize(
        ("statement", "reason"),
        [
            (
                "ALTER TABLE courses_activity ADD COLUMN former integer",
                "Table courses_activity differs in former.",
            ),
            (
                "ALTER TABLE courses_activity RENAME COLUMN title TO heading",
                "Table courses_activity differs in heading, title.",
            ),
            (
                "ALTER TABLE courses_activity RENAME TO courses_slot",
                "Table courses_activity is missing.",
            ),
        ],
    )
    def test_migration_rewritten_under_its_name(self, statement, reason):
        with connection.cursor() as cursor:
            cursor.execute(statement)
        assert rewritten_migrations(connection) == [reason]

    def test_key_that_became_random(self):
        statements = [
            "ALTER TABLE courses_activity RENAME TO former",
            "CREATE TABLE courses_activity AS SELECT * FROM former",
            "ALTER TABLE courses_activity DROP COLUMN id",
            "ALTER TABLE courses_activity ADD COLUMN id varchar(32)",
        ]
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        assert rewritten_migrations(connection) == ["The key of table courses_activity is of another type."]


@pytest.mark.postgres
@pytest.mark.django_db
def test_database_of_a_server_is_left_where_it_is():
    MigrationRecorder(connection).record_applied("courses", "0009_rewritten")
    with pytest.raises(CommandError, match=r"courses\.0009_rewritten is recorded.*\nMake a new database"):
        call_command("set_earlier_data_aside")


def earlier_data(folder: Path) -> Path:
    """Build a data folder with a database that recorded a migration that no longer exists."""
    database = folder / "tongtang.sqlite3"
    with sqlite3.connect(database) as connected:
        connected.execute("CREATE TABLE django_migrations (id integer PRIMARY KEY, app, name, applied)")
        connected.execute(
            "INSERT INTO django_migrations VALUES (1, 'inquiry', '0009_rewritten', '2026-01-01')"
        )
    connected.close()
    for path in ("media/pictures/seal.png", "private/dossier.docx", "index/embedded/meta.json"):
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text(path)
    return database


def manage(*arguments: str, data: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "portal.settings.dev", "TONGTANG_DATA_DIR": str(data)}
        | variables,
        capture_output=True,
        text=True,
    )


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_earlier_data_is_set_aside_whole_and_nothing_is_deleted(tmp_path):
    earlier_data(tmp_path)
    result = manage("set_earlier_data_aside", data=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    message = re.search(
        r"set aside as (\S+/earlier-\d{4}-\d{2}-\d{2}-\d{6}/tongtang\.sqlite3),", result.stdout
    )
    assert message, result.stdout
    assert "Migration inquiry.0009_rewritten is recorded but no longer there." in result.stdout
    aside = Path(message[1])
    assert files_in(aside.parent) == [
        "index/embedded/meta.json",
        "media/pictures/seal.png",
        "private/dossier.docx",
        "tongtang.sqlite3",
    ]
    assert [path.name for path in tmp_path.iterdir() if path.name != "static"] == [aside.parent.name]
    rows = sqlite3.connect(aside).execute("SELECT name FROM django_migrations").fetchall()
    assert rows == [("0009_rewritten",)]


def test_folder_without_a_database_is_left_alone(tmp_path):
    (tmp_path / "media").mkdir()
    result = manage("set_earlier_data_aside", data=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (tmp_path / "media").is_dir()


def test_rows_that_sqlite_has_not_yet_moved_are_set_aside_too(tmp_path, settings):
    settings.MEDIA_ROOT = settings.PRIVATE_ROOT = settings.SEARCH_INDEX_DIR = tmp_path / "none"
    database = tmp_path / "tongtang.sqlite3"
    writer = sqlite3.connect(database)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE notes (text)")
    writer.execute("INSERT INTO notes VALUES ('still in the log')")
    writer.commit()
    aside = set_data_aside(database, now=NOON)
    assert sqlite3.connect(aside).execute("SELECT text FROM notes").fetchall() == [("still in the log",)]
    assert list(tmp_path.iterdir()) == [aside.parent]
    writer.close()


def test_two_in_the_same_second_get_folders_of_their_own(tmp_path, settings):
    settings.MEDIA_ROOT = settings.PRIVATE_ROOT = settings.SEARCH_INDEX_DIR = tmp_path / "none"
    database = tmp_path / "tongtang.sqlite3"
    names = []
    for text in ("first", "second"):
        database.write_text(text)
        names.append(set_data_aside(database, now=NOON).parent.name)
    assert names == ["earlier-2026-11-26-123005", "earlier-2026-11-26-123005-2"]
    assert (tmp_path / names[0] / database.name).read_text() == "first"


OTHER_VOLUME = Path("/dev/shm")


@pytest.mark.skipif(not OTHER_VOLUME.is_dir(), reason="needs a second volume")
def test_data_on_another_volume_is_moved_whole_or_not_at_all(tmp_path, settings):
    if OTHER_VOLUME.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("temporary files lie on the same volume")
    database = earlier_data(tmp_path)
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"
    before = files_in(tmp_path)
    with tempfile.TemporaryDirectory(dir=OTHER_VOLUME) as index:
        settings.SEARCH_INDEX_DIR = index
        with pytest.raises(DataNotMovedError, match=rf"{index} cannot be moved to {tmp_path}: "):
            set_data_aside(database, now=NOON)
    assert files_in(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index", "media", "private", database.name]


@pytest.mark.skipif(not OTHER_VOLUME.is_dir(), reason="needs a second volume")
def test_command_says_what_cannot_be_moved(tmp_path):
    earlier_data(tmp_path)
    (tmp_path / "media" / "pictures" / "seal.png").unlink()
    (tmp_path / "media" / "pictures").rmdir()
    (tmp_path / "media").rmdir()
    # A link to a folder is moved as a link; a folder on which a volume is mounted is not.
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "none", str(make_folder(tmp_path / "media"))], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount")
    try:
        result = manage("set_earlier_data_aside", data=tmp_path)
    finally:
        subprocess.run(["umount", str(tmp_path / "media")], check=True)
    assert result.returncode == 1
    assert "Nothing was moved. A mount point" in result.stderr
    assert (tmp_path / "tongtang.sqlite3").exists()


def make_folder(path: Path) -> Path:
    path.mkdir()
    return path
