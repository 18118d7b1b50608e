"""Pages of files that are held back: for whoever uploaded one, and for the reviewers who decide."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.org.enums import FileReviewStatus
from portal.org.models import FileReview
from portal.org.requests import SignedInRequest
from portal.org.rules import can_view_file_review, is_reviewer
from portal.org.services import file_reviews as services


def _visible_review(request: SignedInRequest, pk: uuid.UUID) -> FileReview:
    """Return the row; 404 for whoever may not see it, since that a file is held tells something."""
    review = get_object_or_404(FileReview.objects.select_related("reviewed_by"), pk=pk)
    if not can_view_file_review(request.user, review):
        raise Http404
    return review


@login_required
def file_review(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the marks with the words around them; to reviewers, what either decision does."""
    review = _visible_review(request, pk)
    context = {
        "review": review,
        "is_held": review.status == FileReviewStatus.HELD,
        "can_decide": is_reviewer(request.user),
    }
    return render(request, "org/file_review.html", context)


@login_required
def held_file(request: SignedInRequest, pk: uuid.UUID) -> FileResponse:
    """Send the file to whoever uploaded it and to reviewers, never to be shown in the browser."""
    review = _visible_review(request, pk)
    if review.status != FileReviewStatus.HELD:
        raise Http404
    try:
        file = review.file.open()
    # The row outlives its file where a storage was restored without it.
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, as_attachment=True, filename=review.file_name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _reviewable(request: SignedInRequest, pk: uuid.UUID) -> FileReview:
    if not is_reviewer(request.user):
        raise PermissionDenied
    return get_object_or_404(FileReview, pk=pk)


@login_required
@require_POST
def release(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Let the file become a document."""
    review = _reviewable(request, pk)
    try:
        services.release_file(review=review, reviewer=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Released: it is a document now."))
    return redirect(review)


@login_required
@require_POST
def refuse(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete the file, with a reason that whoever uploaded it reads."""
    review = _reviewable(request, pk)
    try:
        services.refuse_file(review=review, reviewer=request.user, reason=request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Not taken; the file was deleted."))
    return redirect(review)
