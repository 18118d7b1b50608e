"""What is overdue, and whose: the page for those who look after others' work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from portal.foundation.facets import ListingFacet, facet_url, listing_facet
from portal.org.enums import AssignmentKind
from portal.org.models import Department
from portal.org.requests import SignedInRequest
from portal.org.rules import can_see_overdue, is_analyst
from portal.org.selectors import OverdueRow, overdue_assignments

PER_PAGE = 20
# The last day of each span of the chart; what is later is in a span of its own.
SPANS = (3, 7, 14)


@login_required
@require_safe
def overdue(request: SignedInRequest) -> HttpResponse:
    """List overdue assignments, the latest first, narrowed by department and kind."""
    if not can_see_overdue(request.user):
        raise PermissionDenied
    rows = overdue_assignments(request.user)
    narrowed = [row for row in rows if _fits(row, request.GET)]
    page = Paginator(narrowed, PER_PAGE).get_page(request.GET.get("page"))
    is_for_all = is_analyst(request.user)
    context = {
        "department": None if is_for_all else request.user.department,
        "facets": _facets(rows, request.GET, with_departments=is_for_all),
        "filter_count": sum(bool(request.GET.get(name)) for name in ("department", "kind")),
        "tiles": _tiles(narrowed),
        "spans": _spans(narrowed),
        "departments": _department_bars(narrowed, request.GET) if is_for_all else [],
        "page_obj": page,
        "rows": page.object_list,
    }
    return render(request, "org/overdue.html", context)


def _fits(row: OverdueRow, query: QueryDict) -> bool:
    code, kind = query.get("department"), query.get("kind")
    if code and (row.department is None or row.department.code != code):
        return False
    return not kind or row.assignment.what == kind


def _facets(rows: list[OverdueRow], query: QueryDict, *, with_departments: bool) -> list[ListingFacet]:
    kinds = Counter(row.assignment.what for row in rows)
    values = [(kind.value, str(kind.label), kinds[kind.value], None) for kind in AssignmentKind]
    facets = [listing_facet(query, name="kind", title=_("Kind of work"), rows=values)]
    if with_departments:
        counts = _departments(rows)
        values = [(row.code, row.short_name_here, count, row) for row, count in counts]
        facets.insert(0, listing_facet(query, name="department", title=_("Department"), rows=values))
    return [facet for facet in facets if facet.options]


def _departments(rows: Iterable[OverdueRow]) -> list[tuple[Department, int]]:
    """Return the departments of rows with how many each has, in the departments' order."""
    counts = Counter(row.department for row in rows if row.department)
    return sorted(counts.items(), key=lambda item: (item[0].sort_order, item[0].pk))


def _tiles(rows: list[OverdueRow]) -> list[dict[str, Any]]:
    people = {row.assignment.person_id for row in rows if row.assignment.person_id}
    longest = max((row.days for row in rows), default=0)
    return [
        {"value": len(rows), "label": _("overdue"), "tone": "seal" if rows else ""},
        {"value": len(people), "label": ngettext("person it waits for", "people it waits for", len(people))},
        {"value": longest, "label": ngettext("day at most", "days at most", longest)},
    ]


def _spans(rows: list[OverdueRow]) -> list[dict[str, Any]]:
    """Return how many are how late, as bars; nothing where nothing is overdue."""
    if not rows:
        return []
    bars, first = [], 1
    for last in SPANS:
        label = _("%(first)s to %(last)s days") % {"first": first, "last": last}
        bars.append({"label": label, "value": sum(first <= row.days <= last for row in rows)})
        first = last + 1
    label = _("more than %(days)s days") % {"days": SPANS[-1]}
    return [*bars, {"label": label, "value": sum(row.days > SPANS[-1] for row in rows)}]


def _department_bars(rows: list[OverdueRow], query: QueryDict) -> list[dict[str, Any]]:
    """Return how many are overdue in each department, as bars; nothing where there is one department at most."""
    counts = _departments(rows)
    if len(counts) < 2:
        return []
    return [
        {
            "label": department.short_name_here,
            "value": count,
            "department": department,
            "url": facet_url(query, "department", department.code),
        }
        for department, count in counts
    ]
