"""Traces of searches: the page for analysts, its sheet, and the endpoint that notes opened hits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal.foundation import dates
from portal.foundation.charts import DayChart, DayRow
from portal.foundation.sheets import write_xlsx
from portal.org.requests import SignedInRequest
from search.analytics import reports
from search.analytics.tracing import note_click
from search.engines.configured import engine_names
from search.enums import Interface
from search.models.traces import SearchTraceQuerySet
from search.page.urls import with_value
from search.rules import can_see_traces
from search.views.exporting import XLSX
from search.views.trace_rows import header_of, rows_of

PER_PAGE = 20
PERIOD_DAYS = (7, 30, 90)
DEFAULT_PERIOD_DAYS = 30
ALL = "all"
MAX_TOKEN_LENGTH = 300
MAX_EXPORTED_ROWS = 1_000

TITLES = {
    reports.NOTHING: gettext_lazy("Without results"),
    reports.PARTLY: pgettext_lazy("queries", "Found in part"),
    reports.FREQUENT: pgettext_lazy("queries", "Most frequent"),
    reports.OPENED: pgettext_lazy("queries", "Most clicked"),
    reports.DEEPEST: pgettext_lazy("queries", "Found far down"),
    reports.SLOWEST: pgettext_lazy("queries", "Slow"),
}
EXPLANATIONS = {
    reports.NOTHING: gettext_lazy(
        "Looked for and not found. Add a synonym where the portal says it in other words; or something is missing."
    ),
    reports.PARTLY: gettext_lazy(
        "No record holds every word, only some of them. A synonym for the word that is missing would find more."
    ),
    reports.FREQUENT: gettext_lazy("What is searched for most, and whether a hit was opened."),
    reports.OPENED: gettext_lazy(
        "Queries after which a hit was opened, and at which place it usually stood."
    ),
    reports.DEEPEST: gettext_lazy(
        "The best hit that was opened stood below the fifth place: it is ranked too low."
    ),
    reports.SLOWEST: gettext_lazy("Searches that took 0.2 seconds or more."),
}
EMPTY = {
    reports.NOTHING: gettext_lazy("Every search found something"),
    reports.PARTLY: gettext_lazy("Every search that found something found every word"),
    reports.FREQUENT: gettext_lazy("Nothing was searched for"),
    reports.OPENED: gettext_lazy("No hit was opened"),
    reports.DEEPEST: gettext_lazy("No hit had to be looked for far down"),
    reports.SLOWEST: gettext_lazy("No search was slow"),
}


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """The options of a URL; those that cannot be read count as absent."""

    view: str
    period: int
    engine: str
    interface: str
    today: dt.date
    engines: tuple[str, ...]

    @property
    def first_day(self) -> dt.date:
        return self.today - dt.timedelta(days=self.period - 1)

    def traces(self) -> SearchTraceQuerySet:
        return reports.traces_of(self.first_day, engine=self.engine, interface=self.interface)


@require_POST
def clicked(request: HttpRequest) -> HttpResponse:
    """Note an opened hit. The page sends it with `sendBeacon` and reads no answer."""
    # isdigit alone is true of ² and other digits that int() refuses.
    position = request.POST.get("position", "")
    if position.isascii() and position.isdigit() and len(position) < 4:
        note_click(token=request.POST.get("token", "")[:MAX_TOKEN_LENGTH], position=int(position))
    return HttpResponse(status=204)


@require_safe
@login_required
def traces(request: SignedInRequest) -> HttpResponse:
    options = _options(request)
    chosen_traces = options.traces()
    page = Paginator(reports.groups(chosen_traces, options.view), PER_PAGE).get_page(request.GET.get("page"))
    figures = reports.figures(chosen_traces)
    context = {
        "options": options,
        "header": header_of(options.view),
        "rows": rows_of(options.view, list(page.object_list), chosen_traces, request.user),
        "page_obj": page,
        "tabs": _tabs(request, options),
        "filters": _filters(options),
        "tiles": _tiles(figures),
        "days": _day_chart(chosen_traces, options) if figures.searches else None,
        "title": TITLES[options.view],
        "explained": EXPLANATIONS[options.view],
        "empty": EMPTY[options.view],
        "is_unfinished": options.interface == Interface.PICK,
        "kept_days": settings.SEARCH_TRACE_DAYS,
        "export_url": f"{reverse('search:traces_export')}?{request.GET.urlencode()}"
        if page.object_list
        else "",
        "breadcrumbs": [{"label": _("Desk"), "url": reverse("inquiry:desk")}, {"label": _("Searches made")}],
    }
    return render(request, "search/traces.html", context)


@require_safe
@login_required
def traces_export(request: SignedInRequest) -> HttpResponse:
    """Export the whole list under the open tab."""
    options = _options(request)
    chosen_traces = options.traces()
    groups = list(reports.groups(chosen_traces, options.view)[:MAX_EXPORTED_ROWS])
    rows = rows_of(options.view, groups, chosen_traces, request.user)
    sheet = write_xlsx(
        [pgettext("what was typed", "Query"), *(str(column.label) for column in header_of(options.view))],
        ([row.text, *(cell.value for cell in row.cells)] for row in rows),
        title=str(TITLES[options.view]),
    )
    response = HttpResponse(sheet, content_type=XLSX)
    name = _("searches-made-%(day)s.xlsx") % {"day": options.today.isoformat()}
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _options(request: HttpRequest) -> ReportOptions:
    if not can_see_traces(request.user):
        raise PermissionDenied
    # Traces outlive the configuration: engines that are no longer configured can still be chosen.
    engines = tuple(sorted({*engine_names(), *reports.traced_engines()}))
    # Searches of the page are shown first: those of the picker are half-typed.
    interfaces = {ALL: "", **{name: name for name in Interface.values}}
    return ReportOptions(
        view=_choice(reports.VIEWS, request.GET.get("view", ""), reports.NOTHING),
        period=_period(request.GET.get("days", "")),
        engine=_choice(engines, request.GET.get("engine", ""), ""),
        interface=interfaces.get(request.GET.get("interface", ""), Interface.PAGE.value),
        today=timezone.localdate(),
        engines=engines,
    )


def _choice(choices: Sequence[str], value: str, default: str) -> str:
    return value if value in choices else default


def _period(written: str) -> int:
    """Return a period in days, no longer than traces are kept."""
    days = {ALL: settings.SEARCH_TRACE_DAYS, **{str(days): days for days in PERIOD_DAYS}}
    return min(days.get(written, DEFAULT_PERIOD_DAYS), settings.SEARCH_TRACE_DAYS)


def _tabs(request: HttpRequest, options: ReportOptions) -> list[dict[str, Any]]:
    return [
        {
            "label": TITLES[view],
            "url": with_value(request.GET, "view", view if view != reports.NOTHING else ""),
            "active": view == options.view,
        }
        for view in reports.VIEWS
    ]


def _filters(options: ReportOptions) -> list[dict[str, Any]]:
    """Return the selects of the form with their options, the chosen one marked."""
    max_days = settings.SEARCH_TRACE_DAYS
    periods = [(str(days), _last_days(days)) for days in PERIOD_DAYS if days < max_days]
    periods.append((ALL, _last_days(max_days)))
    chosen_period = ALL if options.period >= max_days else str(options.period)
    interfaces = [*Interface.choices, (ALL, _("All"))]
    engines = [("", _("All")), *((name, name) for name in options.engines)]
    return [
        _filter("days", _("Period"), periods, chosen_period),
        _filter("interface", _("Asked from"), interfaces, options.interface or ALL),
        _filter("engine", _("Engine"), engines, options.engine),
    ]


def _filter(name: str, label: str, choices: list[tuple[str, Any]], chosen: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "options": [{"value": value, "label": text, "chosen": value == chosen} for value, text in choices],
    }


def _last_days(days: int) -> str:
    return ngettext("The last %(days)s day", "The last %(days)s days", days) % {"days": days}


def _tiles(figures: reports.Figures) -> list[dict[str, Any]]:
    return [
        {"value": figures.searches, "label": pgettext("count", "Searches")},
        {
            "value": figures.without_hits,
            "label": _("Without results"),
            "note": f"{figures.share_without:.0%}",
        },
        {
            "value": f"{figures.share_followed:.0%}",
            "label": _("A hit was opened"),
            "note": _("of those with results"),
        },
        {"value": _("%(n)s ms") % {"n": figures.milliseconds}, "label": _("Usual time"), "note": _("median")},
    ]


def _day_chart(chosen_traces: SearchTraceQuerySet, options: ReportOptions) -> DayChart:
    is_weekly = options.period > reports.MAX_DAILY_DAYS
    rows: list[DayRow] = [
        {
            "label": dates.day_range(period.first, period.last),
            "value": period.searches,
            "part": period.without_hits,
        }
        for period in reports.counts_by_period(chosen_traces, options.first_day, options.today)
    ]
    return DayChart(
        rows=rows,
        caption=_("Searches per week") if is_weekly else _("Searches per day"),
        day_label=_("Week") if is_weekly else _("Day"),
        value_label=pgettext("count", "Searches"),
        part_label=_("Without results"),
        table_label=_("The figures as a table"),
    )
