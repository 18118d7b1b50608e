"""The search page, one for all kinds of records."""

import time
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from inquiry.rules import can_group, can_write_dossier
from portal.org.rules import audience_tokens
from search.analytics.tracing import trace_jump, trace_search
from search.answers.jumping import JumpTarget, article_target, document_target, record_target
from search.answers.results import SearchResult
from search.answers.searching import search
from search.answers.significant import MIN_DOCUMENTS
from search.answers.spelling import better_spelling
from search.engines.base import MAX_WINDOW, NoIndex, SearchUnavailable
from search.enums import Interface
from search.facets import FACET_NAMES, departments_by_code
from search.page import urls
from search.page.citing import cited_by_notes
from search.page.guide import guide
from search.page.narrowing import present_narrowing
from search.page.notices import cut_notices, notices_of
from search.page.parameters import PAGE_SIZE, read_page, read_query
from search.page.presenting import Row, fold_duplicates, present_rows
from search.plan import DATE, RELEVANCE
from search.query.fields import ReadField, named_fields, read_fields
from search.query.parsing import SearchQuery
from search.query.planning import MIN_STRICT_HITS
from search.rules import can_export_results, is_offered_significant_terms

# Sent as Retry-After: an engine that restarts, or a first index, takes about so long.
RETRY_SECONDS = 30


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Answer a search: redirect to a canonical URL or straight to a record, or list hits.

    The parameter `untraced` is for links of the page of traces, whose clicks would add to what it counts.
    """
    started = time.perf_counter()
    typed = read_query(request.GET, facets=FACET_NAMES)
    fields = named_fields(typed)
    # Typed fields become parameters, so that one search has one URL, to share and to bookmark.
    if canonical := urls.ticked(request.GET, fields):
        return redirect(f"{request.path}{canonical}")
    query = read_fields(typed, fields)
    if target := _jump_target(request, query):
        elapsed = (time.perf_counter() - started) * 1000
        trace_jump(query, interface=Interface.PAGE, milliseconds=elapsed)
        return redirect(target.url)
    try:
        result = search(query, audience_tokens(request.user))
    except SearchUnavailable as error:
        return unavailable(request, typed, error)
    context = _box(request, typed) | _results(request, result, fields)
    better = _better_spelling(request, typed, result)
    context["notices"] = [*cut_notices(request), *notices_of(result, typed, better, request.GET)]
    if "untraced" not in request.GET:
        context["trace"] = trace_search(typed, result, interface=Interface.PAGE, reader=request.user)
    return render(request, "search/page.html", context)


def unavailable(request: HttpRequest, query: SearchQuery, error: SearchUnavailable) -> HttpResponse:
    """Return the page (503) for a search that no engine can answer, with the query still in its box.

    It tells an index that is being built from an engine that is away.
    """
    context = _box(request, query) | {
        "is_preparing": isinstance(error, NoIndex),
        "again_url": f"{reverse('search:page')}?{request.GET.urlencode()}",
    }
    response = render(request, "search/unavailable.html", context, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _box(request: HttpRequest, query: SearchQuery) -> dict[str, Any]:
    return {
        "nav": "search",
        "q": query.text,
        "header_query": query.text,
        "carried": _carried(request),
    }


def _better_spelling(request: HttpRequest, query: SearchQuery, result: SearchResult) -> str:
    strict = result.total if result.strict_total is None else result.strict_total
    if strict >= MIN_STRICT_HITS or result.pinyin_conversions or query.offset:
        return ""
    # A suggestion is an extra: the hits are shown even if the engine goes away in between.
    try:
        return better_spelling(query, audience_tokens(request.user), result.words)
    except SearchUnavailable:
        return ""


def _jump_target(request: HttpRequest, query: SearchQuery) -> JumpTarget | None:
    """Return the article or record that the query names and nothing else; none with `stay` in the URL."""
    if not query.text or "stay" in request.GET or "page" in request.GET:
        return None
    # A filter asks for a list of hits; that by document may complete an article without a law (第二十八条).
    chosen = [name for name, _values in (*query.filters, *query.without)]
    if chosen and chosen != ["document"]:
        return None
    within = query.values("document")
    return record_target(query.text, audience_tokens(request.user)) or article_target(
        query.text, within=within[0] if len(within) == 1 else ""
    )


def _results(request: HttpRequest, result: SearchResult, fields: tuple[ReadField, ...]) -> dict[str, Any]:
    query = result.query
    can_collect = can_group(request.user)
    departments = departments_by_code()
    is_tickable = can_collect and can_write_dossier(request.user)
    rows = present_rows(result.hits, tickable=is_tickable, departments=departments)
    # Engines return no hits beyond MAX_WINDOW; the page says so (`beyond`) and links no pages there.
    paginator = Paginator(range(min(result.total, MAX_WINDOW)), PAGE_SIZE)
    notes = cited_by_notes([row.document for row in rows], request.user)
    for row in rows:
        row.meta += [notes[row.document.key]] if row.document.key in notes else []
    named = document_target(query.text) if query.text and query.offset == 0 else None
    rows = _named_first(rows, named)
    narrowing = present_narrowing(result.facets, query, fields, request.GET, departments)
    return {
        "result": result,
        "query": query,
        "can_collect": is_tickable,
        "rows": fold_duplicates([row for row in rows if not row.is_relaxed]),
        "relaxed_rows": fold_duplicates([row for row in rows if row.is_relaxed]),
        "seconds": f"{result.milliseconds / 1000:.2f}",
        "page_obj": paginator.get_page(read_page(request.GET)),
        "facets": narrowing.facets,
        "chips": narrowing.chips,
        "clear_url": narrowing.clear_url,
        "guide": guide(),
        "sorts": _sorts(request, query),
        # Above the results only where it is none of them.
        "named": named if named and not any(row.url == named.url for row in rows) else None,
        "export_url": f"{reverse('search:export')}?{request.GET.urlencode()}"
        if can_export_results(request.user)
        else "",
        "significant_url": f"{reverse('search:significant')}?{request.GET.urlencode()}"
        if narrowing.chips and result.total >= MIN_DOCUMENTS and is_offered_significant_terms(request.user)
        else "",
        "beyond": result.total > MAX_WINDOW,
    }


def _named_first(rows: list[Row], named: JumpTarget | None) -> list[Row]:
    """Return the rows with the law whose name was typed, if it is among them, before the others of its group."""
    if named is None:
        return rows
    return sorted(rows, key=lambda row: (row.is_relaxed, row.url != named.url))


def _sorts(request: HttpRequest, query: SearchQuery) -> list[dict[str, Any]]:
    if not query.parsed.included:
        return []
    return [
        {
            "label": label,
            "url": urls.with_value(request.GET, "sort", value if value != RELEVANCE else ""),
            "active": query.effective_sort == value,
        }
        for value, label in ((RELEVANCE, _("Most relevant")), (DATE, _("Newest")))
    ]


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    """Return filters, (name, value), that a new query in the boxes of this page keeps."""
    return [(facet, value) for facet in FACET_NAMES for value in request.GET.getlist(facet) if value]
