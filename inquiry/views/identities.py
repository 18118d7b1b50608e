"""Pages for keepers: ask to learn who raised a question, decide on requests of others, read."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from inquiry import rules
from inquiry.enums import IdentityRequestStatus
from inquiry.forms.ask import IdentityRequestForm, RefusalForm
from inquiry.models import IdentityRequest
from inquiry.selectors import presented_question
from inquiry.selectors.identities import keepers_elsewhere, requests_awaiting, requests_of
from inquiry.services.identities import (
    RevealedAsker,
    approve_identity_request,
    read_identity,
    refuse_identity_request,
    request_identity,
    withdraw_identity_request,
)
from inquiry.views.records import visible_question
from inquiry.views.responses import add_error_messages
from portal.foundation.forms import add_service_errors
from portal.foundation.paging import page_of
from portal.org.models import PortalSettings
from portal.org.requests import SignedInRequest

PER_PAGE = 20


def _require_keeper(request: SignedInRequest) -> None:
    if not rules.can_request_identity(request.user):
        raise PermissionDenied


@login_required
def request_page(request: SignedInRequest, number: str) -> HttpResponse:
    """Say what asking means, and take a keeper's reason."""
    question = visible_question(request, number)
    _require_keeper(request)
    form = IdentityRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            identity_request = request_identity(
                question=question, keeper=request.user, reason=form.cleaned_data["reason"]
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("Your request waits for another keeper."))
            return redirect(identity_request)
    context = {
        "form": form,
        "presented": presented_question(question, request.user),
        "days": PortalSettings.load().identity_days,
    }
    return render(request, "inquiry/request_identity.html", context)


@login_required
def requests(request: SignedInRequest) -> HttpResponse:
    """List what a keeper may decide, and the keeper's own requests."""
    _require_keeper(request)
    page = page_of(request.GET, requests_of(request.user), PER_PAGE)
    awaiting = page_of(request.GET, requests_awaiting(request.user), PER_PAGE, "awaiting")
    context = {"awaiting_page": awaiting, "page_obj": page}
    return render(request, "inquiry/identity_requests.html", context)


def _visible_request(request: SignedInRequest, pk: uuid.UUID) -> IdentityRequest:
    """Return a request to its requester, to whoever decided it, and to whoever may decide it. Raises Http404."""
    _require_keeper(request)
    row = get_object_or_404(
        IdentityRequest.objects.select_related("question", "requested_by", "decided_by"), pk=pk
    )
    if request.user.pk in (row.requested_by_id, row.decided_by_id) or _can_decide(request, row):
        return row
    raise Http404


def _can_decide(request: SignedInRequest, row: IdentityRequest) -> bool:
    if row.status != IdentityRequestStatus.REQUESTED:
        return False
    return rules.can_decide_identity_request(
        request.user, row, has_keepers_elsewhere=bool(keepers_elsewhere(row))
    )


@login_required
def request_detail(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a request, and what the reader can do about it."""
    return _detail_page(request, _visible_request(request, pk), RefusalForm())


def _detail_page(
    request: SignedInRequest, row: IdentityRequest, form: RefusalForm, revealed: RevealedAsker | None = None
) -> HttpResponse:
    is_own = row.requested_by_id == request.user.pk
    context = {
        "identity_request": row,
        "presented": presented_question(row.question, request.user),
        "form": form,
        "revealed": revealed,
        "is_own": is_own,
        "can_decide": _can_decide(request, row),
        "can_read": is_own and row.is_readable,
        "is_open": row.status == IdentityRequestStatus.REQUESTED,
        "days": PortalSettings.load().identity_days,
        "disclosures": row.disclosures.all() if is_own else [],
    }
    return render(request, "inquiry/identity_request.html", context)


@login_required
@require_POST
def approve(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Approve the request of another keeper."""
    row = _visible_request(request, pk)
    try:
        approve_identity_request(request=row, actor=request.user)
    except ValidationError as error:
        add_error_messages(request, error)
    else:
        messages.success(request, _("Approved. The keeper can read who asked; the asker is told."))
    return redirect(row)


@login_required
@require_POST
def refuse(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Refuse the request of another keeper, with a reason."""
    row = _visible_request(request, pk)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _detail_page(request, row, form)
    try:
        refuse_identity_request(request=row, actor=request.user, reason=form.cleaned_data["reason"])
    except ValidationError as error:
        add_error_messages(request, error)
    else:
        messages.success(request, _("Refused. The keeper who asked reads your reason."))
    return redirect(row)


@login_required
@require_POST
def end(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Withdraw one's own request, or end reading early."""
    row = _visible_request(request, pk)
    try:
        ended = withdraw_identity_request(request=row, actor=request.user)
    except ValidationError as error:
        add_error_messages(request, error)
    else:
        is_withdrawn = ended.status == IdentityRequestStatus.WITHDRAWN
        messages.success(request, _("Your request is withdrawn.") if is_withdrawn else _("Reading is over."))
    return redirect(row)


@login_required
@never_cache
@require_POST
@sensitive_variables("revealed")
def read(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the requester who asked: in the answer to a POST alone, so that no address, session or cache carries it."""
    row = _visible_request(request, pk)
    try:
        revealed = read_identity(request=row, actor=request.user)
    except ValidationError as error:
        add_error_messages(request, error)
        return redirect(row)
    return _detail_page(request, row, RefusalForm(), revealed)
