"""What each page sends when there are very many records: bytes, seconds and statements of SQL.

Every address of the portal and of the administration that a reader can open is asked for, as an administrator, an
analyst and a trainee, on a database of its own (`bench/large_data` says what is in it). Prints the largest first;
`--json` prints one object for each page.
"""

import argparse
import json
import logging
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

PLACEHOLDER = re.compile(r"<(?:(\w+):)?(\w+)>")
# What trainees are shown otherwise than analysts.
OF_TRAINEES = ("/me/", "/questions/", "/clusters/", "/dossiers/", "/fragments/")
# Serve one thing to scripts or programs, or raise on purpose.
LEFT_OUT = re.compile(
    r"^(admin/(failwhale|sprite|api|jsi18n|logout|embeds)|health/|jsi18n|accounts/logout|_util)"
)

# What a page may send, and how often it may ask the database. A text of the law is one page while it can be.
MAX_KILOBYTES = 700
MAX_LAW_KILOBYTES = 2_800
# The form of a session has sixty activities at most, of 16 KB each.
MAX_SESSION_FORM_KILOBYTES = 1_200
# Twenty own questions with the chain of each take most.
MAX_STATEMENTS = 320


@dataclass(frozen=True, slots=True)
class Measure:
    """One answer; `statements` counts those of SQL."""

    reader: str
    address: str
    status: int
    kilobytes: float
    seconds: float
    statements: int


def bound_of(address: str) -> int:
    """Return how many kilobytes the page at an address may send."""
    if address.startswith("/admin/sessions/edit/"):
        return MAX_SESSION_FORM_KILOBYTES
    return MAX_LAW_KILOBYTES if address.startswith("/law/") else MAX_KILOBYTES


def addresses(data: Any) -> list[str]:
    """Return every address that stands for a page, with the parts of those records that have grown."""
    from bench.fuzz import routes

    paths = {
        filled
        for route in routes()
        if not LEFT_OUT.match(route) and (filled := _filled(route, data)) is not None
    }
    return sorted(f"/{path}" for path in (*paths, *_with_query(data)))


def _with_query(data: Any) -> Iterator[str]:
    """Yield addresses whose query decides what they send."""
    article = data.document.versions.get(is_current=True).provisions.articles().first()
    yield f"search/fragments/cited-by/?provision={article.pk}"
    yield f"search/fragments/similar/?record=cluster:{data.cluster.pk}&limit=9999"
    yield f"questions/?session={data.session.number}"
    yield "desk/?queue=all"
    yield "desk/?queue=ungrouped"
    yield f"desk/{data.question.number}/?act=group&queue=all"
    yield f"desk/{data.question.number}/?act=refine&queue=all"
    yield "search/?q=减刑"
    yield "search/?q=减刑&kind=question"
    for path in ("admin/users/", "admin/synonyms/", "admin/topics/", "admin/norms/", "admin/search-queue/"):
        yield f"{path}?per_page=99999&export="


def _filled(route: str, data: Any) -> str | None:
    """Return a route with keys and numbers of `data`; None where it has a part that nothing here stands for."""
    parts = _parts(route, data)
    if any(name not in parts for _kind, name in PLACEHOLDER.findall(route)):
        return None
    return PLACEHOLDER.sub(lambda match: str(parts[match[2]]), route)


def _parts(route: str, data: Any) -> dict[str, Any]:
    version = data.document.versions.get(is_current=True)
    older = data.document.versions.exclude(is_current=True).first()
    common = {
        "slug": data.document.slug,
        "address": older.address,
        "older": older.address,
        "newer": version.address,
        "kind": "csv",
        "file_format": "csv",
    }
    numbers = {
        "clusters/": data.cluster.number,
        "dossiers/": data.dossier.number,
        "sessions/": data.session.number,
        "fragments/sessions/": data.session.number,
        "fragments/cases/": data.case.number,
        "cases/": data.case.number,
        "questions/ask/": data.session.number,
        "questions/": data.question.number,
        "desk/": data.question.number,
    }
    for prefix, number in sorted(numbers.items(), key=lambda pair: -len(pair[0])):
        if route.startswith(prefix):
            common["number"] = number
            break
    common["question"] = data.question.number
    key = _primary_key(route, data)
    if key is not None:
        common["pk"] = key
    if route.startswith(("admin/pages/", "admin/choose-page/")):
        common |= {"page_id": 2, "parent_page_id": 2}
    return common


