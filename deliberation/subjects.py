"""Registration of matters as what assignments are about."""

from __future__ import annotations

from deliberation.models import Matter
from deliberation.rules import can_act_on_matter
from portal.org.subjects import register_subject


def register() -> None:
    """Register matters, which wait for those who speak or act for a party."""
    register_subject(
        Matter,
        url=Matter.get_absolute_url,
        readable=can_act_on_matter,
        is_open=lambda matter: matter.is_open,
        related=("parties",),
    )
