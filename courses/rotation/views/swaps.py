"""The page of a proposed swap, on which the other department answers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.rotation import services
from courses.rotation.enums import SwapDecision
from courses.rotation.forms import AnswerForm
from courses.rotation.models import SwapProposal
from courses.rotation.presentation import change_rows
from courses.rotation.rules import can_answer_swap, can_speak_for, can_view_swap
from courses.rotation.selectors import changes_by, rotation_by_code
from courses.rotation.turns import Swap
from portal.foundation.forms import add_service_errors
from portal.org.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def swap(request: SignedInRequest, pk: str) -> HttpResponse:
    """Show what a swap would change for whom; agree, refuse or withdraw."""
    proposal = (
        SwapProposal.objects.select_related(
            "rotation", "office__department", "other_office__department", "proposed_by", "decided_by"
        )
        .filter(pk=pk)
        .first()
    )
    if proposal is None:
        raise Http404
    if not can_view_swap(request.user, proposal):
        raise PermissionDenied
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            message = _answer(request, proposal, form.cleaned_data["comment"])
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, message)
            return redirect(proposal.get_absolute_url())
    return render(request, "courses/rotation/swap.html", _context(request, proposal, form))


def _answer(request: SignedInRequest, proposal: SwapProposal, comment: str) -> str:
    """Do what was chosen and return what is said about it."""
    act = request.POST.get("act")
    if act == "withdraw":
        services.withdraw_swap(proposal=proposal, actor=request.user)
        return _("The swap was withdrawn.")
    if act not in ("agree", "refuse"):
        raise ValidationError(_("Choose whether you agree."))
    decided = services.answer_swap(
        proposal=proposal, agrees=act == "agree", actor=request.user, comment=comment
    )
    if decided.decision == SwapDecision.OVERTAKEN:
        return _("The turns have changed since it was proposed; nothing was swapped.")
    if decided.decision == SwapDecision.AGREED:
        return _("The turns are swapped; all departments are told.")
    return _("The swap was refused.")


def _context(request: SignedInRequest, proposal: SwapProposal, form: AnswerForm) -> dict[str, object]:
    rotation = rotation_by_code(proposal.rotation.code)
    today = timezone.localdate()
    fact = Swap(
        on=today,
        party=proposal.office_id,
        turn=proposal.turn,
        other=proposal.other_office_id,
        other_turn=proposal.other_turn,
    )
    changes = changes_by(rotation, today, fact) if rotation and proposal.is_open else []
    return {
        "proposal": proposal,
        "rotation": rotation,
        "form": form,
        "turn": proposal.turn,
        "other_turn": proposal.other_turn,
        "changes": change_rows(changes),
        "can_answer": proposal.is_open and can_answer_swap(request.user, proposal),
        "can_withdraw": proposal.is_open and can_speak_for(request.user, proposal.office),
    }
