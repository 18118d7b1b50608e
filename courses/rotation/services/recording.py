"""Lock a rotation, record an event and tell the parties: what every change to its turns does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.rotation.enums import EventKind
from courses.rotation.models import Rotation, RotationEvent
from courses.rotation.rules import can_speak_for
from courses.rotation.selectors import HostedTurn, Schedule, speakers_for
from portal.org.enums import NotificationKind
from portal.org.models import Office, User
from portal.org.services import notify


def locked(rotation: Rotation) -> Schedule:
    """Lock a rotation, so that one change at a time is made on what the last one left; return its turns of today."""
    Rotation.objects.select_for_update().get(pk=rotation.pk)
    return Schedule(Rotation.objects.with_facts().get(pk=rotation.pk), timezone.localdate())


def coming_turn(schedule: Schedule, number: int) -> HostedTurn:
    hosted = schedule.turn(number)
    if hosted is None or not hosted.is_coming:
        raise ValidationError(_("This turn has begun, or is too far away."))
    return hosted


def require_next(schedule: Schedule, hosted: HostedTurn) -> None:
    coming = schedule.coming_of(hosted.office)
    if coming is None or coming.number != hosted.number:
        text = _("%(office)s has an earlier turn to come; begin with that one.")
        raise ValidationError(text % {"office": hosted.office})


def require_speaker(actor: User | None, office: Office) -> None:
    if actor is not None and not can_speak_for(actor, office):
        raise PermissionDenied


def record(
    rotation: Rotation,
    kind: EventKind,
    actor: User | None,
    *,
    office: Office | None = None,
    turn: int | None = None,
    other_office: Office | None = None,
    other_turn: int | None = None,
    reason: str = "",
    agreed_by: User | None = None,
) -> RotationEvent:
    event = RotationEvent.objects.create(
        rotation=rotation,
        kind=kind,
        on=timezone.localdate(),
        office=office,
        turn=turn,
        other_office=other_office,
        other_turn=other_turn,
        reason=reason,
        recorded_by=actor,
        agreed_by=agreed_by,
    )
    numbers = {"turn": turn, "other_turn": other_turn}
    log(rotation, f"courses.rotation.{kind}", user=agreed_by or actor, data=numbers)
    return event


def tell(rotation: Rotation, offices: Sequence[Office], actor: User | None) -> None:
    """Notify all who speak for the parties, but for whoever did it, that turns have changed."""
    for person in speakers_for(offices):
        if actor is None or person.pk != actor.pk:
            notify_of_rotation(person, NotificationKind.TURNS_CHANGED, rotation, rotation.get_absolute_url())


def notify_of_rotation(person: User, kind: NotificationKind, rotation: Rotation, url: str) -> None:
    subject: Callable[[], str] = rotation.__str__
    notify(recipient=person, kind=kind, subject=subject, url=url)
