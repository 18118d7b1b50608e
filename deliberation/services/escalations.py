"""Take a difference higher, and record what came of it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deliberation.enums import MatterStatus
from deliberation.models import Escalation, Matter, TextVersion
from deliberation.rules import can_lead_matter
from deliberation.services.locks import lock_open_matter, require_current
from deliberation.services.settling import call_host, settle_if_ready
from deliberation.services.status import move
from deliberation.services.waiting import await_host, nothing_waits
from portal.foundation.limits import MAX_OFFICE_NAME_CHARS
from portal.foundation.signals import announce_changed
from portal.foundation.validation import raise_errors, text_error
from portal.org.enums import AssignmentKind
from portal.org.models import User
from portal.org.services.audit import record_action, require
from portal.org.services.secrecy import refuse_marked


@transaction.atomic
def escalate(
    *, matter: Matter, version: TextVersion, to: str, recommendation: str, actor: User
) -> Escalation:
    """Take a difference about the present text higher, with a recommendation; nobody signs until the outcome is recorded."""
    require(can_lead_matter(actor, matter))
    is_named = 0 < len(to.strip()) <= MAX_OFFICE_NAME_CHARS
    raise_errors(
        {
            "to": ""
            if is_named
            else _("Say to whom, in at most %(limit)d characters.") % {"limit": MAX_OFFICE_NAME_CHARS},
            "recommendation": text_error(recommendation, missing=_("Say what you recommend.")),
        }
    )
    refuse_marked(to, recommendation, actor=actor)
    locked = lock_open_matter(matter.pk)
    require_current(locked, version)
    move(locked, MatterStatus.ESCALATED)
    nothing_waits(locked, actor=actor, what=AssignmentKind.COUNTERSIGN)
    escalation = Escalation.objects.create(
        version=version,
        to=to.strip(),
        recommendation=recommendation.strip(),
        raised_by=actor,
        raised_at=timezone.now(),
    )
    await_host(locked, actor=actor)
    record_action(locked, "deliberation.escalate", actor=actor, version=version.n)
    announce_changed(locked)
    return escalation


@transaction.atomic
def record_outcome(*, escalation: Escalation, outcome: str, actor: User) -> Escalation:
    """Record what came of an escalation; the matter is in consultation again, and parties may take other positions.

    The host revises the text, opens signing once none differs any more, or closes the matter.
    """
    matter = escalation.version.matter
    require(can_lead_matter(actor, matter))
    raise_errors({"outcome": text_error(outcome, missing=_("Say what came of it."))})
    refuse_marked(outcome, actor=actor)
    locked = lock_open_matter(matter.pk)
    row = Escalation.objects.select_for_update().get(pk=escalation.pk)
    if not row.is_open or locked.status != MatterStatus.ESCALATED:
        raise ValidationError(_("The outcome was recorded already, or the text was revised."))
    row.outcome, row.recorded_by, row.recorded_at = outcome.strip(), actor, timezone.now()
    row.save(update_fields=["outcome", "recorded_by", "recorded_at"])
    move(locked, MatterStatus.CONSULTING)
    record_action(locked, "deliberation.outcome", actor=actor)
    announce_changed(locked)
    if not settle_if_ready(locked, actor=actor):
        call_host(locked, actor=actor)
    return row
