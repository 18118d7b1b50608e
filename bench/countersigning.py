"""Races of countersigning: what two people do to one text at the same moment, on SQLite and on PostgreSQL.

Each round opens a matter of three offices, brings it to signing and lets two threads, each with a connection of its own,
act at once. After each round the database is asked what stands. Prints a line for each race and database, or with
`--json` an object; ends with 1 where a party has two standing signatures, a signature stands under a text that was
replaced, or a matter is settled without all signatures.

PostgreSQL is the server of `TONGTANG_TEST_DATABASE_URL`, on which a database is made and dropped, else one that is
started for the run, where it is installed; without either its races are left out, which standard error says.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import glob
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from deliberation.models import Matter
    from tests.factories.deliberation import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
Act = Callable[[], object]
FAULTS = ("double_signatures", "signatures_on_stale_versions", "frozen_incomplete")


@dataclass
class Result:
    """What came of all rounds of one race on one database; the last three are to be zero."""

    race: str
    database: str
    rounds: int = 0
    signed: int = 0
    refused: int = 0
    frozen: int = 0
    double_signatures: int = 0
    signatures_on_stale_versions: int = 0
    frozen_incomplete: int = 0

    @property
    def is_sound(self) -> bool:
        return not any(getattr(self, name) for name in FAULTS)


# The races: each prepares a matter that is being signed and returns it with two acts ---------------------------------


def two_signatories(table: Table) -> tuple[Matter, list[Act]]:
    """Two signatories of one department, whose signature is the last one."""
    from tests.factories.org import UserFactory

    if len(table.signatories) == len(table.offices):
        table.signatories.append(UserFactory(roles=["signatory"], office=table.offices[0]))
    matter = ready(table, signed=(1, 2))
    second = table.signatories[-1]
    return matter, [lambda: table.sign(matter, 0), lambda: table.sign(matter, 0, actor=second)]


def signing_while_a_version_is_put(table: Table) -> tuple[Matter, list[Act]]:
    """The last signature, and another text."""
    from deliberation.services.matters import put_version

    matter = ready(table, signed=(1, 2))
    read = matter.current
    texts = {"title": matter.title, "markdown": f"{read.markdown}\n\n第四条 本意见自会签之日起施行。"}
    return matter, [
        lambda: table.sign(matter, 0, version=read),
        lambda: put_version(matter=matter, after=read, actor=table.host, **texts),
    ]


def last_two_signatures(table: Table) -> tuple[Matter, list[Act]]:
    """The last two signatures of different departments."""
    matter = ready(table, signed=(2,))
    return matter, [lambda: table.sign(matter, 0), lambda: table.sign(matter, 1)]


def withdrawing_while_the_last_signs(table: Table) -> tuple[Matter, list[Act]]:
    """A party withdraws, and the last one signs."""
    from deliberation.services.signing import withdraw_signature

    matter = ready(table, signed=(1, 2))
    signature = matter.current.signatures.get(party__place=2)
    reason = {"reason": "另有意见", "actor": table.signatories[1]}
    return matter, [
        lambda: table.sign(matter, 0),
        lambda: withdraw_signature(signature=signature, **reason),
    ]


def deputation_that_ends(table: Table) -> tuple[Matter, list[Act]]:
    """A deputy signs as the last one, and the principal ends the deputation."""
    from django.utils import timezone

    from deliberation.services.deputations import end_deputation, give_deputation
    from portal.org.models import User
    from tests.factories.org import UserFactory

    deputy = User.objects.filter(username="deputy").first()
    deputy = deputy or UserFactory(username="deputy", office=table.offices[0])
    matter, today = ready(table, signed=(1, 2)), timezone.localdate()
    principal = table.signatories[0]
    deputation = give_deputation(
        deputy=deputy, since=today, until=today + dt.timedelta(days=1), matter=matter, actor=principal
    )
    return matter, [
        lambda: table.sign(matter, 0, actor=deputy, deputation=deputation),
        lambda: end_deputation(deputation=deputation, actor=principal),
    ]


RACES = (
    two_signatories,
    signing_while_a_version_is_put,
    last_two_signatures,
    withdrawing_while_the_last_signs,
    deputation_that_ends,
)


def ready(table: Table, *, signed: tuple[int, ...]) -> Matter:
    """Return a matter that is being signed, with the signatures of the parties at some places."""
    # A session plan: an agreement would fill the law library, which the race is not about.
    matter = table.ready("session_plan", title="第三期同堂培训方案")
    for place in signed:
        table.sign(matter, place)
    matter.refresh_from_db()
    return matter


def play(race: Callable[[Table], tuple[Matter, list[Act]]], table: Table, result: Result) -> None:
    """Play one round, and add to the result what came of it."""
    from django.core.exceptions import PermissionDenied, ValidationError

    from tests.waiting import at_once

    def outcome(act: Act) -> bool:
        try:
            act()
        except (PermissionDenied, ValidationError):
            return False
        return True

    matter, acts = race(table)
    before = count_signatures(matter)
    done = at_once(*(lambda act=act: outcome(act) for act in acts))
    matter.refresh_from_db()
    result.rounds += 1
    result.signed += count_signatures(matter) - before
    result.refused += done.count(False)
    judge(matter, result)


def count_signatures(matter: Matter) -> int:
    from deliberation.models import Countersignature

    return Countersignature.objects.filter(version__matter=matter).count()


def judge(matter: Matter, result: Result) -> None:
    """Add to a result whether the matter is settled, and what is wrong with its signatures."""
    from django.db.models import Count, F

    from deliberation.enums import MatterStatus
    from deliberation.models import Countersignature
    from deliberation.selectors.matters import signing_parties

    standing = Countersignature.objects.standing().filter(version__matter=matter)
    of_party = standing.order_by().values("version", "party").annotate(count=Count("pk"))
    result.double_signatures += of_party.filter(count__gt=1).count()
    by_ended = standing.filter(deputation__ended_at__lt=F("recorded_at"))
    result.signatures_on_stale_versions += standing.exclude(version=matter.current).count() + by_ended.count()
    if matter.status != MatterStatus.FROZEN:
        return
    result.frozen += 1
    signed = set(standing.counting().filter(digest=matter.digest).values_list("party", flat=True))
    needed = {party.pk for party in signing_parties(matter)}
    is_intact = matter.current.computed_digest() == matter.digest
    result.frozen_incomplete += not (is_intact and needed <= signed)


# Databases ------------------------------------------------------------------------------------------------------------


def run_here(database: str, rounds: int) -> list[Result]:
    """Play all races on the database that the environment names, in this process."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings.dev"
    os.environ["TONGTANG_LOG_LEVEL"] = "ERROR"
    import django

    django.setup()
    from django.core.management import call_command

    from tests.factories.deliberation import make_table

    call_command("migrate", verbosity=0)
    table = make_table()
    results = []
    for race in RACES:
        result = Result(race.__name__, database)
        for _round in range(rounds):
            play(race, table, result)
        results.append(result)
    return results


