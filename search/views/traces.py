"""What is searched for: a page for analysts, its sheet, and where opened hits are noted."""

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
PERIODS = (7, 30, 90)
USUAL_PERIOD = 30
EVERY = "all"
LONGEST_TOKEN = 300
MAX_EXPORTED = 1_000

TITLES = {
    reports.NOTHING: gettext_lazy("Without results"),
    reports.PARTLY: pgettext_lazy("queries", "Found in part"),
    reports.FREQUENT: pgettext_lazy("queries", "Most frequent"),
    reports.OPENED: pgettext_lazy("queries", "Most clicked"),
    reports.DEEPEST: pgettext_lazy("queries", "Found far down"),
    reports.SLOWEST: pgettext_lazy("queries", "Slow"),
}
EXPLAINED = {
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
class Asked:
    """The choices of the address; what cannot be read is as if it were not there."""

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
    """Sent by the page when a hit is opened; nobody waits for the answer."""
    position = request.POST.get("position", "")
    if position.isascii() and position.isdigit() and len(position) < 4:
        note_click(token=request.POST.get("token", "")[:LONGEST_TOKEN], position=int(position))
    return HttpResponse(status=204)


@require_safe
@login_required
def traces(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    found = asked.traces()
    page = Paginator(reports.groups(found, asked.view), PER_PAGE).get_page(request.GET.get("page"))
    told = reports.figures(found)
    context = {
        "asked": asked,
        "header": header_of(asked.view),
        "rows": rows_of(asked.view, list(page.object_list), found, request.user),
        "page_obj": page,
        "tabs": _tabs(request, asked),
        "filters": _filters(asked),
        "tiles": _tiles(told),
        "days": _day_chart(found, asked) if told.searches else None,
        "title": TITLES[asked.view],
        "explained": EXPLAINED[asked.view],
        "empty": EMPTY[asked.view],
        "is_unfinished": asked.interface == Interface.PICK,
        "kept_days": settings.SEARCH_TRACE_DAYS,
        "export_url": f"{reverse('search:traces_export')}?{request.GET.urlencode()}"
        if page.object_list
        else "",
        "breadcrumbs": [{"label": _("Desk"), "url": reverse("inquiry:desk")}, {"label": _("Searches made")}],
    }
    return render(request, "search/traces.html", context)


@require_safe
@login_required
def traces_export(request: HttpRequest) -> HttpResponse:
    """The whole list under the open tab."""
    asked = _asked(request)
    found = asked.traces()
    groups = list(reports.groups(found, asked.view)[:MAX_EXPORTED])
    rows = rows_of(asked.view, groups, found, request.user)
    sheet = write_xlsx(
        [pgettext("what was typed", "Query"), *(str(column.label) for column in header_of(asked.view))],
        ([row.text, *(cell.value for cell in row.cells)] for row in rows),
        title=str(TITLES[asked.view]),
    )
    response = HttpResponse(sheet, content_type=XLSX)
    name = _("searches-made-%(day)s.xlsx") % {"day": asked.today.isoformat()}
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _asked(request: HttpRequest) -> Asked:
    if not can_see_traces(request.user):
        raise PermissionDenied
    engines = tuple(sorted({*engine_names(), *reports.engines_seen()}))
    interfaces = {EVERY: "", **{name: name for name in Interface.values}}
    return Asked(
        view=_one_of(reports.VIEWS, request.GET.get("view"), reports.NOTHING),
        period=_period(request.GET.get("days", "")),
        engine=_one_of(engines, request.GET.get("engine"), ""),
        interface=interfaces.get(request.GET.get("interface", ""), Interface.PAGE.value),
        today=timezone.localdate(),
        engines=engines,
    )


def _one_of(known: Sequence[str], wanted: str | None, otherwise: str) -> str:
    return wanted if wanted in known else otherwise


def _period(written: str) -> int:
    """In days, no longer than traces are kept."""
    days = {EVERY: settings.SEARCH_TRACE_DAYS, **{str(days): days for days in PERIODS}}
    return min(days.get(written, USUAL_PERIOD), settings.SEARCH_TRACE_DAYS)


def _tabs(request: HttpRequest, asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "label": TITLES[view],
            "url": with_value(request.GET, "view", view if view != reports.NOTHING else ""),
            "active": view == asked.view,
        }
        for view in reports.VIEWS
    ]


def _filters(asked: Asked) -> list[dict[str, Any]]:
    """Selects of the form, each with its options as (value, label) and the chosen one."""
    kept = settings.SEARCH_TRACE_DAYS
    periods = [(str(days), _last_days(days)) for days in PERIODS if days < kept]
    periods.append((EVERY, _last_days(kept)))
    chosen_period = EVERY if asked.period >= kept else str(asked.period)
    interfaces = [*Interface.choices, (EVERY, _("All"))]
    engines = [("", _("All")), *((name, name) for name in asked.engines)]
    return [
        _filter("days", _("Period"), periods, chosen_period),
        _filter("interface", _("Asked from"), interfaces, asked.interface or EVERY),
        _filter("engine", _("Engine"), engines, asked.engine),
    ]


def _filter(name: str, label: str, options: list[tuple[str, Any]], chosen: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "options": [{"value": value, "label": said, "chosen": value == chosen} for value, said in options],
    }


def _last_days(days: int) -> str:
    return ngettext("The last %(days)s day", "The last %(days)s days", days) % {"days": days}


def _tiles(told: reports.Figures) -> list[dict[str, Any]]:
    return [
        {"value": told.searches, "label": pgettext("count", "Searches")},
        {"value": told.without_hits, "label": _("Without results"), "note": f"{told.share_without:.0%}"},
        {
            "value": f"{told.share_followed:.0%}",
            "label": _("A hit was opened"),
            "note": _("of those with results"),
        },
        {"value": _("%(n)s ms") % {"n": told.milliseconds}, "label": _("Usual time"), "note": _("median")},
    ]


def _day_chart(found: SearchTraceQuerySet, asked: Asked) -> DayChart:
    is_weekly = asked.period > reports.MAX_COLUMNS
    rows: list[DayRow] = [
        {
            "label": dates.day_range(column.first, column.last),
            "value": column.searches,
            "part": column.without_hits,
        }
        for column in reports.columns(found, asked.first_day, asked.today)
    ]
    return DayChart(
        rows=rows,
        caption=_("Searches per week") if is_weekly else _("Searches per day"),
        day_label=_("Week") if is_weekly else _("Day"),
        value_label=pgettext("count", "Searches"),
        part_label=_("Without results"),
        table_label=_("The figures as a table"),
    )
