"""Pages for secrecy reviewers: what is held back, and the decision about it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inquiry.enums import HeldStatus
from inquiry.forms.ask import HeldRefusalForm
from inquiry.models import HeldSubmission
from inquiry.rules import can_review_secrecy
from inquiry.services.secrecy_reviews import refuse_submission, release_submission
from inquiry.views.responses import add_error_messages
from portal.foundation.secrecy import classification_marks
from portal.org.models import FileReview
from portal.org.requests import SignedInRequest

PER_PAGE = 20


def _require_reviewer(request: SignedInRequest) -> None:
    if not can_review_secrecy(request.user):
        raise PermissionDenied


@login_required
def held_submissions(request: SignedInRequest) -> HttpResponse:
    """List what waits for a review, and what was decided last."""
    _require_reviewer(request)
    waiting = HeldSubmission.objects.filter(status=HeldStatus.WAITING)
    decided = HeldSubmission.objects.exclude(status=HeldStatus.WAITING).select_related("reviewed_by")
    context = {
        "page_obj": Paginator(waiting, PER_PAGE).get_page(request.GET.get("page")),
        "files": FileReview.objects.held(),
        "decided_files": FileReview.objects.decided()[:PER_PAGE],
        "decided": decided.order_by("-reviewed_on", "pk")[:PER_PAGE],
    }
    return render(request, "inquiry/held_submissions.html", context)


@login_required
def held_submission(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a text with its marks, and say what either decision does."""
    _require_reviewer(request)
    return _page(request, get_object_or_404(HeldSubmission, pk=pk), HeldRefusalForm())


def _page(request: SignedInRequest, submission: HeldSubmission, form: HeldRefusalForm) -> HttpResponse:
    context = {
        "submission": submission,
        "marked_text": _marked(submission.text),
        "form": form,
        "is_waiting": submission.status == HeldStatus.WAITING,
    }
    return render(request, "inquiry/held_submission.html", context)


def _marked(text: str) -> SafeString:
    """Return the text as HTML, its marks of classification highlighted, with no space that it does not have."""
    pieces, position = [], 0
    for mark in classification_marks(text):
        pieces.append((text[position : mark.start], text[mark.start : mark.end]))
        position = mark.end
    marked = format_html_join("", "{}<mark>{}</mark>", pieces)
    return linebreaksbr(format_html("{}{}", marked, text[position:]))


@login_required
@require_POST
def release(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Take what was held back, as of the day on which it was sent."""
    _require_reviewer(request)
    submission = get_object_or_404(HeldSubmission, pk=pk)
    try:
        question = release_submission(submission=submission, reviewer=request.user)
    except ValidationError as error:
        add_error_messages(request, error)
        return redirect(submission)
    messages.success(request, _("Released as %(number)s.") % {"number": question.number})
    return redirect("inquiry:held_submissions")


@login_required
@require_POST
def refuse(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete the text, with a reason that its sender reads."""
    _require_reviewer(request)
    submission = get_object_or_404(HeldSubmission, pk=pk)
    form = HeldRefusalForm(request.POST)
    if not form.is_valid():
        return _page(request, submission, form)
    try:
        refuse_submission(submission=submission, reviewer=request.user, reason=form.cleaned_data["reason"])
    except ValidationError as error:
        add_error_messages(request, error)
        return redirect(submission)
    messages.success(request, _("Not taken; the text was deleted."))
    return redirect("inquiry:held_submissions")
