"""The outbox in Wagtail's admin: the state of each engine, waiting rows, and retries of parked ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import BaseListingView

from portal.foundation import dates
from portal.foundation.numerals import parse_primary_key
from portal.org.requests import SignedInRequest
from search.engines.configured import engine_label, engine_names
from search.indexing.outbox import retry_parked
from search.indexing.watching import ANSWERS, AWAY, NO_INDEX, EngineState, engine_states, queue_states
from search.kinds import RECORD_KINDS, record_label
from search.models import OutboxEntry
from search.models.outbox import OutboxQuerySet
from search.rules import can_retry_indexing, can_see_queue

INDEX = "search-queue:index"
PARKED, FAILING, WAITING = "parked", "failing", "waiting"
STATES = {
    PARKED: pgettext_lazy("index queue", "Parked"),
    FAILING: pgettext_lazy("index queue", "Failed, will be tried again"),
    WAITING: pgettext_lazy("index queue", "Waiting"),
}


STATE_LABELS = {
    ANSWERS: _("It answers."),
    NO_INDEX: _("It has no index yet. The worker builds one when it runs."),
    AWAY: _("It does not answer. Changes are kept and indexed when it is back."),
}


def state_of(row: OutboxEntry) -> str:
    if row.parked_at:
        return PARKED
    return FAILING if row.attempts else WAITING


def _engine_choices() -> list[tuple[str, str]]:
    return [(name, engine_label(name)) for name in engine_names()]


class QueueFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("State"), choices=list(STATES.items()), method="in_state")
    kind = django_filters.ChoiceFilter(
        label=pgettext_lazy("record", "Kind"),
        choices=[(kind.name, kind.record_label) for kind in RECORD_KINDS.values()],
    )
    engine = django_filters.ChoiceFilter(label=_("Engine"), choices=_engine_choices)

    class Meta:
        model = OutboxEntry
        fields: list[str] = []

    def in_state(self, queryset: OutboxQuerySet, name: str, value: str) -> OutboxQuerySet:
        if value == PARKED:
            return queryset.parked()
        active = queryset.filter(parked_at=None)
        return active.filter(attempts__gt=0) if value == FAILING else active.filter(attempts=0)


class TwoLineColumn(Column):
    """A column with a second line in smaller letters, which `beneath` returns."""

    cell_template_name = "search/admin/two_line_cell.html"

    def __init__(self, name: str, *, beneath: Callable[[OutboxEntry], str], **options: Any) -> None:
        super().__init__(name, **options)
        self._beneath = beneath

    def get_cell_context_data(self, instance: OutboxEntry, parent_context: Any) -> dict[str, Any]:
        return {"value": self.get_value(instance), "beneath": self._beneath(instance)}


class RetryColumn(BaseColumn):
    """A button on rows that are parked."""

    cell_template_name = "search/admin/retry_cell.html"

    def get_cell_context_data(self, instance: OutboxEntry, parent_context: Any) -> dict[str, Any]:
        request = parent_context["request"]
        return {
            "row": instance,
            "is_offered": bool(instance.parked_at) and can_retry_indexing(request.user),
            "csrf_token": get_token(request),
            "next_url": _address(request),
        }


def _address(request: HttpRequest) -> str:
    """Return the URL of the listing with its filters, also for a request of its rows alone."""
    query = request.GET.copy()
    query.pop("_w_filter_fragment", None)
    return f"{reverse(INDEX)}?{query.urlencode()}" if query else reverse(INDEX)


def _record(row: OutboxEntry) -> str:
    return f"{record_label(row.kind)} {row.object_id}"


def _trouble(row: OutboxEntry) -> str:
    if not row.attempts:
        return ""
    tried = ngettext("%(count)d attempt", "%(count)d attempts", row.attempts) % {"count": row.attempts}
    return f"{tried} · {row.last_error}"


class QueueView(BaseListingView):
    """The listing of waiting rows. They name records by kind and primary key, so that no content is revealed."""

    model = OutboxEntry
    page_title = _("Index queue")
    header_icon = "time"
    template_name = "search/admin/queue.html"
    results_template_name = "search/admin/queue_results.html"
    index_url_name = INDEX
    index_results_url_name = "search-queue:results"
    filterset_class = QueueFilterSet
    paginate_by = 50
    # The record's title is not among them: whoever tends the index need not be allowed to read every record.
    columns = [
        TwoLineColumn(
            "record", label=_("Record"), accessor=_record, beneath=lambda row: engine_label(row.engine)
        ),
        TwoLineColumn(
            "state", label=_("State"), accessor=lambda row: STATES[state_of(row)], beneath=_trouble
        ),
        # To the day: the minute of a question would tell who was signed in then and asked it.
        Column("since", label=_("Waiting since"), accessor=lambda row: dates.day(row.created_at)),
        RetryColumn("retry", label=_("Actions"), classname="queue-retry"),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_see_queue(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> QuerySet:
        return OutboxEntry.objects.waiting().filter(engine__in=engine_names())

    def order_queryset(self, queryset: QuerySet) -> QuerySet:
        """Put rows with most failed attempts first."""
        return queryset.order_by("-attempts", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if not self.results_only:
            context["engines"] = [_card(state) for state in engine_states()]
            context["can_retry"] = can_retry_indexing(self.request.user)
        return context


def _card(state: EngineState) -> dict[str, Any]:
    """Return the context of an engine's card."""
    return {
        "state": state,
        "label": engine_label(state.name),
        "role": _("answers searches") if state.is_first else _("stands by"),
        "is_well": state.answer == ANSWERS,
        "answer": STATE_LABELS[state.answer],
        "late_minutes": settings.SEARCH_QUEUE_MINUTES,
        "kinds": [
            {"label": record_label(kind.kind), "waiting": kind.waiting, "parked": kind.parked}
            for kind in state.queue.kinds
        ],
    }


@require_POST
def retry(request: SignedInRequest) -> HttpResponse:
    """Retry one parked row, or all of one engine."""
    count = _retry_parked(request)
    if count:
        message = ngettext(
            "%(count)d record will be tried again.", "%(count)d records will be tried again.", count
        )
        messages.success(request, message % {"count": count})
    else:
        messages.info(request, _("Nothing is parked any more."))
    return redirect(get_valid_next_url_from_request(request) or INDEX)


def _retry_parked(request: SignedInRequest) -> int:
    row, engine = parse_primary_key(request.POST.get("row", "")), request.POST.get("engine", "")
    if row is not None:
        return retry_parked(actor=request.user, row=row)
    if engine in engine_names():
        return retry_parked(actor=request.user, engine_name=engine)
    return 0


class QueuePanel(Component):
    """The panel on the admin's front page, which shows only engines that are behind or away."""

    name = "search-queue"
    template_name = "search/admin/queue_panel.html"
    order = 60

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        red = [
            {"label": engine_label(state.engine), "state": state} for state in queue_states() if state.is_red
        ]
        return {"engines": red, "late_minutes": settings.SEARCH_QUEUE_MINUTES, "url": reverse(INDEX)}
