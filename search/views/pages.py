"""The one search page over everything."""

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
from search.engines.base import MAX_WINDOW, SearchUnavailable
from search.enums import Interface
from search.forms import PAGE_SIZE, read_page, read_query
from search.plan import DATE, FACETS, RELEVANCE
from search.presenting import present_facets, present_rows, with_value, without_filters
from search.query import SearchQuery
from search.rules import can_export_results
from search.selectors import cited_by_notes
from search.services.jumping import Target, article_target, document_target, record_target
from search.services.results import SearchResult
from search.services.searching import search
from search.services.tracing import trace_jump, trace_search


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`untraced` in the address is for those who look into traces: else they would add to what they count."""
    query = read_query(request.GET, facets=FACETS)
    started = time.perf_counter()
    if target := _straight_to(request, query):
        elapsed = (time.perf_counter() - started) * 1000
        trace_jump(query, interface=Interface.PAGE, milliseconds=elapsed)
        return redirect(target.url)
    context: dict[str, Any] = {
        "nav": "search",
        "query": query,
        "q": query.text,
        "hidden": _carried(request),
        "can_collect": can_group(request.user) and can_write_dossier(request.user),
    }
    try:
        result = search(query, audience_tokens(request.user))
    except SearchUnavailable:
        return render(request, "search/unavailable.html", context, status=503)
    if "untraced" not in request.GET:
        context["trace"] = trace_search(query, result, interface=Interface.PAGE, reader=request.user)
    return render(request, "search/page.html", context | _shown(request, result))


def _straight_to(request: HttpRequest, query: SearchQuery) -> Target | None:
    """An article or a record by its number; `stay` asks for the list all the same."""
    if not query.text or "stay" in request.GET or "page" in request.GET:
        return None
    chosen = [name for name, _values in query.filters]
    if chosen and chosen != ["document"]:
        return None
    within = query.values("document")
    return record_target(query.text, audience_tokens(request.user)) or article_target(
        query.text, within=within[0] if len(within) == 1 else ""
    )


def _shown(request: HttpRequest, result: SearchResult) -> dict[str, Any]:
    query = result.query
    can_collect = can_group(request.user)
    rows = present_rows(result.hits, tickable=can_collect)
    paginator = Paginator(range(min(result.total, MAX_WINDOW)), PAGE_SIZE)
    notes = cited_by_notes([row.document for row in rows], request.user)
    for row in rows:
        row.meta += [notes[row.document.key]] if row.document.key in notes else []
    return {
        "result": result,
        "rows": [row for row in rows if not row.is_soft],
        "soft_rows": [row for row in rows if row.is_soft],
        "seconds": f"{result.milliseconds / 1000:.2f}",
        "page_obj": paginator.get_page(read_page(request.GET)),
        "facets": present_facets(result.facets, query, request.GET),
        "active_filters": sum(len(values) for _name, values in query.filters),
        "clear_url": without_filters(request.GET),
        "sorts": _sorts(request, query),
        "named": document_target(query.text) if query.text and query.offset == 0 else None,
        "export_url": f"{reverse('search:export')}?{request.GET.urlencode()}"
        if can_export_results(request.user)
        else "",
        "beyond": result.total > MAX_WINDOW,
    }


def _sorts(request: HttpRequest, query: SearchQuery) -> list[dict[str, Any]]:
    if not query.parsed.wanted:
        return []
    return [
        {
            "label": label,
            "url": with_value(request.GET, "sort", value if value != RELEVANCE else ""),
            "active": query.effective_sort == value,
        }
        for value, label in ((RELEVANCE, _("Most relevant")), (DATE, _("Newest")))
    ]


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    """Filters that a new query in the page's own box keeps."""
    return [(facet, value) for facet in FACETS for value in request.GET.getlist(facet) if value]