def run_apart(database: str, rounds: int, **variables: str) -> list[Result]:
    """Play all races in a process of their own, since Django has one database in a process."""
    command = [sys.executable, __file__, "--rounds", str(rounds), "--here", database]
    with tempfile.TemporaryDirectory(prefix="tongtang-races-") as folder:
        environment = {name: value for name, value in os.environ.items() if name != "TONGTANG_DATABASE_URL"}
        environment |= {"TONGTANG_DATA_DIR": folder, **variables}
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return [Result(**json.loads(line)) for line in done.stdout.splitlines()]


@contextlib.contextmanager
def postgresql() -> Iterator[str | None]:
    """Yield the address of a new database on PostgreSQL, None where there is no server and none can be started."""
    with contextlib.ExitStack() as stack:
        server = os.environ.get("TONGTANG_TEST_DATABASE_URL") or stack.enter_context(started_server())
        if server is None:
            yield None
            return
        import psycopg

        name = f"tongtang_races_{os.getpid()}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
            try:
                yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
            finally:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def started_server() -> Iterator[str | None]:
    """Yield the address of a server that is started for the run, None where PostgreSQL is not installed."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    programs = Path(folders[-1]) if folders else Path(shutil.which("initdb") or "").parent
    if not (programs / "initdb").exists():
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="tongtang-postgres-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        # PostgreSQL refuses to run for root.
        as_postgres: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            as_postgres = ["runuser", "-u", "postgres", "--"]
        control = [*as_postgres, programs / "pg_ctl", "-D", f"{folder}/data", "-w"]
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
        data = ["-D", f"{folder}/data", "-U", "tongtang", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*as_postgres, programs / "initdb", *data], **quiet)
        subprocess.run([*control, "-l", f"{folder}/log", "-o", options, "start"], **quiet)
        try:
            yield f"postgres://tongtang@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)


def run_all(rounds: int, databases: list[str]) -> Iterator[Result]:
    """Yield the results of all races, database by database."""
    if "sqlite" in databases:
        yield from run_apart("sqlite", rounds)
    if "postgresql" in databases:
        with postgresql() as address:
            if address is None:
                print("PostgreSQL: left out, since it is not installed.", file=sys.stderr)
                return
            yield from run_apart("postgresql", rounds, TONGTANG_DATABASE_URL=address)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=200, help="of each race; 200 unless told")
    parser.add_argument(
        "--database", action="append", choices=("sqlite", "postgresql"), help="both unless told"
    )
    parser.add_argument("--json", action="store_true", help="print an object for each race and database")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        for result in run_here(options.here, options.rounds):
            print(json.dumps(asdict(result)))
        return
    results = []
    for result in run_all(options.rounds, options.database or ["sqlite", "postgresql"]):
        results.append(result)
        line = "{database}, {race}: {rounds} rounds, {signed} signed, {refused} refused, {frozen} frozen; "
        line += (
            "{double_signatures} double, {signatures_on_stale_versions} stale, {frozen_incomplete} incomplete"
        )
        values = asdict(result)
        print(json.dumps(values) if options.json else line.format_map(values), flush=True)
    sys.exit(not all(result.is_sound for result in results))


if __name__ == "__main__":
    main()
