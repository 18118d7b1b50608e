"""Pages of the admin on which a second administrator decides."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail.admin.ui.tables import Column, Table, TitleColumn

from portal.foundation import dates
from portal.foundation.paging import page_of
from portal.org import services
from portal.org.enums import ApprovalKind
from portal.org.models import AccountApproval
from portal.org.requests import SignedInRequest
from portal.org.rules import can_decide_approval, can_see_approvals
from portal.org.selectors import decided_approvals, open_approvals, second_administrators
from portal.org.views.accounts import PER_PAGE, people_page


def _account(approval: AccountApproval) -> str:
    return f"{approval.account.display_name} ({approval.account.username})"


def _requester(approval: AccountApproval) -> str:
    return str(approval.requested_by or _("At the server"))


def _decision(approval: AccountApproval) -> str:
    parts = (approval.get_decision_display(), approval.decided_by, dates.day(approval.decided_at))
    return " · ".join(str(part) for part in parts if part)


ACCOUNT_COLUMNS = [
    Column("account", label=gettext_lazy("Account"), accessor=_account),
    Column("requested_by", label=gettext_lazy("Requested by"), accessor=_requester),
]
WAITING_COLUMNS = [
    TitleColumn("label", label=gettext_lazy("What"), url_name="org_approval"),
    *ACCOUNT_COLUMNS,
    Column(
        "requested_at",
        label=gettext_lazy("Requested on"),
        accessor=lambda approval: dates.day(approval.requested_at),
    ),
]
DECIDED_COLUMNS = [
    Column("label", label=gettext_lazy("What")),
    *ACCOUNT_COLUMNS,
    Column("decision", label=gettext_lazy("Decision"), accessor=_decision),
    Column(
        "decision_reason",
        label=gettext_lazy("Reason"),
        accessor=lambda approval: approval.decision_reason or "–",
    ),
]


def _require_administrator(request: SignedInRequest) -> None:
    if not can_see_approvals(request.user):
        raise PermissionDenied


def approvals(request: SignedInRequest) -> HttpResponse:
    """List what waits for a second administrator, and the decisions, page by page."""
    _require_administrator(request)
    waiting = page_of(request.GET, open_approvals(), PER_PAGE)
    decided = page_of(request.GET, decided_approvals(), PER_PAGE, "decided")
    context = {
        "waiting": Table(WAITING_COLUMNS, waiting.object_list),
        "waiting_page": waiting,
        "decided": Table(DECIDED_COLUMNS, decided.object_list),
        "decided_page": decided,
    }
    title = _("Waiting for a second administrator")
    return render(request, "org/admin/approvals.html", people_page(title, "group", **context))


# It may show a code, once.
@never_cache
def approval(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what an approval does and to whom; a POST approves it."""
    _require_administrator(request)
    row = get_object_or_404(AccountApproval.objects.select_related("account", "requested_by"), pk=pk)
    if request.method != "POST":
        return _approval_page(request, row)
    try:
        decision = services.grant_approval(approval=row, actor=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("org_approval", pk=pk)
    if decision.code:
        return _approval_page(request, decision.approval, code=decision.code)
    messages.success(request, _("Approved: %(what)s.") % {"what": decision.approval})
    return redirect("org_approvals")


def _approval_page(
    request: SignedInRequest, row: AccountApproval, code: str = "", **context: str
) -> HttpResponse:
    page = people_page(
        _("Decide as second administrator"),
        "group",
        approval=row,
        code=code,
        can_decide=not row.decision and can_decide_approval(request.user, row),
        can_withdraw=not row.decision and row.requested_by_id == request.user.pk,
        deciders=[] if row.decision else second_administrators(row),
        is_about_role=row.kind == ApprovalKind.ROLE,
        is_about_questions=row.kind == ApprovalKind.EARLIER_QUESTIONS,
        **context,
    )
    return render(request, "org/admin/approval.html", page)


@require_POST
def refuse(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Refuse with a reason; without one the page comes back."""
    _require_administrator(request)
    row = get_object_or_404(AccountApproval, pk=pk)
    try:
        services.refuse_approval(approval=row, actor=request.user, reason=request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("org_approval", pk=pk)
    messages.success(request, _("Refused: %(what)s.") % {"what": row})
    return redirect("org_approvals")


@require_POST
def withdraw(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Take back what one asked for oneself."""
    row = get_object_or_404(AccountApproval, pk=pk)
    try:
        services.withdraw_approval(approval=row, actor=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Withdrawn: %(what)s.") % {"what": row})
    return redirect("org_approvals")
