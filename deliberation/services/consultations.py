"""Open a round on a text, take positions in it, answer them."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deliberation.enums import (
    BLOCKING_STANCES,
    REASONED_STANCES,
    SPEAKING_STATUSES,
    Adoption,
    MatterStatus,
    Stance,
)
from deliberation.kinds import MatterKind
from deliberation.models import Consultation, Countersignature, Matter, Party, Position, TextVersion
from deliberation.rules import can_lead_matter, can_speak_for
from deliberation.services.locks import (
    lock_matter,
    lock_open_matter,
    open_consultation_of,
    require_current,
)
from deliberation.services.settling import call_host, end_signing, settle_if_ready
from deliberation.services.status import move
from deliberation.services.waiting import await_positions, done_by, nothing_waits
from deliberation.signals import position_stated
from norms.services.citations import record_citations
from portal.foundation.letters import is_blank
from portal.foundation.limits import MAX_TEXT_CHARS
from portal.foundation.signals import announce_changed
from portal.foundation.validation import raise_errors, reason_error
from portal.org.enums import AssignmentKind
from portal.org.models import User
from portal.org.services.audit import record_action, require
from portal.org.services.secrecy import refuse_marked


@transaction.atomic
def open_consultation(
    *,
    matter: Matter,
    version: TextVersion,
    due_on: dt.date,
    actor: User,
    silence_agrees: bool = False,
) -> Consultation:
    """Ask the parties what they think of a text, until a day; the rule of silence is fixed here, or never."""
    require(can_lead_matter(actor, matter))
    locked = lock_open_matter(matter.pk)
    require_current(locked, version)
    described = locked.described_kind
    no_silence = silence_agrees and not described.may_count_silence
    raise_errors(
        {
            "due_on": _("Give a day after today.") if due_on <= timezone.localdate() else "",
            "silence_agrees": _("On this kind of matter silence says nothing.") if no_silence else "",
        }
    )
    move(locked, MatterStatus.CONSULTING)
    consultation = Consultation.objects.create(
        version=version,
        n=Consultation.objects.filter(version__matter=locked).count() + 1,
        due_on=due_on,
        silence_agrees=silence_agrees,
        opened_by=actor,
        opened_at=timezone.now(),
    )
    await_positions(locked, due_on=due_on, actor=actor)
    record_action(
        locked,
        "deliberation.consult",
        actor=actor,
        version=version.n,
        due_on=due_on.isoformat(),
        silence_agrees=silence_agrees,
    )
    announce_changed(locked)
    return consultation


@transaction.atomic
def state_position(
    *,
    consultation: Consultation,
    party: Party,
    stance: str,
    actor: User,
    reasons: str = "",
    changes: str = "",
) -> Position:
    """Say what a party thinks of the text; an earlier position of it stays beside this one.

    During signing only a party that no longer agrees speaks, which takes the matter back to consultation. Where
    positions settle the matter, the last one does.
    """
    require(can_speak_for(actor, party))
    locked = lock_open_matter(party.matter_id)
    require_current(locked, consultation.version)
    open_round = open_consultation_of(locked)
    _check_status(locked, party, stance)
    _check_position(locked.described_kind, stance, reasons, changes)
    refuse_marked(reasons, changes, actor=actor)
    position = _store_position(open_round, party, stance, reasons, changes, actor)
    done_by(locked, AssignmentKind.STATE_POSITION, party, actor=actor)
    record_action(
        locked, "deliberation.position", actor=actor, party=party.place, stance=stance, round=open_round.n
    )
    if locked.status == MatterStatus.SIGNING:
        end_signing(locked, actor=actor)
    position_stated.send(sender=Matter, matter=locked, position=position)
    announce_changed(locked)
    if not settle_if_ready(locked, actor=actor):
        call_host(locked, actor=actor)
    return position


def _check_status(matter: Matter, party: Party, stance: str) -> None:
    if matter.status not in SPEAKING_STATUSES:
        raise ValidationError(_("No consultation on this text is open."))
    if matter.status != MatterStatus.SIGNING:
        return
    if stance not in BLOCKING_STANCES:
        raise ValidationError(
            _("Signing has begun. Sign, or say that you differ or which changes you ask for.")
        )
    if Countersignature.objects.standing().filter(version=matter.current_id, party=party).exists():
        raise ValidationError(_("Your office has signed. Withdraw the signature first."))


def _check_position(kind: MatterKind, stance: str, reasons: str, changes: str) -> None:
    too_long = _("The text is longer than %(limit)d characters.") % {"limit": MAX_TEXT_CHARS}
    needs_reasons = stance in REASONED_STANCES and is_blank(reasons)
    needs_changes = stance == Stance.AGREE_WITH_CHANGES and is_blank(changes)
    raise_errors(
        {
            "stance": "" if stance in kind.stances else _("Choose a position."),
            "reasons": _("Say why.") if needs_reasons else too_long if len(reasons) > MAX_TEXT_CHARS else "",
            "changes": _("Say which changes you ask for.")
            if needs_changes
            else too_long
            if len(changes) > MAX_TEXT_CHARS
            else "",
        }
    )


def _store_position(
    consultation: Consultation, party: Party, stance: str, reasons: str, changes: str, actor: User
) -> Position:
    now = timezone.now()
    Position.objects.current().filter(consultation=consultation, party=party).update(superseded_at=now)
    position = Position.objects.create(
        consultation=consultation,
        party=party,
        stance=stance,
        reasons=reasons.strip(),
        changes=changes.strip() if stance == Stance.AGREE_WITH_CHANGES else "",
        stated_by=actor,
        person_name=str(actor),
        office_name=party.office.name,
        stated_at=now,
    )
    for name in ("reasons", "changes"):
        record_citations(
            source=position, field=name, text=getattr(position, name), read_on=timezone.localdate()
        )
    return position


@transaction.atomic
def answer_position(*, position: Position, adoption: str, actor: User, reason: str = "") -> Position:
    """Say what became of a party's opinion, and why; all but what was adopted takes a reason.

    It is part of the record of a round and may be written until the matter is settled or closed, of earlier rounds too.
    """
    matter = position.consultation.version.matter
    require(can_lead_matter(actor, matter))
    check_adoption(adoption, reason, actor)
    locked = lock_open_matter(matter.pk)
    row = Position.objects.select_for_update().get(pk=position.pk)
    row.adoption, row.adoption_reason = adoption, reason.strip()
    row.answered_by, row.answered_at = actor, timezone.now()
    row.save(update_fields=["adoption", "adoption_reason", "answered_by", "answered_at"])
    record_action(locked, "deliberation.answer", actor=actor, party=row.party.place, adoption=adoption)
    return row


def check_adoption(adoption: str, reason: str, actor: User) -> None:
    """Raise ValidationError for an unknown outcome of an opinion, and for one that needs a reason and has none."""
    needs_reason = adoption != Adoption.ADOPTED or bool(reason.strip())
    raise_errors(
        {
            "adoption": "" if adoption in Adoption.values else _("Say what became of it."),
            "reason": reason_error(reason) if needs_reason else "",
        }
    )
    refuse_marked(reason, actor=actor)


@transaction.atomic
def record_silence(*, consultation: Consultation, actor: User | None) -> list[Position]:
    """Record for each party that said nothing until the day that it has no objection, and settle what can be.

    Only where the round was opened with that rule, and after its last day. It signs nothing. Returns the positions.
    """
    locked = lock_matter(consultation.version.matter_id)
    row = Consultation.objects.select_related("version").get(pk=consultation.pk)
    is_due = row.silence_agrees and row.due_on < timezone.localdate() and row.is_open
    if not is_due or locked.status != MatterStatus.CONSULTING or locked.current_id != row.version_id:
        return []
    spoken = set(Position.objects.current().filter(consultation=row).values_list("party", flat=True))
    positions = [
        Position.objects.create(
            consultation=row,
            party=party,
            stance=Stance.NO_OBJECTION,
            office_name=party.office.name,
            stated_at=timezone.now(),
        )
        for party in locked.parties_in_order
        if party.pk not in spoken
    ]
    if not positions:
        return []
    nothing_waits(locked, actor=actor, what=AssignmentKind.STATE_POSITION)
    places = [position.party.place for position in positions]
    record_action(locked, "deliberation.silence", actor=actor, parties=places)
    for position in positions:
        position_stated.send(sender=Matter, matter=locked, position=position)
    announce_changed(locked)
    if not settle_if_ready(locked, actor=actor):
        call_host(locked, actor=actor)
    return positions
