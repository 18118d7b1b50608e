"""Make room for a new database where `migrate` cannot bring the present one up to date."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal.foundation.earlier_data import DataNotMovedError, rewritten_migrations, set_data_aside


class Command(BaseCommand):
    """Prints nothing where there is nothing to do; `./run demo` calls it before it migrates."""

    help = "Set the data of an earlier version aside if its migrations have been rewritten since."
    # The checks of some apps read tables, which an earlier database has in another form.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        database = self._database_file()
        if database is not None and not database.exists():
            return
        reasons = rewritten_migrations(connection)
        if not reasons:
            return
        more = f" ({len(reasons) - 1} more reasons)" if len(reasons) > 1 else ""
        reason = f"The migrations of this database have been rewritten since it was made. {reasons[0]}{more}"
        if database is None:
            raise CommandError(f"{reason}\nMake a new database and name it in TONGTANG_DATABASE_URL.")
        connection.close()
        try:
            path = set_data_aside(database, now=dt.datetime.now())
        except DataNotMovedError as error:
            raise CommandError(
                f"{reason}\n{error} Nothing was moved. A mount point and a folder on another volume stay where they "
                "are: empty or unmount it by hand, or name another folder for new data in TONGTANG_DATA_DIR."
            ) from error
        self.stdout.write(
            f"{reason}\nIt was set aside as {path}, with its uploads, exports and index in the same folder. "
            "Nothing was deleted; a new one is made."
        )

    def _database_file(self) -> Path | None:
        """Return the file of an SQLite database; None where another server holds the data."""
        return Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None
