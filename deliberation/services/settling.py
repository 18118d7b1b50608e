"""Settle a text: freeze its matter once all have signed, or none differs where that is how it settles."""

from __future__ import annotations

import datetime as dt
import logging

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from deliberation.enums import BlockerKind, ConsultationEnd, MatterStatus, Settlement
from deliberation.models import Countersignature, Matter, TextVersion
from deliberation.selectors.matters import blockers, signing_parties
from deliberation.services.status import end_consultation, move
from deliberation.services.waiting import await_host, nothing_waits, tell_signatories
from deliberation.signals import matter_frozen
from norms.services.agreed_texts import store_agreed_text
from portal.foundation.signals import announce_changed
from portal.org.enums import AssignmentKind, NotificationKind
from portal.org.models import User
from portal.org.services.audit import record_action

logger = logging.getLogger(__name__)


def settle_if_ready(matter: Matter, *, actor: User | None) -> bool:
    """Freeze a locked matter if nothing is missing; tell whether it is settled now. Else the host may have to act."""
    if matter.described_kind.settles_by == Settlement.SIGNATURES:
        signed_on = _day_of_last_signature(matter)
        if signed_on:
            _freeze(matter, on=signed_on, actor=actor)
    elif matter.status == MatterStatus.CONSULTING and not blockers(matter):
        _freeze(matter, on=timezone.localdate(), actor=actor)
    return matter.status == MatterStatus.FROZEN


def call_host(matter: Matter, *, actor: User | None) -> None:
    """Let the host decide how a matter goes on, as soon as no position of the round is missing."""
    if matter.status == MatterStatus.CONSULTING and not any(
        blocker.kind == BlockerKind.MISSING for blocker in blockers(matter)
    ):
        await_host(matter, actor=actor)


def _day_of_last_signature(matter: Matter) -> dt.date | None:
    """Return the day of the last signature, None while one is missing."""
    if matter.status != MatterStatus.SIGNING:
        return None
    signatures = Countersignature.objects.counting().filter(version=matter.current_id)
    day_by_party = dict(signatures.values_list("party", "signed_on"))
    needed = {party.pk for party in signing_parties(matter)}
    if not needed or not needed <= set(day_by_party):
        return None
    return max(day_by_party.values())


def _freeze(matter: Matter, *, on: dt.date, actor: User | None) -> None:
    version = intact_version(matter)
    end_consultation(matter, ConsultationEnd.SETTLED)
    nothing_waits(matter, actor=actor)
    move(matter, MatterStatus.FROZEN, frozen_on=on, digest=version.digest)
    if matter.described_kind.becomes_norm:
        _add_to_library(matter, version)
    record_action(matter, "deliberation.freeze", actor=actor, version=version.n, digest=version.digest)
    tell_signatories(matter, matter.parties_in_order, NotificationKind.MATTER_SETTLED, actor)
    matter_frozen.send(sender=Matter, matter=matter, version=version)
    announce_changed(matter)


def intact_version(matter: Matter) -> TextVersion:
    """Return the present text of a locked matter. Raises ValidationError where it is not what its digest says."""
    version = TextVersion.objects.get(matter=matter, pk=matter.current_id or 0)
    if version.computed_digest() != version.digest:
        logger.error("The text of %s does not match its digest", version)
        raise ValidationError(_("The stored text does not match its digest. Nothing can be signed."))
    return version


def _add_to_library(matter: Matter, version: TextVersion) -> None:
    """Add the text to the law library. A text that cannot be read as provisions is settled all the same."""
    result = store_agreed_text(
        title=version.title,
        markdown=version.markdown,
        promulgated_on=matter.frozen_on or timezone.localdate(),
        issuing_bodies=[party.office.name for party in matter.parties_in_order],
        actor=version.put_by,
    )
    if result.version is None:
        logger.warning("The text of %s is not in the law library: %s", version, result.status)
        return
    matter.norm_version = result.version
    matter.save(update_fields=["norm_version"])


def end_signing(matter: Matter, *, actor: User | None) -> None:
    """Take a locked matter from signing back to consultation; signatures that were given stand."""
    move(matter, MatterStatus.CONSULTING)
    nothing_waits(matter, actor=actor, what=AssignmentKind.COUNTERSIGN)
