"""Start a rotation, let offices join and leave, skip a turn and confirm one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.rotation.enums import EventKind, Pace, TurnStatus
from courses.rotation.models import HostTurn, Rotation, RotationEvent, RotationParty
from courses.rotation.rules import can_change_parties, can_start_rotation
from courses.rotation.services.proposals import end_overtaken_proposals
from courses.rotation.services.recording import (
    coming_turn,
    locked,
    record,
    require_next,
    require_speaker,
    tell,
)
from courses.rotation.turns import Skip
from portal.org.models import Office, User
from portal.org.services.secrecy import refuse_marked

MIN_PARTIES = 2
# More departments than there are; the whole state of the turns is computed at each look.
MAX_PARTIES = 40
# What stands at the place of a code in addresses.
RESERVED_CODES = frozenset({"start", "calendar", "feed", "swaps"})


@transaction.atomic
def start_rotation(*, rotation: Rotation, offices: Sequence[Office], actor: User | None) -> Rotation:
    """Save a new rotation whose parties host in the order given.

    Raises ValidationError where they are too few, of two levels, or one twice.
    """
    if actor is not None and not can_start_rotation(actor):
        raise PermissionDenied
    if not MIN_PARTIES <= len(offices) <= MAX_PARTIES:
        text = _("Between %(least)s and %(most)s offices take turns.")
        raise ValidationError(text % {"least": MIN_PARTIES, "most": MAX_PARTIES})
    if rotation.code in RESERVED_CODES:
        raise ValidationError({"code": _("Another page has this address; choose another code.")})
    for number, office in enumerate(offices):
        _check_party(rotation, office, offices[:number])
    if rotation.pace == Pace.SEASON and rotation.first_day.day != 1:
        raise ValidationError({"first_day": _("By season, the first turn begins on the first of a month.")})
    refuse_marked(rotation.name, rotation.name_en, actor=actor)
    rotation.full_clean()
    rotation.save()
    RotationParty.objects.bulk_create(
        RotationParty(rotation=rotation, office=office, position=position)
        for position, office in enumerate(offices, start=1)
    )
    record(rotation, EventKind.START, actor)
    return rotation


def _check_party(rotation: Rotation, office: Office, others: Sequence[Office]) -> None:
    if office.level != rotation.level:
        text = _("%(office)s is of another level than the rotation.")
        raise ValidationError(text % {"office": office})
    if office in others:
        raise ValidationError(_("%(office)s takes part already.") % {"office": office})
    if office.department_id in [other.department_id for other in others]:
        raise ValidationError(_("Another office of %(office)s's department takes part.") % {"office": office})


@transaction.atomic
def add_party(*, rotation: Rotation, office: Office, reason: str, actor: User | None) -> RotationEvent:
    """Let an office join; it stands last. Raises ValidationError where it takes part or is of another level."""
    schedule = locked(rotation)
    _require_keeper_of_parties(actor)
    refuse_marked(reason, actor=actor)
    _check_party(rotation, office, schedule.members)
    if len(schedule.members) >= MAX_PARTIES:
        raise ValidationError(_("More than %(most)s offices do not take turns.") % {"most": MAX_PARTIES})
    event = record(rotation, EventKind.JOIN, actor, office=office, reason=reason)
    tell(rotation, [*schedule.members, office], actor)
    return event


@transaction.atomic
def remove_party(*, rotation: Rotation, office: Office, reason: str, actor: User | None) -> RotationEvent:
    """Let an office leave; its coming turns go to the others. Raises ValidationError where too few would be left."""
    schedule = locked(rotation)
    _require_keeper_of_parties(actor)
    refuse_marked(reason, actor=actor)
    if office not in schedule.members:
        raise ValidationError(_("%(office)s does not take part.") % {"office": office})
    if len(schedule.members) <= MIN_PARTIES:
        raise ValidationError(_("At least %(least)s offices take turns.") % {"least": MIN_PARTIES})
    event = record(rotation, EventKind.LEAVE, actor, office=office, reason=reason)
    end_overtaken_proposals(rotation, actor)
    tell(rotation, schedule.members, actor)
    return event


@transaction.atomic
def skip_turn(*, rotation: Rotation, number: int, reason: str, actor: User | None) -> RotationEvent:
    """Let the host of a coming turn skip it: the next party moves up, and the host comes back right after it."""
    schedule = locked(rotation)
    hosted = coming_turn(schedule, number)
    require_speaker(actor, hosted.office)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why the turn is skipped.")})
    refuse_marked(reason, actor=actor)
    skips = {fact.party for fact in schedule.facts if isinstance(fact, Skip) and fact.turn == number}
    if {office.pk for office in schedule.members} <= skips | {hosted.office.pk}:
        raise ValidationError(
            _("Every other department has skipped this turn; yours is the last that is left.")
        )
    event = record(rotation, EventKind.SKIP, actor, office=hosted.office, turn=number, reason=reason)
    end_overtaken_proposals(rotation, actor)
    tell(rotation, schedule.members, actor)
    return event


@transaction.atomic
def confirm_turn(
    *, rotation: Rotation, number: int, last_day: dt.date | None = None, actor: User | None
) -> HostTurn:
    """Confirm the next turn of its host, or settle until when the present one lasts.

    `last_day` is for rotations by number of sessions, where the turn ends with the session. Raises ValidationError
    for another turn, and for a last day that is over or before the turn begins.
    """
    schedule = locked(rotation)
    hosted = schedule.turn(number)
    if hosted is None or hosted.status == TurnStatus.PAST:
        raise ValidationError(_("This turn is over, or too far away."))
    require_speaker(actor, hosted.office)
    if hosted.is_coming:
        require_next(schedule, hosted)
    elif rotation.pace == Pace.SEASON:
        raise ValidationError(_("This turn has begun."))
    if rotation.pace == Pace.SEASON and last_day is not None:
        raise ValidationError({"last_day": _("By season, the calendar says when a turn ends.")})
    if rotation.pace == Pace.SESSIONS and last_day is None:
        raise ValidationError({"last_day": _("Say on which day its session ends.")})
    if last_day is not None and last_day < max(hosted.turn.first_day, schedule.today):
        raise ValidationError({"last_day": _("This day is over, or before the turn begins.")})
    turn = HostTurn.objects.create(
        rotation=rotation,
        number=number,
        office=hosted.office,
        last_day=last_day,
        on=schedule.today,
        confirmed_by=actor,
    )
    log(
        rotation,
        "courses.rotation.confirm",
        user=actor,
        data={"turn": number, "last_day": str(last_day or "")},
    )
    tell(rotation, schedule.members, actor)
    return turn


def _require_keeper_of_parties(actor: User | None) -> None:
    if actor is not None and not can_change_parties(actor):
        raise PermissionDenied
