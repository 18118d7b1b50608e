"""The board of a rotation, and the start of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.rotation import selectors, services
from courses.rotation.enums import Pace
from courses.rotation.forms import StartForm
from courses.rotation.models import Rotation
from courses.rotation.presentation import board_of, countdown_text, event_rows, theme_text
from courses.rotation.rules import can_change_parties, can_speak_for, can_start_rotation
from courses.rules import can_plan_sessions
from portal.foundation.forms import add_service_errors
from portal.org.enums import Role
from portal.org.requests import SignedInRequest
from portal.org.rules import has_role

MEASURES = ("sessions", "days", "hours")


@login_required
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Show the national rotation, else the first; where there is none, say how one begins."""
    rotation = selectors.default_rotation()
    if rotation is None:
        context = {"can_start": can_start_rotation(request.user)}
        return render(request, "courses/rotation/none.html", context)
    return _board(request, rotation)


@login_required
@require_safe
def board(request: SignedInRequest, code: str) -> HttpResponse:
    rotation = selectors.rotation_by_code(code)
    if rotation is None:
        raise Http404
    return _board(request, rotation)


@login_required
@require_safe
def own_turn(request: SignedInRequest) -> HttpResponse:
    """Return a fragment for the home of coordinators: when their department hosts; empty for others."""
    is_coordinator = has_role(request.user, Role.COORDINATOR)
    own = selectors.own_turn(request.user, timezone.localdate()) if is_coordinator else None
    shown = own and {
        "hosted": own.hosted,
        "url": own.rotation.get_absolute_url(),
        "countdown": countdown_text(own.countdown),
        "theme": theme_text(own.sessions),
    }
    return render(request, "courses/rotation/own_turn.html", {"own_turn": shown})


def _board(request: SignedInRequest, rotation: Rotation) -> HttpResponse:
    schedule = selectors.Schedule(rotation, timezone.localdate())
    shown = board_of(schedule)
    following = shown.next
    when = selectors.countdown(schedule.today, following.hosted.turn.first_day) if following else None
    own = [office for office in schedule.members if can_speak_for(request.user, office)]
    proposals = rotation.proposals.filter(decision="").select_related(
        "office__department", "other_office__department"
    )
    context = {
        "rotation": rotation,
        "breadcrumbs": [{"label": _("Sessions"), "url": "/sessions/"}, {"label": _("Rotation")}],
        "others": [other for other in Rotation.objects.all() if other.pk != rotation.pk],
        "board": shown,
        "members": schedule.members,
        "following": following,
        "countdown": countdown_text(when) if when else "",
        "own_turns": [turn for office in own if (turn := schedule.coming_of(office))],
        "own_present": [
            hosted
            for hosted in schedule.coming_years
            if hosted.status == "present" and hosted.office in own and rotation.pace == Pace.SESSIONS
        ],
        "proposals": [
            proposal for proposal in proposals if {proposal.office, proposal.other_office} & set(own)
        ],
        "events": event_rows(rotation, schedule.offices),
        "can_plan": can_plan_sessions(request.user),
        "can_start": can_start_rotation(request.user),
        "can_change_parties": can_change_parties(request.user),
        **_carried(request, rotation, schedule),
    }
    return render(request, "courses/rotation/board.html", context)


def _carried(request: SignedInRequest, rotation: Rotation, schedule: selectors.Schedule) -> dict[str, Any]:
    """Return the table of what departments have carried, and one of its columns as bars."""
    rows = selectors.carried_by(rotation, schedule.members)
    labels = {"sessions": _("Sessions"), "days": _("Days"), "hours": _("Hours of the agenda")}
    chosen = request.GET.get("measure", "")
    measure = chosen if chosen in MEASURES else MEASURES[0]
    bars = [
        {
            "label": row.department.short_name_here,
            "value": getattr(row, measure),
            "department": row.department,
        }
        for row in rows
    ]
    tabs = [
        {"label": label, "url": f"?measure={name}#carried", "active": name == measure}
        for name, label in labels.items()
    ]
    return {"carried": rows, "carried_bars": bars, "carried_tabs": tabs, "measure": labels[measure]}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: SignedInRequest) -> HttpResponse:
    """Start a rotation: its name, its pace, and who hosts in which order."""
    if not can_start_rotation(request.user):
        raise PermissionDenied
    form = StartForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            rotation = services.start_rotation(
                rotation=form.save(commit=False), offices=form.offices, actor=request.user
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("%(rotation)s was started.") % {"rotation": rotation})
            return redirect(rotation.get_absolute_url())
    return render(request, "courses/rotation/start.html", {"form": form})
