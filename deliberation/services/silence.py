"""The clock's part: rounds whose last day has passed."""

from __future__ import annotations

import logging

from django.core.exceptions import ValidationError
from django.utils import timezone

from deliberation.enums import MatterStatus
from deliberation.models import Consultation
from deliberation.services.consultations import record_silence

logger = logging.getLogger(__name__)


def end_silent_consultations() -> int:
    """Record silence in each round that was opened with that rule and is over; return how many parties were silent."""
    overdue = Consultation.objects.filter(
        silence_agrees=True,
        ended_at=None,
        due_on__lt=timezone.localdate(),
        version__matter__status=MatterStatus.CONSULTING,
    )
    return sum(_silent_parties(consultation) for consultation in overdue.select_related("version"))


def _silent_parties(consultation: Consultation) -> int:
    """Return how many parties were silent; none where the matter cannot be settled, so that others are."""
    try:
        return len(record_silence(consultation=consultation, actor=None))
    except ValidationError:
        logger.exception("Silence on %s could not be recorded", consultation)
        return 0
