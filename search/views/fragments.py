"""Pieces of pages that other apps fetch: they never import search.

Of these only searches that choose records are traced: what is compared while a question is typed is a draft.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from norms.models import Provision
from norms.selectors import cited_by
from portal.org.rules import audience_tokens
from search.analytics.tracing import trace_search
from search.answers.jumping import target_first
from search.answers.results import SearchHit
from search.answers.searching import find_document
from search.answers.significant import significant_terms
from search.answers.similar import related, similar
from search.answers.suggesting import suggest_queries, suggest_titles
from search.engines.base import SearchUnavailable
from search.enums import Interface
from search.kinds import DOCUMENT_KINDS, kind_label
from search.page.parameters import clean, read_query
from search.page.presenting import present_rows
from search.page.urls import with_value
from search.query.parsing import MAX_CHARACTERS, SearchQuery
from search.rules import can_see_significant_terms, can_see_similar

SHORTEST = 4
# A title of so many characters says what its record asks.
TELLING = 10
MAX_RESULTS = 10
KINDS = frozenset(code for code, kind in DOCUMENT_KINDS.items() if kind.is_collectable)


@require_http_methods(["GET", "HEAD", "POST"])
def similar_fragment(request: HttpRequest) -> HttpResponse:
    """What is like a text, or like a record; POST keeps what is being typed out of addresses and logs."""
    if not can_see_similar(request.user):
        return HttpResponse(status=204)
    text, own = _asked(request, in_short=True)
    kinds = _kinds(request, ("question",))
    rows = []
    if len(text) >= SHORTEST:
        rows = present_rows(
            _or_nothing(similar, text, request, kinds=kinds, without=own, limit=_limit(request, 5)),
            tickable="name" in _data(request),
        )
    context = {
        "rows": rows,
        "several_kinds": len(kinds) > 1,
        "with_me_too": "me_too" in _data(request),
        "name": _data(request).get("name", "")[:40],
    }
    return render(request, "search/fragments/similar.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def related_fragment(request: HttpRequest) -> HttpResponse:
    text, own = _asked(request)
    rows = []
    if len(text) >= SHORTEST:
        kinds = _kinds(request, ("provision",))
        hits = _or_nothing(related, text, request, kinds=kinds, without=own, limit=_limit(request, 5))
        # Only provisions come here: their kind and department would be the same in each row.
        rows = [
            dataclasses.replace(row, kind="", number="", department=None, seals=[])
            for row in present_rows(hits)
        ]
    return render(request, "search/fragments/related.html", {"rows": rows})


@require_safe
def cited_by_fragment(request: HttpRequest) -> HttpResponse:
    written = request.GET.get("provision", "")
    provision = get_object_or_404(Provision, pk=int(written) if written.isdigit() else 0)
    context = {"provision": provision, "groups": cited_by(provision, request.user)}
    return render(request, "search/fragments/cited_by.html", context)


@require_safe
def pick_fragment(request: HttpRequest) -> HttpResponse:
    """Hits with boxes to tick, for forms that gather records."""
    query = read_query(request.GET, limit=_limit(request, MAX_RESULTS))
    rows = []
    if query.parsed or query.filters:
        hits = present_rows(_hits(query, request), tickable=True)
        # A form leaves less room than the search page: what tells hits apart, nothing else.
        rows = [dataclasses.replace(row, meta=[], department=None, seals=[]) for row in hits]
    context = {"rows": rows, "name": request.GET.get("name", "keys")[:40], "q": query.text}
    return render(request, "search/fragments/pick.html", context)


@require_safe
def significant_fragment(request: HttpRequest) -> HttpResponse:
    """What sets the records of a search apart, each word a link to those that hold it; the page's own parameters."""
    if not can_see_significant_terms(request.user):
        return HttpResponse(status=204)
    query = read_query(request.GET)
    try:
        found = significant_terms(query, audience_tokens(request.user))
    except SearchUnavailable:
        found = []
    terms = [
        {
            "text": term.text,
            "here": term.here,
            "elsewhere": term.elsewhere,
            "url": _within(request, term.text),
        }
        for term in found
    ]
    context = {"terms": terms, "in_session": "in_session" in request.GET}
    return render(request, "search/fragments/significant.html", context)


def _within(request: HttpRequest, word: str) -> str:
    """The page of the same set, narrowed to what holds the word."""
    address = request.GET.copy()
    address.pop("in_session", None)
    typed = clean(address.get("q", ""))
    return reverse("search:page") + with_value(address, "q", f'{typed} "{word}"'.strip())


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Titles, and queries of many people, that begin with what was typed: for the search boxes."""
    text, audience = clean(request.GET.get("q", ""))[:MAX_CHARACTERS], audience_tokens(request.user)
    try:
        found = suggest_titles(text, audience) if text else []
        queries = suggest_queries(text, audience) if text else []
    except SearchUnavailable:
        found, queries = [], []
    made = [
        {"title": one.title, "url": one.url, "number": one.number, "kind": kind_label(one.kind)}
        for one in found
    ]
    asked = [{"text": one, "url": f"{reverse('search:page')}?{urlencode({'q': one})}"} for one in queries]
    return JsonResponse({"suggestions": made, "queries": asked})


def _data(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _asked(request: HttpRequest, *, in_short: bool = False) -> tuple[str, tuple[str, ...]]:
    """(the text to compare with, the key of the record it belongs to); in short: the record's title will do."""
    data = _data(request)
    key = data.get("record", "")[:60]
    if not key:
        return clean(data.get("text", ""))[:MAX_CHARACTERS], ()
    try:
        document = find_document(key, audience_tokens(request.user))
    except SearchUnavailable:
        document = None
    if document is None:
        return "", (key,)
    words = document.title if in_short and len(document.title) >= TELLING else document.text
    return words[:MAX_CHARACTERS], (key,)


def _kinds(request: HttpRequest, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(kind for kind in _data(request).getlist("kind") if kind in KINDS) or otherwise


def _limit(request: HttpRequest, otherwise: int) -> int:
    written = _data(request).get("limit", "")
    return (
        min(int(written), MAX_RESULTS)
        if written.isascii() and written.isdigit() and len(written) < 4
        else otherwise
    )


def _or_nothing(
    find: Callable[..., list[SearchHit]], text: str, request: HttpRequest, **options: Any
) -> list[SearchHit]:
    try:
        return find(text, audience_tokens(request.user), **options)
    except SearchUnavailable:
        return []


def _hits(query: SearchQuery, request: HttpRequest) -> Sequence[SearchHit]:
    try:
        result = target_first(query, audience_tokens(request.user))
    except SearchUnavailable:
        return ()
    trace_search(query, result, interface=Interface.PICK)
    return result.hits
