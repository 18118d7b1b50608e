"""Claim a question, give it back, open it again, and take back what was just saved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inquiry.models import ClusterMembership, Question, QuestionClosure, Refinement
from inquiry.services.claims import claim_question, release_question
from inquiry.services.closures import reopen_question
from inquiry.services.undoing import undo_grouping, undo_refinement
from inquiry.views.desk_lists import GROUP, REFINE, DeskList, list_of
from inquiry.views.desk_pages import claim_context
from inquiry.views.records import closers_only, groupers_only, refiners_only, visible_question
from inquiry.views.responses import add_error_messages
from portal.org.requests import SignedInRequest

RELEASE, TAKE_OVER = "release", "take_over"


@refiners_only
@require_POST
def claim(request: SignedInRequest, number: str) -> HttpResponse:
    """Claim a question for a while, give it back, or take it over; htmx replaces what the page says of it."""
    question = visible_question(request, number)
    act, error_messages = request.POST.get("act"), []
    try:
        if act == RELEASE:
            release_question(question=question, actor=request.user)
        else:
            claim_question(question=question, actor=request.user, takes_over=act == TAKE_OVER)
    except ValidationError as error:
        error_messages = error.messages
    if request.htmx:
        listed = list_of(request)
        context = claim_context(question, request.user, listed.query_string() if listed else "")
        return render(request, "inquiry/claim.html", context | {"errors": error_messages})
    for message in error_messages:
        messages.error(request, message)
    return redirect(_question_url(request, question))


@closers_only
@require_POST
def reopen(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Open a closed question again, as long as it is closed as the page said."""
    question = visible_question(request, number)
    closure = get_object_or_404(QuestionClosure, pk=pk, question=question)
    try:
        reopen_question(question=question, actor=request.user, expected=closure)
    except ValidationError as error:
        add_error_messages(request, error)
    else:
        messages.success(request, _("%(number)s is open again.") % {"number": question.number})
    return redirect(_question_url(request, question))


@refiners_only
@require_POST
def refinement_undo(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Take back a restated form, and show the words again as they were before they were saved."""
    question = visible_question(request, number)
    refinement = get_object_or_404(Refinement, pk=pk, question=question)
    try:
        undo_refinement(refinement=refinement, actor=request.user)
    except ValidationError as error:
        add_error_messages(request, error)
        return redirect(_question_url(request, question))
    text = _("%(number)s is as it was before. Your words stand in the form, not saved.")
    messages.success(request, text % {"number": question.number})
    return redirect(_question_url(request, question, act=REFINE, restore=pk))


@groupers_only
@require_POST
def grouping_undo(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Take back a grouping: each question returns to where it came from."""
    question = visible_question(request, number)
    membership = get_object_or_404(ClusterMembership, pk=pk, question=question)
    try:
        cluster = undo_grouping(membership=membership, actor=request.user)
    except ValidationError as error:
        add_error_messages(request, error)
    else:
        numbers = {"number": question.number, "cluster": cluster.number}
        messages.success(request, _("%(number)s is not in %(cluster)s any more.") % numbers)
    return redirect(_question_url(request, question, act=GROUP))


def _question_url(request: SignedInRequest, question: Question, **query: Any) -> str:
    """Return the question in the list that the address names, or its own page."""
    listed = list_of(request)
    if listed is None and not query:
        return question.get_absolute_url()
    return (listed or DeskList("all", request.GET, request.user)).url(question.number, **query)
