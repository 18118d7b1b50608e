"""The front page: a dashboard for a signed-in person, a welcome for visitors."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.home.models import HomePage
from portal.home.selectors import welcome


def front(request: HttpRequest, page: HomePage) -> HttpResponse:
    return _visitor(request, page)


def _visitor(request: HttpRequest, page: HomePage) -> HttpResponse:
    shown = welcome(featured_case_id=page.featured_case_id, today=timezone.localdate())
    return render(request, "home/visitor.html", {"page": page, "shown": shown, "stations": page.stations})
