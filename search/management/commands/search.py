"""Searches from the command line, for people and scripts."""

import json
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.org.models import User
from portal.org.rules import audience_tokens
from search.analytics.tracing import trace_search
from search.answers.jumping import search_with_target
from search.answers.results import SearchHit
from search.engines.base import MAX_WINDOW, SearchUnavailable
from search.enums import Interface
from search.facets import FACET_NAMES, codes_named
from search.kinds import DOCUMENT_KINDS
from search.page.parameters import clean
from search.plan import DATE, RELEVANCE
from search.query.highlighting import plain
from search.query.parsing import SearchQuery


class Command(BaseCommand):
    help = "Searches what the given person may see; without --as, what a signed-out visitor may see."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", nargs="?", default="", help="the query; without one, the newest first")
        parser.add_argument("--limit", type=int, default=10)
        parser.add_argument("--as", dest="username", default="", metavar="USERNAME")
        parser.add_argument("--sort", choices=[RELEVANCE, DATE], default=RELEVANCE)
        parser.add_argument("--json", action="store_true", help="one JSON object on a line for each hit")
        parser.add_argument(
            "--no-trace", action="store_true", help="for scripts that try or measure searches"
        )
        for facet in FACET_NAMES:
            choices = list(DOCUMENT_KINDS) if facet == "kind" else None
            parser.add_argument(
                f"--{facet}", action="append", default=[], choices=choices, help="may be repeated"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["limit"] <= MAX_WINDOW:
            raise CommandError(f"--limit must be between 1 and {MAX_WINDOW}.")
        query = SearchQuery(
            text=clean(options["text"]),
            filters=tuple((facet, _values(facet, options[facet])) for facet in FACET_NAMES),
            sort=options["sort"],
            limit=options["limit"],
        )
        try:
            result = search_with_target(query, audience_tokens(_person(options["username"])))
        except SearchUnavailable:
            raise CommandError("There is no search index yet. Run: ./run manage rebuild_index") from None
        if not options["no_trace"]:
            trace_search(query, result, interface=Interface.COMMAND)
        for hit in result.hits:
            self.stdout.write(as_json(hit) if options["json"] else as_text(hit))
        if not options["json"]:
            self.stderr.write(f"{result.total} hits, {result.milliseconds:.0f} ms")


def _values(facet: str, written: list[str]) -> tuple[str, ...]:
    """Return facet values, by code or by name; what is neither is kept and matches nothing."""
    return tuple(code for text in written for code in codes_named(facet, text) or (text,))


def _person(username: str) -> User | AnonymousUser:
    if not username:
        return AnonymousUser()
    try:
        return User.objects.get(username=username, is_active=True)
    except User.DoesNotExist:
        raise CommandError(f"There is no active account named {username!r}.") from None


def as_json(hit: SearchHit) -> str:
    """Return a hit as a JSON object on one line; scripts rely on its keys."""
    return json.dumps(
        {
            "rank": hit.rank,
            "kind": hit.document.kind,
            "number": hit.document.number,
            "title": hit.document.title,
            "url": hit.document.url,
            "score": hit.score,
            "snippet": plain(hit.snippet) or hit.document.title,
        },
        ensure_ascii=False,
    )


def as_text(hit: SearchHit) -> str:
    """Return a hit as three lines: what it is, its address, an excerpt."""
    document = hit.document
    return (
        f"{hit.rank:>3}  {document.kind:<9} {document.number}  {document.title}\n"
        f"     {document.url}\n     {plain(hit.snippet)}"
    )
