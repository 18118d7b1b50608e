"""Pages of sessions. The listing and the page of one session are served by `SessionIndexPage`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from courses import selectors, services
from courses.enums import MOVES, is_announcement
from courses.models import TrainingSession
from courses.presentation import SESSION_TONES, moves_of, session_card
from courses.rules import can_plan_sessions, can_raise_question
from portal.foundation.facets import listing_facet
from portal.foundation.revisions import FIELD, revision_of
from portal.org.forms.secrecy import require_secrecy_check
from portal.org.requests import SignedInRequest

if TYPE_CHECKING:
    from courses.models import SessionIndexPage

# Divisible by two and three: cards stand in one, two or three columns.
PER_PAGE = 12


def session_list(request: HttpRequest, page: SessionIndexPage) -> HttpResponse:
    """Show coming sessions, or past ones, narrowed by host, year and topic."""
    today = timezone.localdate()
    chosen = selectors.SessionFilter(
        period=selectors.PAST if request.GET.get("when") == selectors.PAST else selectors.COMING,
        **{name: request.GET.get(name, "") for name in ("department", "year", "topic")},
    )
    sessions = selectors.listed_sessions(request.user, chosen, today)
    page_obj = Paginator(sessions, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "page_obj": page_obj,
        "cards": [session_card(session) for session in page_obj],
        "tabs": _tabs(request, chosen, selectors.period_counts(request.user, chosen, today)),
        "facets": _facets(request, chosen, selectors.session_facets(request.user, chosen, today)),
        "chosen": chosen,
        "can_plan": can_plan_sessions(request.user),
    }
    return render(request, "courses/session_list.html", context)


def _tabs(request: HttpRequest, chosen: selectors.SessionFilter, counts: dict[str, int]) -> list[dict]:
    tabs = []
    for period, label in ((selectors.COMING, _("Coming and running")), (selectors.PAST, _("Past"))):
        query = request.GET.copy()
        query.pop("page", None)
        query["when"] = period
        tabs.append(
            {
                "label": label,
                "url": f"?{query.urlencode()}",
                "active": period == chosen.period,
                "count": counts[period],
            }
        )
    return tabs


def _facets(request: HttpRequest, chosen: selectors.SessionFilter, rows: dict) -> list:
    titles = {"department": _("Host"), "year": _("Year"), "topic": _("Topic")}
    facets = [
        listing_facet(request.GET, name=name, title=title, rows=rows[name]) for name, title in titles.items()
    ]
    return [facet for facet in facets if facet.options]


def session_detail(request: HttpRequest, page: SessionIndexPage, number: str) -> HttpResponse:
    """Show one session: its theme, its agenda by day, its questions, the way to raise one."""
    session = selectors.session_by_number(request.user, number)
    if session is None:
        raise Http404
    now = timezone.now()
    context = {
        "page": page,
        "session": session,
        "days": selectors.agenda(session, now),
        "tag": {"label": session.get_status_display(), "tone": SESSION_TONES[session.status]},
        "breadcrumbs": [{"label": page.title_here, "url": page.get_url(request)}, {"label": session.number}],
        "topics": [item.tag for item in session.topic_items.all()],
        "can_ask": can_raise_question(request.user, session),
        "can_plan": can_plan_sessions(request.user),
    }
    return render(request, "courses/session_detail.html", context)


def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a session's state in the admin, the states it can move to and what they show; ask, then move it.

    The state that was chosen stands in the address (`?to=open`); a POST moves the session.
    """
    if not can_plan_sessions(request.user):
        raise PermissionDenied
    session = get_object_or_404(TrainingSession, pk=pk)
    if request.method == "POST":
        return _move_session(request, session)
    moves = moves_of(session)
    chosen = next((move for move in moves if move.value == request.GET.get("to")), None)
    template = "courses/admin/confirm_move.html" if chosen else "courses/admin/move.html"
    context = {
        **_move_context(session),
        "moves": moves,
        "move": chosen,
        "is_announced": chosen and is_announcement(session.status, chosen.value),
        "revision": revision_of(session),
    }
    return render(request, template, context)


def _move_session(request: SignedInRequest, session: TrainingSession) -> HttpResponse:
    to, revision = request.POST.get("to", ""), request.POST.get(FIELD, "")
    try:
        if is_announcement(session.status, to):
            require_secrecy_check(request.POST)
        services.move_session(session=session, to=to, actor=request.user, expected_revision=revision)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        # Back to the question, where what is missing can be ticked.
        query = f"?{urlencode({'to': to})}" if to in MOVES[session.status] else ""
        return redirect(f"{reverse('sessions:move', args=[session.pk])}{query}")
    words = {"number": session.number, "status": session.get_status_display()}
    messages.success(request, _("%(number)s is now: %(status)s.") % words)
    return redirect("sessions:move", pk=session.pk)


def _move_context(session: TrainingSession) -> dict:
    title = _("State of %(number)s") % {"number": session.number}
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("sessions:index"), "label": _("Training sessions")},
        {"url": reverse("sessions:edit", args=[session.pk]), "label": session.number},
        {"url": "", "label": _("State")},
    ]
    return {
        "session": session,
        "breadcrumbs_items": crumbs,
        "header_title": title,
        "page_title": title,
        "header_icon": "resubmit",
    }
