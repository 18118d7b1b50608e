"""Export of a search as a sheet, for analysts."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.org.rules import audience_tokens
from search.analytics.tracing import trace_search
from search.answers.searching import search_all
from search.engines.base import SearchUnavailable
from search.enums import Interface
from search.page.parameters import read_query
from search.page.sheets import results_sheet
from search.rules import can_export_results
from search.views.pages import unavailable

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Export all hits that the pages of this search would list for this reader."""
    if not can_export_results(request.user):
        raise PermissionDenied
    query = read_query(request.GET)
    try:
        result = search_all(query, audience_tokens(request.user))
    except SearchUnavailable as error:
        return unavailable(request, query, error)
    if "untraced" not in request.GET:
        trace_search(query.page(offset=0, limit=query.limit), result, interface=Interface.EXPORT)
    name = _("search-%(day)s.xlsx") % {"day": timezone.localdate().isoformat()}
    response = HttpResponse(results_sheet(result), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
