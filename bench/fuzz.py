"""Random requests to every address, as a visitor, an analyst and an administrator: none may answer 500.

Half go to the portal, half to what Django, Wagtail and allauth serve: administration, accounts, documents, health.
What the administration serves is only read.

Texts mix what people type (articles, numerals of two systems, operators of the search box, sentences of the demo)
with what nobody should (broken encodings, null characters, numbers of a thousand digits). The same seed sends the
same requests. Each engine gets its share: the embedded one, and Elasticsearch where ELASTICSEARCH_URL is set.
Prints how many were sent, failed, and took longer than a second; what failed goes to standard error.
"""

import argparse
import io
import json
import logging
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.random_texts import RandomTexts

SLOW_SECONDS = 1.0
# Percent-encoded bytes that are no UTF-8, or no encoding at all.
BROKEN_BYTES = ["%FF%FE", "%00", "%ED%A0%80", "%C0%AF", "%", "%zz", "%E7%AC"]
# Addresses that only read, and take their text by POST.
POSTED = (
    "/search/fragments/similar/",
    "/search/fragments/related/",
    "/questions/ask/preview/",
    "/search/clicked/",
)
# Pages of Wagtail's tree, which serve records below their own address.
PAGES = [
    "law/<str:slug>/",
    "law/<str:slug>/<str:address>/",
    "law/<str:slug>/compare/<str:older>/<str:newer>/",
]
PAGES += ["law/", "sessions/", "sessions/<str:number>/", "cases/", "cases/<str:number>/", "<str:slug>/"]
# Addresses whose views come with Django, Wagtail and allauth.
SUPPLIED = ("admin/", "accounts/", "_util/", "documents/", "health/", "jsi18n/", "media/")
# Raises on purpose, so that administrators of Wagtail can see their error page.
RAISING = ("admin/failwhale/",)
PLACEHOLDER = re.compile(r"<(?:(\w+):)?(\w+)>")
# Innermost groups of an address that is a regular expression.
GROUP = re.compile(r"\((?:\?P<(\w+)>)?([^()]*)\)")
REVISIONS = ["live", "earliest", "latest", "1", "2", "9" * 30]
# What the parts of an address that are called so stand for.
LIKELY = {
    "revision": REVISIONS,
    "action": ["delete", "publish", "unpublish", "move", "assign_role", "set_active_state", "add_tags"],
    "action_name": ["approve", "reject", "publish", "copy", "delete"],
    "filter_spec": ["original", "width-100", "fill-9x9", "max-0x0", "width-\u00b2", "jpegquality-999", "x|y"],
    "kind": ["csv", "xlsx", "docx"],
    "file_format": ["csv", "xlsx", "ods"],
    "uidb36": ["1", "z", "0", "9" * 30, "zzzzzzzzzzzzz", "zzzzzzzzzzzzzz"],
    "uidb64": ["MQ", "AA", "_w", "MTIz" * 20, "wrI"],
    "token": ["set-password", "abc123-0123456789abcdef"],
}
PARAMETERS = [
    "q",
    "text",
    "term",
    "name",
    "sort",
    "page",
    "go",
    "article",
    "older",
    "newer",
    "provision",
    "record",
    "keys",
    "limit",
    "kind",
    "session",
    "status",
]
PARAMETERS += [
    "year",
    "month",
    "topic",
    "document",
    "department",
    "queue",
    "when",
    "act",
    "row",
    "view",
    "days",
    "engine",
    "interface",
    "sheet",
    "next",
]
PARAMETERS += ["in_session", "me_too", "text_held", "from", "to", "lang", "priority", "facet"]
# What the administration and the accounts read.
PARAMETERS += [
    "p",
    "per_page",
    "ordering",
    "order",
    "tag",
    "collection_id",
    "page_type",
    "content_type",
    "user",
]
PARAMETERS += [
    "action",
    "timestamp",
    "timestamp_from",
    "timestamp_to",
    "id",
    "ids",
    "fields",
    "child_of",
    "type",
]
PARAMETERS += [
    "search",
    "export",
    "locale",
    "object_id",
    "has_child",
    "index",
    "login",
    "email",
    "first_publish",
]


