"""Data of an earlier version of the portal whose migrations have been rewritten since.

Until the first release migrations may be rewritten, so `migrate` cannot bring every earlier database up to date. Such a
database is recognised by what it recorded and by its tables, and is set aside whole: nothing is deleted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.loader import MigrationLoader
from django.db.models import AutoField, Model, UUIDField

# SQLite keeps what is not yet in the main file in these, and reads them with it only under the same name.
SQLITE_COMPANIONS = ("-wal", "-shm", "-journal")


class DataNotMovedError(Exception):
    """A part of the data cannot be moved; everything is where it was. The message says which part and why."""


def rewritten_migrations(connection: BaseDatabaseWrapper) -> list[str]:
    """Return why `migrate` cannot bring the database up to date, one sentence for each reason; empty where it can.

    Only the portal's own apps are looked at, since those of others do not rewrite theirs.
    """
    loader = MigrationLoader(connection)
    labels = {config.label for config in _own_apps()}
    if reasons := list(_missing_migrations(loader, labels)):
        return reasons
    try:
        loader.check_consistent_history(connection)
    except InconsistentMigrationHistory as error:
        return [str(error)]
    return list(_table_differences(connection, loader, labels))


def set_data_aside(database: Path, *, now: dt.datetime) -> Path:
    """Move the database with its uploads, exports and index into a folder beside it, and return its new path.

    The folder is named for `now` and is a data folder of its own: the version that made it can go on with it.
    Raises DataNotMovedError, with everything in its old place, where a part is a mount point or on another volume.
    """
    folder = _new_folder(database.parent / f"earlier-{now:%Y-%m-%d-%H%M%S}")
    paths = [
        Path(settings.MEDIA_ROOT),
        Path(settings.PRIVATE_ROOT),
        Path(settings.SEARCH_INDEX_DIR),
        database,
    ]
    paths += [database.with_name(database.name + ending) for ending in SQLITE_COMPANIONS]
    _move_all([path for path in paths if path.exists()], folder)
    return folder / database.name


def _move_all(paths: list[Path], folder: Path) -> None:
    """Move all of the paths into a folder, or none. Raises DataNotMovedError."""
    moved: list[Path] = []
    for path in paths:
        try:
            path.rename(folder / path.name)
        except OSError as error:
            for earlier in reversed(moved):
                (folder / earlier.name).rename(earlier)
            folder.rmdir()
            raise DataNotMovedError(
                f"{path} cannot be moved to {folder.parent}: {error.strerror}."
            ) from error
        moved.append(path)


def _own_apps() -> list[AppConfig]:
    # A package of the portal is a folder of the repository; the environment may lie in it, too, but deeper.
    return [
        config
        for config in apps.get_app_configs()
        if (settings.BASE_DIR / config.name.partition(".")[0]).is_dir()
    ]


def _missing_migrations(loader: MigrationLoader, labels: set[str]) -> Iterator[str]:
    # A squashed migration names those that it replaces: they may be recorded and gone.
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    for label, name in sorted(loader.applied_migrations):
        if label in labels and (label, name) not in loader.disk_migrations and (label, name) not in replaced:
            yield f"Migration {label}.{name} is recorded but no longer there."


def _table_differences(
    connection: BaseDatabaseWrapper, loader: MigrationLoader, labels: set[str]
) -> Iterator[str]:
    """Yield where tables differ from what the recorded migrations make: one was rewritten under its name."""
    recorded = [key for key in loader.applied_migrations if key in loader.graph.nodes]
    state = loader.project_state(recorded)
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in state.apps.get_models(include_auto_created=True):
            if model._meta.app_label not in labels or not model._meta.managed or model._meta.proxy:
                continue
            table = model._meta.db_table
            if table not in tables:
                yield f"Table {table} is missing."
                continue
            described = connection.introspection.get_table_description(cursor, table)
            columns = {column.name for column in described}
            expected = {str(field.column) for field in model._meta.local_concrete_fields}
            if columns != expected:
                yield f"Table {table} differs in {', '.join(sorted(columns ^ expected))}."
            elif _key_differs(connection, model, described):
                yield f"The key of table {table} is of another type."
            elif absent := _constraint_names(model) - set(
                connection.introspection.get_constraints(cursor, table)
            ):
                yield f"Table {table} lacks {', '.join(sorted(absent))}."


def _key_differs(connection: BaseDatabaseWrapper, model: type[Model], columns: Iterable[Any]) -> bool:
    """Tell whether a table counts its keys where the model has random ones, or the other way round."""
    key = model._meta.pk
    # Other kinds of keys, such as the one to a parent that pages have, are not looked at.
    if not isinstance(key, AutoField | UUIDField):
        return False
    types = [
        str(connection.introspection.get_field_type(column.type_code, column))
        for column in columns
        if column.name == key.column
    ]
    # SQLite keeps a random key as text: databases agree only on what is a whole number.
    is_counted = any("Integer" in name or "Auto" in name for name in types)
    return is_counted != isinstance(key, AutoField)


def _constraint_names(model: type[Model]) -> set[str]:
    return {item.name for item in (*model._meta.constraints, *model._meta.indexes) if item.name}


def _new_folder(path: Path) -> Path:
    count = 1
    folder = path
    while True:
        try:
            folder.mkdir()
        except FileExistsError:
            count += 1
            folder = path.with_name(f"{path.name}-{count}")
        else:
            return folder
