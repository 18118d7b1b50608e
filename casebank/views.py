"""Pages of cases. The listing and the page of one case are served by `CaseIndexPage`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from casebank import selectors
from casebank.models import TypicalCase
from casebank.rules import can_curate_cases
from portal.foundation.dates import day
from portal.foundation.facets import listing_facet

if TYPE_CHECKING:
    from casebank.models import CaseIndexPage

PER_PAGE = 12
SNIPPET_CHARACTERS = 140


def case_list(request: HttpRequest, page: CaseIndexPage) -> HttpResponse:
    """Show published cases, narrowed by kind, department and topic; curators see drafts as well."""
    chosen = selectors.CaseFilter(
        **{name: request.GET.get(name, "") for name in ("kind", "department", "topic")}
    )
    page_obj = Paginator(selectors.listed_cases(request.user, chosen), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = selectors.case_facets(request.user, chosen)
    titles = {"kind": _("Kind"), "department": _("Department"), "topic": _("Topic")}
    facets = [
        listing_facet(request.GET, name=name, title=title, rows=rows[name]) for name, title in titles.items()
    ]
    context = {
        "page": page,
        "page_obj": page_obj,
        "rows": [case_row(case) for case in page_obj],
        "facets": [facet for facet in facets if facet.options],
        "chosen": chosen,
        "can_curate": can_curate_cases(request.user),
    }
    return render(request, "casebank/case_list.html", context)


def case_row(case: TypicalCase) -> dict[str, Any]:
    """Return the variables of `components/record_row.html`."""
    sections = case.sections.all()
    topics = [str(item.tag) for item in case.topic_items.all()]
    # A topic that the kind names already, as 交付执行 beside 交付执行类, is not printed again.
    tags = [{"label": topic, "tone": "neutral"} for topic in topics if not str(case.kind).startswith(topic)]
    if not case.live:
        tags.insert(0, {"label": _("Draft"), "tone": "warn"})
    return {
        "kind": str(case.kind),
        "number": case.number,
        "title": case.title_here,
        "url": case.get_absolute_url(),
        "tags": tags,
        "department": case.department,
        "snippet": Truncator(sections[0].body.replace("**", "")).chars(SNIPPET_CHARACTERS)
        if sections
        else "",
        "meta": [_("decided on %(day)s") % {"day": day(case.decided_on)}] if case.decided_on else [],
    }


def case_detail(request: HttpRequest, page: CaseIndexPage, number: str) -> HttpResponse:
    """Show one case."""
    case = selectors.case_by_number(request.user, number)
    if case is None:
        raise Http404
    crumbs = [{"label": page.title_here, "url": page.get_url(request)}, {"label": case.number}]
    context = _reading(request, case) | {
        "page": page,
        "breadcrumbs": crumbs,
        "laws": selectors.cited_laws(case),
    }
    return render(request, "casebank/case_detail.html", context)


def preview(request: HttpRequest, case: TypicalCase) -> HttpResponse:
    """Show the draft as its page will be; citations are linked once it is published."""
    return render(request, "casebank/case_detail.html", _reading(request, case) | {"is_preview": True})


def _reading(request: HttpRequest, case: TypicalCase) -> dict[str, Any]:
    return {
        "case": case,
        "sections": selectors.reading_sections(case),
        "topics": list(case.topics.all()) if not case.pk else [item.tag for item in case.topic_items.all()],
        "can_curate": can_curate_cases(request.user),
    }
