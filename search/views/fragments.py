"""Fragments of pages that other apps fetch, since they cannot import search.

Only searches of the picker are traced. The text that is compared while a question is typed is a draft, not a query.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from inquiry.selectors.voices import own_and_joined
from norms.models import Provision
from norms.selectors import cited_by
from portal.foundation.numerals import parse_primary_key
from portal.org.models import User
from portal.org.rules import audience_tokens
from search.analytics.tracing import trace_search
from search.answers.jumping import search_with_target
from search.answers.results import SearchHit
from search.answers.searching import find_document
from search.answers.significant import significant_terms
from search.answers.similar import related, similar
from search.answers.suggesting import suggest_queries, suggest_titles
from search.engines.base import SearchUnavailable
from search.enums import Interface
from search.kinds import DOCUMENT_KINDS, hit_label
from search.page.parameters import clean, read_query
from search.page.presenting import Row, present_rows
from search.page.urls import with_value
from search.query.parsing import MAX_CHARACTERS, SearchQuery
from search.rules import can_see_significant_terms, can_see_similar

# A shorter text is similar to too many records.
MIN_TEXT_LENGTH = 4
# A title of so many characters says enough to find similar records.
MIN_TITLE_LENGTH = 10
MAX_RESULTS = 10


@require_http_methods(["GET", "HEAD", "POST"])
def similar_fragment(request: HttpRequest) -> HttpResponse:
    """Show records similar to a text or a record. POST keeps a text that is being typed out of URLs and logs."""
    if not can_see_similar(request.user):
        return HttpResponse(status=204)
    text, own_keys = _text_and_keys(request, prefers_title=True)
    kinds = _kinds(request, ("question",))
    rows = []
    if len(text) >= MIN_TEXT_LENGTH:
        rows = present_rows(
            _hits_or_none(similar, text, request, kinds=kinds, without=own_keys, limit=_limit(request, 5)),
            tickable="name" in _data(request),
        )
    if "me_too" in _data(request):
        context = {"alike": _alike(rows, request.user), "has_text": len(text) >= MIN_TEXT_LENGTH}
        return render(request, "search/fragments/alike.html", context)
    context = {"rows": rows, "several_kinds": len(kinds) > 1, "name": _data(request).get("name", "")[:40]}
    return render(request, "search/fragments/similar.html", context)


def _alike(rows: Sequence[Row], user: User | AnonymousUser) -> list[dict[str, Any]]:
    """Return questions with what the reader has to do with each: {row, is_asker, joined}."""
    questions = {int(row.document.pk): row for row in rows if row.document.kind == "question"}
    own, joined = own_and_joined(user, questions)
    return [{"row": row, "is_asker": key in own, "joined": key in joined} for key, row in questions.items()]


@require_http_methods(["GET", "HEAD", "POST"])
def related_fragment(request: HttpRequest) -> HttpResponse:
    """Show records of the same subject as a text or a record."""
    text, own_keys = _text_and_keys(request)
    rows = []
    if len(text) >= MIN_TEXT_LENGTH:
        kinds = _kinds(request, ("provision",))
        hits = _hits_or_none(related, text, request, kinds=kinds, without=own_keys, limit=_limit(request, 5))
        # Only provisions come here: their kind and department would be the same in each row.
        rows = [
            dataclasses.replace(row, kind="", number="", department=None, seals=[])
            for row in present_rows(hits)
        ]
    return render(request, "search/fragments/related.html", {"rows": rows})


@require_safe
def cited_by_fragment(request: HttpRequest) -> HttpResponse:
    """Show what cites a provision, as far as the reader may see it."""
    # No record has the key 0, so that whatever is no number is not found.
    provision = get_object_or_404(Provision, pk=parse_primary_key(request.GET.get("provision", "")) or 0)
    context = {"provision": provision, "groups": cited_by(provision, request.user)}
    return render(request, "search/fragments/cited_by.html", context)


@require_safe
def pick_fragment(request: HttpRequest) -> HttpResponse:
    """Show hits with boxes to tick, for forms that gather records."""
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
    """Show significant terms of a search, each a link to its records; the parameters are those of the page."""
    if not can_see_significant_terms(request.user):
        return HttpResponse(status=204)
    query = read_query(request.GET)
    try:
        terms = significant_terms(query, audience_tokens(request.user))
    except SearchUnavailable:
        terms = []
    rows = [
        {
            "text": term.text,
            "here": term.here,
            "elsewhere": term.elsewhere,
            "url": _narrowed_url(request, term.text),
        }
        for term in terms
    ]
    context = {"terms": rows, "in_session": "in_session" in request.GET}
    return render(request, "search/fragments/significant.html", context)


def _narrowed_url(request: HttpRequest, word: str) -> str:
    """Return the URL of the same search, narrowed to records with the word."""
    address = request.GET.copy()
    address.pop("in_session", None)
    typed = clean(address.get("q", ""))
    return reverse("search:page") + with_value(address, "q", f'{typed} "{word}"'.strip())


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Return titles and frequent queries that begin with a text, as JSON for the search boxes."""
    text, audience = clean(request.GET.get("q", ""))[:MAX_CHARACTERS], audience_tokens(request.user)
    try:
        documents = suggest_titles(text, audience) if text else []
        queries = suggest_queries(text, audience) if text else []
    except SearchUnavailable:
        documents, queries = [], []
    suggestions = [
        {
            "title": document.title,
            "url": document.url,
            "number": document.number,
            "kind": hit_label(document),
        }
        for document in documents
    ]
    links = [
        {"text": query, "url": f"{reverse('search:page')}?{urlencode({'q': query})}"} for query in queries
    ]
    return JsonResponse({"suggestions": suggestions, "queries": links})


def _data(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _text_and_keys(request: HttpRequest, *, prefers_title: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the text to compare with, and the key of its record (none for a typed text).

    Of a record it is the title where that is preferred and long enough, else the whole text.
    """
    data = _data(request)
    # Keys look like question:12; whatever is longer is none and would only be carried along.
    key = data.get("record", "")[:60]
    if not key:
        return clean(data.get("text", ""))[:MAX_CHARACTERS], ()
    try:
        # The text of a record is read from the index with the reader's audience: the parameter gives no access.
        document = find_document(key, audience_tokens(request.user))
    except SearchUnavailable:
        document = None
    if document is None:
        return "", (key,)
    is_title = prefers_title and len(document.title) >= MIN_TITLE_LENGTH
    return (document.title if is_title else document.text)[:MAX_CHARACTERS], (key,)


def _kinds(request: HttpRequest, default: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(kind for kind in _data(request).getlist("kind") if kind in DOCUMENT_KINDS) or default


def _limit(request: HttpRequest, default: int) -> int:
    written = _data(request).get("limit", "")
    return (
        min(int(written), MAX_RESULTS)
        if written.isascii() and written.isdigit() and len(written) < 4
        else default
    )


def _hits_or_none(
    find: Callable[..., list[SearchHit]], text: str, request: HttpRequest, **options: Any
) -> list[SearchHit]:
    try:
        return find(text, audience_tokens(request.user), **options)
    except SearchUnavailable:
        return []


def _hits(query: SearchQuery, request: HttpRequest) -> Sequence[SearchHit]:
    try:
        result = search_with_target(query, audience_tokens(request.user))
    except SearchUnavailable:
        return ()
    trace_search(query, result, interface=Interface.PICK)
    return result.hits
