"""Propose a swap of turns, answer it, withdraw it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.rotation.enums import EventKind, SwapDecision
from courses.rotation.models import Rotation, SwapProposal
from courses.rotation.rules import can_answer_swap
from courses.rotation.selectors import speakers_for
from courses.rotation.services.proposals import decide, end_overtaken_proposals, still_fits
from courses.rotation.services.recording import (
    coming_turn,
    locked,
    notify_of_rotation,
    record,
    require_next,
    require_speaker,
    tell,
)
from courses.rotation.turns import ONE_DAY
from portal.org.enums import AssignmentKind, NotificationKind
from portal.org.models import User
from portal.org.services import assign, complete_assignments, end_assignments
from portal.org.services.secrecy import refuse_marked


@transaction.atomic
def propose_swap(
    *, rotation: Rotation, number: int, other_number: int, reason: str, actor: User | None
) -> SwapProposal:
    """Propose to another party that both exchange their next turns; it decides."""
    schedule = locked(rotation)
    mine, theirs = coming_turn(schedule, number), coming_turn(schedule, other_number)
    require_speaker(actor, mine.office)
    if mine.office == theirs.office:
        raise ValidationError(_("Both turns are the same department's."))
    for hosted in (mine, theirs):
        require_next(schedule, hosted)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why you ask for it.")})
    refuse_marked(reason, actor=actor)
    try:
        with transaction.atomic():
            proposal = SwapProposal.objects.create(
                rotation=rotation,
                office=mine.office,
                turn=number,
                other_office=theirs.office,
                other_turn=other_number,
                reason=reason,
                proposed_by=actor,
            )
    except IntegrityError as error:
        raise ValidationError(_("A swap that your department proposed waits for an answer.")) from error
    log(rotation, "courses.rotation.propose", user=actor, data={"turn": number, "other_turn": other_number})
    # From the day on which the earlier of the two turns begins, nothing can be swapped any more.
    due_on = min(mine.turn.first_day, theirs.turn.first_day) - ONE_DAY
    assign(subject=proposal, what=AssignmentKind.ANSWER_SWAP, department=theirs.department, due_on=due_on)
    for person in speakers_for([theirs.office]):
        if person != actor:
            notify_of_rotation(person, NotificationKind.SWAP_PROPOSED, rotation, proposal.get_absolute_url())
    return proposal


@transaction.atomic
def answer_swap(
    *, proposal: SwapProposal, agrees: bool, actor: User | None, comment: str = ""
) -> SwapProposal:
    """Agree to a swap, which then takes effect, or refuse it.

    Where the turns are no longer those that were proposed, the proposal is overtaken and nothing else happens. Raises
    ValidationError where it was decided before.
    """
    schedule = locked(proposal.rotation)
    stored = _open_proposal(proposal)
    if actor is not None and not can_answer_swap(actor, stored):
        raise PermissionDenied
    comment = comment.strip()
    if not agrees and not comment:
        raise ValidationError({"comment": _("Say why you refuse.")})
    refuse_marked(comment, actor=actor)
    decision = SwapDecision.AGREED if agrees else SwapDecision.REFUSED
    if not still_fits(schedule, stored):
        decision = SwapDecision.OVERTAKEN
    decide(stored, decision, actor, comment)
    if decision == SwapDecision.AGREED:
        record(
            stored.rotation,
            EventKind.SWAP,
            stored.proposed_by,
            office=stored.office,
            turn=stored.turn,
            other_office=stored.other_office,
            other_turn=stored.other_turn,
            reason=stored.reason,
            agreed_by=actor,
        )
        end_overtaken_proposals(stored.rotation, actor)
        tell(stored.rotation, schedule.members, actor)
    if decision == SwapDecision.OVERTAKEN:
        end_assignments(subject=stored, actor=actor)
    else:
        complete_assignments(subject=stored, what=AssignmentKind.ANSWER_SWAP, actor=actor)
    proposer = stored.proposed_by
    if proposer is not None and proposer != actor:
        notify_of_rotation(
            proposer, NotificationKind.SWAP_ANSWERED, stored.rotation, stored.get_absolute_url()
        )
    return stored


@transaction.atomic
def withdraw_swap(*, proposal: SwapProposal, actor: User) -> SwapProposal:
    """Withdraw a proposal that waits for an answer, for the department that made it."""
    locked(proposal.rotation)
    stored = _open_proposal(proposal)
    require_speaker(actor, stored.office)
    decide(stored, SwapDecision.WITHDRAWN, actor, "")
    end_assignments(subject=stored, actor=actor)
    return stored


def _open_proposal(proposal: SwapProposal) -> SwapProposal:
    stored = (
        SwapProposal.objects.select_for_update(of=("self",))
        .select_related("rotation", "office__department", "other_office__department", "proposed_by")
        .get(pk=proposal.pk)
    )
    if not stored.is_open:
        text = _("This swap was decided before: %(decision)s.")
        raise ValidationError(text % {"decision": stored.get_decision_display()})
    return stored