@dataclass
class Report:
    """What came of the requests; `failures` are addresses with the error that each raised."""

    requests: int = 0
    slow: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, int]:
        return {"requests": self.requests, "errors": len(self.failures), "slow": self.slow}


def routes() -> list[str]:
    """Return every route, and those of the pages that serve records."""
    from django.urls import get_resolver

    return [*_routes(get_resolver().url_patterns, ""), *PAGES]


def _routes(patterns: Iterable[Any], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = f"{prefix}{_as_route(str(pattern.pattern))}"
        if hasattr(pattern, "url_patterns"):
            yield from _routes(pattern.url_patterns, route)
        elif "*" not in route and route not in RAISING:
            yield route


def _as_route(pattern: str) -> str:
    """Return a pattern with placeholders for the groups of a regular expression; one that takes any text keeps `*`."""
    if not pattern.startswith("^") and "(?P<" not in pattern:
        return pattern
    return GROUP.sub(_as_placeholder, pattern).strip("^$").replace("\\.", ".")


def _as_placeholder(group: re.Match[str]) -> str:
    name, expression = group.groups()
    if "|" in expression:
        return "<str:revision>"
    return f"<int:{name or 'pk'}>" if expression == r"\d+" else f"<str:{name or 'text'}>"


class Requests:
    """Draws addresses; `numbers` are permanent numbers, slugs and keys of records that exist."""

    def __init__(self, seed: int, sentences: list[str], numbers: list[str]) -> None:
        self.draw = random.Random(seed)
        self.texts = RandomTexts(self.draw, sentences, numbers)
        self.numbers = numbers
        every = routes()
        self.supplied = [route for route in every if route.startswith(SUPPLIED)]
        self.own = [route for route in every if not route.startswith(SUPPLIED)]
        self.models = _models()

    def address(self) -> tuple[str, str, bool]:
        """Return path, query string (both quoted) and whether the query is to be posted."""
        route = self.draw.choice(self.draw.choice((self.own, self.supplied)))
        app_label, model_name = self.draw.choice(self.models)
        # A model is found only by both of its names.
        route = re.sub(r"<\w+:\w*app_(?:label|name)>", app_label, route)
        path = "/" + PLACEHOLDER.sub(self._part, re.sub(r"<\w+:\w*model_name>", model_name, route))
        names = self.draw.sample(PARAMETERS, self.draw.choice((1, 1, 2, 3, 5)))
        # Most pages read the first two, and only some of them anything else.
        names += [name for name in ("q", "text") if self.draw.random() < 0.4]
        query = "&".join(f"{name}={self._quoted(self.texts.draw_text())}" for name in names)
        return path, query, path in POSTED and self.draw.random() < 0.5

    def _part(self, placeholder: re.Match[str]) -> str:
        kind, name = placeholder.groups()
        if kind == "int":
            return self.draw.choice(["1", "2", "3", "0", "99", "9" * 18, "9" * 40])
        existing = LIKELY.get(name, self.numbers)
        is_existing = bool(existing) and self.draw.random() < 0.5
        value = self.draw.choice(existing) if is_existing else self.texts.draw_text()[:80]
        return self._quoted(value.replace("/", "-")) or "x"

    def _quoted(self, text: str) -> str:
        raw = self.draw.choice(BROKEN_BYTES) if self.draw.random() < 0.03 else ""
        return quote(text, safe="", errors="surrogatepass") + raw


def _models() -> list[tuple[str, str]]:
    """Return app label and name of every model, ordered alike in every run."""
    from django.apps import apps

    return sorted((model._meta.app_label, model._meta.model_name or "") for model in apps.get_models())


def send(requests: Requests, count: int, clients: list[Any], report: Report) -> None:
    """Send requests by one client after the other, and note what raises, answers 500 or is slow.

    The last of `clients` is the administrator, for whom two of three requests to the administration are.
    """
    for number in range(count):
        path, query, is_posted = requests.address()
        client = clients[number % len(clients)]
        if path.startswith("/admin/") and number % 3:
            client = clients[-1]
        started = time.perf_counter()
        try:
            if is_posted:
                form = "application/x-www-form-urlencoded"
                status = client.post(path, data=query.encode(), content_type=form).status_code
            else:
                status = client.get(path, QUERY_STRING=query).status_code
            error = f"{status}" if status >= 500 else ""
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"
        report.requests += 1
        report.slow += time.perf_counter() - started > SLOW_SECONDS
        if error:
            report.failures.append((f"{'POST' if is_posted else 'GET'} {path}?{query}"[:2000], error[:500]))


def existing_numbers() -> list[str]:
    """Return numbers, slugs and keys by which the records of the database are addressed."""
    from casebank.models import TypicalCase
    from courses.models import TrainingSession
    from inquiry.models import Dossier, IdentityRequest, Question, QuestionCluster
    from norms.models import NormativeDocument, Provision
    from portal.org.models import Assignment, Notification

    numbers = [
        number
        for model in (Question, QuestionCluster, Dossier, TypicalCase, TrainingSession)
        for number in model._default_manager.values_list("number", flat=True)[:20]
    ]
    numbers += NormativeDocument.objects.values_list("slug", flat=True)[:20]
    numbers += [
        str(pk)
        for model in (Assignment, Notification, IdentityRequest)
        for pk in model._default_manager.values_list("pk", flat=True)[:3]
    ]
    numbers += [f"question:{pk}" for pk in Question.objects.values_list("pk", flat=True)[:5]]
    return [*numbers, *map(str, Provision.objects.values_list("pk", flat=True)[:5]), "2024-03-01", "undated"]


def fuzz(count: int, seed: int, engines: Iterable[str]) -> Report:
    """Send requests to the configured database, a share of them for each engine, whose index is built first."""
    from django.conf import settings
    from django.test import Client

    from bench.sentences import read_sentences
    from search.engines.configured import get_engine
    from search.indexing.rebuilding import rebuild

    report, names = Report(), list(engines)
    requests = Requests(seed, read_sentences(()), existing_numbers())
    for name in names:
        settings.SEARCH_ENGINES = [name]
        rebuild(get_engine())
        clients = [Client(), *map(_signed_in, (_analyst(), _administrator()))]
        send(requests, count // len(names), clients, report)
    return report


def _analyst() -> Any:
    from portal.org.models import User

    return User.objects.filter(groups__name="analyst").first() or _administrator()


def _administrator() -> Any:
    from portal.org.models import User

    person, _ = User.objects.get_or_create(username="fuzz", defaults={"is_superuser": True})
    return person


def _signed_in(person: Any) -> Any:
    from django.test import Client

    client = Client()
    client.force_login(person)
    return client


def _prepare_database() -> None:
    """Set Django up on a database of its own, filled with the demo."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    call_command("load_demo", stdout=io.StringIO(), stderr=io.StringIO())
    # After the demo, which enables logging again: every address that is not there would be a line.
    logging.disable(logging.CRITICAL)


def _configured_engines(folder: str) -> list[str]:
    """Configure the embedded engine in `folder`, and Elasticsearch where `ELASTICSEARCH_URL` names it; return their names."""
    from django.conf import settings

    settings.SEARCH_INDEX_DIR = Path(folder)
    hosts = os.environ.get("ELASTICSEARCH_URL", "")
    if not hosts:
        return ["embedded"]
    settings.SEARCH_ELASTICSEARCH = settings.SEARCH_ELASTICSEARCH | {
        "hosts": tuple(hosts.split(",")),
        "prefix": "bench-fuzz",
        "replicas": 0,
        "timeout": 20.0,
    }
    return ["embedded", "elastic"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    _prepare_database()
    with tempfile.TemporaryDirectory() as folder:
        report = fuzz(options.requests, options.seed, _configured_engines(folder))
    for address, error in report.failures:
        print(f"{error}\n    {address}", file=sys.stderr)
    figures = report.as_json()
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:10}{value}")


if __name__ == "__main__":
    main()
