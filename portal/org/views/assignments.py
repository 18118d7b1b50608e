"""What waits for the signed-in person, and what the person can do about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from portal.org import services
from portal.org.models import Assignment
from portal.org.requests import SignedInRequest
from portal.org.rules import can_see_overdue
from portal.org.selectors import done_assignments, open_assignments

PER_PAGE = 20

ACTS: dict[str, Callable[..., Assignment]] = {
    "claim": services.claim_assignment,
    "give_back": services.give_back_assignment,
    "resume": services.resume_assignment,
    "complete": services.complete_assignment,
}


@login_required
def own_assignments(request: SignedInRequest) -> HttpResponse:
    """List what waits, overdue first, what is paused, and what was done in the last month."""
    rows = Paginator(open_assignments(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": rows,
        "rows": rows.object_list,
        "can_see_overdue": can_see_overdue(request.user),
        "done": done_assignments(request.user)[:PER_PAGE],
    }
    return render(request, "org/assignments.html", context)


@login_required
@require_POST
def change_assignment(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Claim, give back, pause, resume or complete, as the button says."""
    assignment = get_object_or_404(Assignment.objects.for_user(request.user), pk=pk)
    act = request.POST.get("act", "")
    try:
        if act == "pause":
            reason = request.POST.get("reason", "")
            services.pause_assignment(assignment=assignment, user=request.user, reason=reason)
        elif act in ACTS:
            ACTS[act](assignment=assignment, user=request.user)
        else:
            return HttpResponseBadRequest()
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("org:assignments")
