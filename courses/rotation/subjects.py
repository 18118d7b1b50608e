"""Registration of swaps as subjects of assignments."""

from __future__ import annotations

from courses.rotation.models import SwapProposal
from courses.rotation.rules import can_view_swap
from portal.org.subjects import register_subject


def register() -> None:
    register_subject(
        SwapProposal,
        title=lambda proposal: str(proposal.rotation),
        url=SwapProposal.get_absolute_url,
        readable=can_view_swap,
        is_open=lambda proposal: proposal.is_open,
        related=("rotation", "office", "other_office"),
    )
