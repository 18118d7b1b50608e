"""How views of this app fetch records and answer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme

from inquiry.models import Question
from inquiry.selectors import questions_visible_to

__all__ = ["come_back", "login_required", "visible_question"]


def visible_question(request: HttpRequest, number: str) -> Question:
    """The question of that number if the reader may see it, else a 404."""
    return get_object_or_404(questions_visible_to(request.user), number=number)


def come_back(request: HttpRequest, default: str) -> HttpResponse:
    """Redirect to the page that a form was sent from, if it is one of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(wanted if safe else default)


def tell_errors(request: HttpRequest, error: ValidationError) -> None:
    for message in error.messages:
        messages.error(request, message)
