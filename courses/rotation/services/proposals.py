"""Decide proposed swaps, and end those that other events have overtaken."""

from __future__ import annotations

from django.utils import timezone
from wagtail.log_actions import log

from courses.rotation.enums import SwapDecision
from courses.rotation.models import Rotation, SwapProposal
from courses.rotation.selectors import Schedule
from courses.rotation.services.recording import notify_of_rotation
from portal.org.enums import NotificationKind
from portal.org.models import User
from portal.org.services import end_assignments


def still_fits(schedule: Schedule, proposal: SwapProposal) -> bool:
    """Return whether both turns are still to come, and the next ones of the same offices."""
    pairs = ((proposal.turn, proposal.office), (proposal.other_turn, proposal.other_office))
    for number, office in pairs:
        coming = schedule.coming_of(office)
        if coming is None or coming.number != number or office not in schedule.members:
            return False
    return True


def decide(proposal: SwapProposal, decision: SwapDecision, actor: User | None, comment: str) -> None:
    proposal.decision, proposal.comment = decision, comment
    proposal.decided_by, proposal.decided_at = actor, timezone.now()
    proposal.save(update_fields=["decision", "comment", "decided_by", "decided_at"])
    data = {"decision": decision.value, "turn": proposal.turn, "other_turn": proposal.other_turn}
    log(proposal.rotation, "courses.rotation.answer", user=actor, data=data)


def end_overtaken_proposals(rotation: Rotation, actor: User | None) -> None:
    """End the proposals that no longer fit the turns as they are now, and tell who made them."""
    schedule = Schedule(Rotation.objects.with_facts().get(pk=rotation.pk), timezone.localdate())
    waiting = rotation.proposals.filter(decision="").select_related(
        "rotation", "office", "other_office", "proposed_by"
    )
    for proposal in waiting:
        if still_fits(schedule, proposal):
            continue
        decide(proposal, SwapDecision.OVERTAKEN, actor, "")
        end_assignments(subject=proposal, actor=actor)
        if proposal.proposed_by is not None:
            url = proposal.get_absolute_url()
            notify_of_rotation(proposal.proposed_by, NotificationKind.SWAP_ANSWERED, rotation, url)