def _primary_key(route: str, data: Any) -> Any:
    """Return the key of a record for the routes that take one."""
    from django.apps import apps

    from inquiry.models import CategoryMapping, IdentityRequest
    from portal.org.models import AccountApproval, Assignment, Department, Topic
    from search.models import Synonym

    firsts: dict[str, Any] = {
        "secrecy-review/": apps.get_model("inquiry.HeldSubmission"),
        "identity-requests/": IdentityRequest,
        "me/assignments/": Assignment,
        "me/notifications/": apps.get_model("org.Notification"),
        "admin/people/approvals/": AccountApproval,
        "admin/synonyms/": Synonym,
        "admin/category-mappings/": CategoryMapping,
        "admin/topics/": Topic,
        "admin/departments/": Department,
        "admin/offices/": apps.get_model("org.Office"),
        "admin/case-kinds/": apps.get_model("casebank.CaseKind"),
        "admin/groups/": apps.get_model("auth.Group"),
        "admin/users/": apps.get_model("org.User"),
        "law/_/cited-by/": None,
    }
    records = {
        "admin/norms/": data.document,
        "admin/sessions/": data.session,
        "admin/snippets/casebank/typicalcase/": data.case,
        "admin/people/": data.trainee,
    }
    if route.startswith("law/_/"):
        return data.document.versions.get(is_current=True).provisions.articles().first().pk
    if "/clauses/" in route:
        return data.dossier.clauses.first().pk
    if "/items/" in route:
        return data.dossier.items.first().pk
    if "/exports/" in route:
        return data.dossier.exports.first().pk
    if "/merges/" in route:
        return data.cluster.merges_received.first().pk
    for prefix, model in firsts.items():
        if route.startswith(prefix):
            return model._default_manager.first().pk
    return next((record.pk for prefix, record in records.items() if route.startswith(prefix)), None)


def measure(data: Any) -> Iterator[Measure]:
    """Ask for every address as each reader and yield what came; refusals and redirects are left out.

    What an analyst is shown, an administrator sees as well: that is asked for once.
    """
    all_addresses, answered = addresses(data), set[str]()
    for reader in ("administrator", "analyst", "trainee"):
        client = signed_in(getattr(data, reader))
        for address in all_addresses:
            if reader == "analyst" and address in answered:
                continue
            if reader != "administrator" and address.startswith("/admin"):
                continue
            if reader == "trainee" and not address.startswith(OF_TRAINEES):
                continue
            answer = measured(client, reader, address)
            if answer.status not in (301, 302, 403, 404, 405):
                answered.add(address)
                yield answer


def signed_in(person: Any) -> Any:
    from django.test import Client

    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def measured(client: Any, reader: str, address: str) -> Measure:
    """Ask for one address by GET and measure the answer."""
    from django.db import connection

    statements = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(sql, params, many, context)

    started = time.perf_counter()
    with connection.execute_wrapper(count):
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
    elapsed = time.perf_counter() - started
    size = round(len(body) / 1024, 1)
    return Measure(reader, address, response.status_code, size, round(elapsed, 2), statements)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument(
        "--above", type=float, default=0, metavar="KILOBYTES", help="leave out smaller answers"
    )
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment

    from bench.large_data import make_large_data

    setup_test_environment()
    logging.disable(logging.CRITICAL)
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    started = time.perf_counter()
    data = make_large_data()
    print(f"made in {time.perf_counter() - started:.1f} s", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        settings.SEARCH_INDEX_DIR = Path(folder)
        _index()
        rows = sorted(measure(data), key=lambda row: -row.kilobytes)
    for row in rows:
        if row.kilobytes >= options.above:
            print(json.dumps(asdict(row), ensure_ascii=False) if options.json else _line(row))


def _index() -> None:
    from search.engines.configured import get_engine
    from search.indexing.rebuilding import rebuild

    rebuild(get_engine())


def _line(row: Measure) -> str:
    return (
        f"{row.kilobytes:10.1f} KB {row.seconds:7.2f} s {row.statements:6} SQL  {row.status}"
        f"  {row.reader:14}{row.address}"
    )


if __name__ == "__main__":
    main()
