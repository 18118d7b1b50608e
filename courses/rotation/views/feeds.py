"""The calendar of turns: its address, shown once, and what is fetched under it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.rotation import services
from courses.rotation.calendar import CONTENT_TYPE, calendar_of
from courses.rotation.models import CalendarFeed
from courses.rotation.rules import can_view_rotation
from portal.org.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: SignedInRequest) -> HttpResponse:
    """Give out the address of a person's calendar, once; replace it; take it back."""
    shown = ""
    act = request.POST.get("act")
    if act == "revoke":
        if services.revoke_feed(user=request.user):
            messages.success(request, _("The address no longer works."))
        return redirect("rotation:calendar")
    if act == "make":
        token = services.make_feed(user=request.user).token
        shown = f"{settings.BASE_URL}{reverse('rotation:feed', args=[token])}"
    feed = CalendarFeed.objects.filter(user=request.user).first()
    return render(request, "courses/rotation/calendar.html", {"feed": feed, "address": shown})


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Send the calendar to whoever knows its address; a calendar program signs in to nothing."""
    row = CalendarFeed.objects.select_related("user").filter(token_digest=services.feed_digest(token)).first()
    if row is None or not can_view_rotation(row.user):
        raise Http404
    with translation.override(row.user.language):
        content = calendar_of(row.user, timezone.localdate())
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="tongtang.ics"'
    response["Cache-Control"] = "private, no-store"
    return response
