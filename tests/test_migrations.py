"""Few migrations, after those of the packages that the portal is built on, so that a new database is made in seconds."""

from __future__ import annotations

from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor

from tests.conftest import OWN_PACKAGES

# Wagtail's first migrations refer to people.
FIRST = ("org", "0001_user")


def planned():
    """Return the migrations of a new database in their order, each with whether it is ours."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    return [
        (migration, type(migration).__module__.split(".")[0] in OWN_PACKAGES)
        for migration, _backwards in plan
    ]


def test_ours_come_after_all_others(db):
    own = [is_own for migration, is_own in planned() if (migration.app_label, migration.name) != FIRST]
    assert own == sorted(own)


def test_first_rows_are_added_in_one_step(db):
    steps = [
        f"{migration.app_label}.{migration.name}"
        for migration, is_own in planned()
        if is_own and any(isinstance(operation, RunPython) for operation in migration.operations)
    ]
    assert steps == ["home.0002_first_rows"]
