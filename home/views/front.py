"""The front page: a dashboard for a signed-in person, a welcome for visitors."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from home.models import HomePage
from home.selectors import (
    Workplace,
    own_counts,
    own_questions,
    own_sessions,
    welcome,
    workplaces_of,
)
from home.selectors.welcome import coming_cards
from inquiry.selectors.sessions import sessions_open_for_questions
from portal.org.enums import Role
from portal.org.models import User
from portal.org.requests import SignedInRequest
from portal.org.rules import has_role, is_staff_member, roles_of
from portal.org.selectors import open_assignments

# Of what waits for a person; the rest is on a page of its own.
MAX_WAITING = 5


def front(request: HttpRequest, page: HomePage) -> HttpResponse:
    user = request.user
    return _dashboard(request, page, user) if is_staff_member(user) else _visitor(request, page)


def _visitor(request: HttpRequest, page: HomePage) -> HttpResponse:
    content = welcome(featured_case_id=page.featured_case_id, today=timezone.localdate())
    return render(request, "home/visitor.html", {"page": page, "content": content, "stations": page.stations})


def _dashboard(request: HttpRequest, page: HomePage, user: User) -> HttpResponse:
    now = timezone.localtime()
    workplaces = workplaces_of(user)
    sessions = own_sessions(user, now.date())
    waiting = [row for row in open_assignments(user) if row.assignment.paused_at is None]
    context = {
        "page": page,
        "greeting": greeting(user, now),
        "office": user.office,
        "roles": [str(role.label) for role in Role if role in roles_of(user)],
        "tiles": tiles(workplaces, user),
        "waiting": waiting[:MAX_WAITING],
        "waiting_count": len(waiting),
        "workplaces": workplaces,
        # Whoever has a role finds work first: the own questions follow by a fragment.
        "questions": [] if workplaces else own_questions(user),
        "open_sessions": sessions_open_for_questions(user, today=now.date()),
        "sessions": sessions,
        "is_coordinator": has_role(user, Role.COORDINATOR),
        "next_sessions": [] if sessions else coming_cards(now.date(), limit=2),
    }
    return render(request, "home/dashboard.html", context)


@login_required
@require_safe
def own_questions_fragment(request: SignedInRequest) -> HttpResponse:
    """Return a fragment with the newest of one's own questions; empty for who has raised none."""
    return render(request, "home/own_questions.html", {"questions": own_questions(request.user)})


def greeting(user: User, now: dt.datetime) -> str:
    """Return a greeting by the hour of the portal's time zone."""
    words = {"name": user}
    if 5 <= now.hour < 12:
        return _("Good morning, %(name)s") % words
    if 12 <= now.hour < 14:
        return _("Good day, %(name)s") % words
    if 14 <= now.hour < 18:
        return _("Good afternoon, %(name)s") % words
    return _("Good evening, %(name)s") % words


def tiles(workplaces: list[Workplace], user: User) -> list[dict]:
    """Return the queues of a person's roles, else what became of the own questions; nothing where all is zero."""
    figures = [tile for workplace in workplaces for tile in workplace.tiles]
    if not figures:
        counts, url = own_counts(user), reverse("inquiry:my_questions")
        figures = [
            {"value": counts.raised, "label": _("Raised by me"), "url": url},
            {"value": counts.grouped, "label": _("Grouped with others"), "url": f"{url}?list=grouped"},
            {
                "value": counts.in_dossier,
                "label": _("Written into dossiers"),
                "url": f"{url}?list=in_dossiers",
            },
        ]
    return figures if any(figure["value"] for figure in figures) else []
