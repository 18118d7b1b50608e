"""Matters that somebody may read, and how a matter stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from deliberation.enums import BlockerKind, MatterAudience, MatterStatus, Settlement, Stance
from deliberation.models import Consultation, Countersignature, Matter, Party, Position, Remark, TextVersion
from norms.comparison.differences import TextRun, changes
from portal.org.rules import is_staff_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.org.models import User


def matters_visible_to(user: User | AnonymousUser) -> QuerySet[Matter]:
    """Return the matters that somebody may read, as `can_view_matter` says of each."""
    if not is_staff_member(user):
        return Matter.objects.none()
    for_all = Matter.objects.filter(audience=MatterAudience.STAFF)
    return for_all | Matter.objects.of_office(user.office) if user.office else for_all


@dataclass(frozen=True)
class Blocker:
    """What stands between a text and its settlement; `party` is whose position, or None."""

    kind: BlockerKind
    party: Party | None = None
    count: int = 1

    def __str__(self) -> str:
        return f"{self.party} {self.kind.label}" if self.party else str(self.kind.label)


def consultation_of(matter: Matter) -> Consultation | None:
    """Return the round on the present text, None before it is opened."""
    return Consultation.objects.filter(version=matter.current_id).first()


def current_positions(matter: Matter) -> dict[int, Position]:
    """Return what each party says now of the present text, by the key of the party."""
    positions = Position.objects.current().filter(consultation__version=matter.current_id)
    return {position.party_id: position for position in positions}


def standing_signatures(matter: Matter) -> dict[int, Countersignature]:
    """Return the standing signatures under the present text, by the key of the party."""
    signatures = Countersignature.objects.standing().filter(version=matter.current_id)
    return {signature.party_id: signature for signature in signatures}


def open_remarks(matter: Matter) -> QuerySet[Remark]:
    """Return the remarks that are open, of whichever version."""
    return Remark.objects.open().filter(version__matter=matter)


def blockers(matter: Matter) -> list[Blocker]:
    """Return what stands between the present text and its settlement, or its signatures; none where nothing does."""
    positions = current_positions(matter)
    found = [
        blocker for party in matter.parties_in_order if (blocker := _blocker(party, positions.get(party.pk)))
    ]
    if count := open_remarks(matter).count():
        found.append(Blocker(BlockerKind.OPEN_REMARK, count=count))
    if matter.described_kind.settles_by == Settlement.SIGNATURES and not signing_parties(matter, positions):
        found.append(Blocker(BlockerKind.NOBODY_SIGNS))
    return found


def _blocker(party: Party, position: Position | None) -> Blocker | None:
    if position is None:
        return Blocker(BlockerKind.MISSING, party)
    if position.stance == Stance.DIFFER:
        return Blocker(BlockerKind.DIFFERS, party)
    if position.stance == Stance.AGREE_WITH_CHANGES:
        return Blocker(BlockerKind.ASKS_FOR_CHANGES, party)
    return None


def signing_parties(matter: Matter, positions: dict[int, Position] | None = None) -> list[Party]:
    """Return the parties that have to sign: all but those that a matter does not concern, or that are not competent."""
    positions = current_positions(matter) if positions is None else positions
    excused = {key for key, position in positions.items() if position.is_excused}
    return [party for party in matter.parties_in_order if party.pk not in excused]


@dataclass(frozen=True)
class PartyState:
    """Where one party stands with the present text; `waits_since` is set where it still has to speak or to sign."""

    party: Party
    position: Position | None
    signature: Countersignature | None
    waits_since: dt.datetime | None

    @property
    def is_missing(self) -> bool:
        return self.waits_since is not None

    @property
    def days(self) -> int:
        """Return for how many days it has been waited for."""
        if self.waits_since is None:
            return 0
        return (timezone.localdate() - timezone.localtime(self.waits_since).date()).days


def party_states(matter: Matter) -> list[PartyState]:
    """Return each party with its position, its signature and since when it is waited for, in their order."""
    positions, signatures = current_positions(matter), standing_signatures(matter)
    consultation = consultation_of(matter)
    signing = {party.pk for party in signing_parties(matter, positions)}
    states = []
    for party in matter.parties_in_order:
        position, signature = positions.get(party.pk), signatures.get(party.pk)
        since = None
        if consultation and matter.status in (MatterStatus.CONSULTING, MatterStatus.ESCALATED):
            since = None if position else consultation.opened_at
        elif matter.status == MatterStatus.SIGNING and party.pk in signing:
            is_signed = signature is not None and signature.counts
            since = None if is_signed else matter.signing_since
        states.append(PartyState(party, position, signature, since))
    return states


def missing_parties(matter: Matter) -> list[PartyState]:
    """Return the parties that are waited for."""
    return [state for state in party_states(matter) if state.is_missing]


def difference(older: TextVersion, newer: TextVersion) -> list[TextRun]:
    """Return what has changed between two texts, character by character."""
    return changes(older.markdown, newer.markdown)


def signed_versions(matter: Matter, user: User) -> list[TextVersion]:
    """Return the versions whose signature by this person, or for this person, was voided, the latest first."""
    voided = Countersignature.objects.filter(version__matter=matter, voided_at__isnull=False)
    own = voided.filter(Q(signed_by=user) | Q(on_behalf_of=user))
    return list(TextVersion.objects.filter(pk__in=own.values("version")))
