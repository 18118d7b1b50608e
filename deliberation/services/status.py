"""The status of matters, set by this module alone."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from deliberation.enums import MATTER_MOVES, ConsultationEnd, MatterStatus
from deliberation.models import Consultation, Matter


def move(matter: Matter, status: str, **values: object) -> None:
    """Move a locked matter to a status that `MATTER_MOVES` allows, with other fields. Raises ValidationError."""
    if matter.status == MatterStatus.ESCALATED and status not in MATTER_MOVES[matter.status]:
        raise ValidationError(_("Record first what came of the escalation."))
    if status not in MATTER_MOVES[matter.status]:
        raise ValidationError(
            _("A matter that is “%(status)s” does not become “%(next)s”.")
            % {"status": matter.get_status_display(), "next": MatterStatus(status).label}
        )
    matter.status = status
    matter.signing_since = timezone.now() if status == MatterStatus.SIGNING else None
    for name, value in values.items():
        setattr(matter, name, value)
    matter.save(update_fields=["status", "signing_since", *values])


def end_consultation(matter: Matter, end: ConsultationEnd) -> None:
    """End the round on the present text, if one is open."""
    open_rounds = Consultation.objects.filter(version=matter.current_id, ended_at=None)
    open_rounds.update(ended_at=timezone.now(), end=end)
