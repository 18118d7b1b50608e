"""The front page: a dashboard for a signed-in person, a welcome for visitors."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from home.models import HomePage
from home.selectors import (
    OwnCounts,
    Task,
    own_counts,
    own_questions,
    own_sessions,
    tasks_of,
    welcome,
)
from home.selectors.welcome import coming_cards
from inquiry.selectors.sessions import sessions_open_for_questions
from portal.org.models import User
from portal.org.rules import is_staff_member


def front(request: HttpRequest, page: HomePage) -> HttpResponse:
    user = request.user
    return _dashboard(request, page, user) if is_staff_member(user) else _visitor(request, page)


def _visitor(request: HttpRequest, page: HomePage) -> HttpResponse:
    content = welcome(featured_case_id=page.featured_case_id, today=timezone.localdate())
    return render(request, "home/visitor.html", {"page": page, "content": content, "stations": page.stations})


def _dashboard(request: HttpRequest, page: HomePage, user: User) -> HttpResponse:
    now = timezone.localtime()
    tasks, counts = tasks_of(user), own_counts(user)
    sessions = own_sessions(user, now.date())
    context = {
        "page": page,
        "greeting": greeting(user, now),
        "office": user.office,
        "tiles": tiles(tasks, counts),
        "tasks": tasks,
        "questions": own_questions(user),
        "open_sessions": sessions_open_for_questions(user, today=now.date()),
        "sessions": sessions,
        "next_sessions": [] if sessions else coming_cards(now.date(), limit=2),
    }
    return render(request, "home/dashboard.html", context)


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


def tiles(tasks: list[Task], counts: OwnCounts) -> list[dict]:
    return [
        {"value": sum(task.count for task in tasks), "label": _("Waiting for me"), "url": "#waiting"},
        {"value": counts.raised, "label": _("Raised by me"), "url": "/me/questions/"},
        {"value": counts.grouped, "label": _("Grouped with others"), "url": "/me/questions/"},
        {"value": counts.in_dossier, "label": _("Written into dossiers"), "url": "/me/questions/"},
    ]
