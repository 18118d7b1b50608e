"""The one way to learn who asked: a keeper requests, another person approves, the requester reads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.enums import IDENTITY_REQUEST_MOVES, IdentityRequestStatus
from inquiry.models import AskerIdentity, IdentityDisclosure, IdentityRequest, Question
from inquiry.rules import can_decide_identity_request, can_read_identity, can_request_identity
from inquiry.selectors.identities import keepers_elsewhere
from inquiry.services.audit import record_action, require
from inquiry.services.validation import raise_errors, text_error
from inquiry.tasks import tell_asker_of_request
from portal.foundation.revisions import AlreadyDecidedError
from portal.org.enums import AssignmentKind, NotificationKind, Role
from portal.org.models import PortalSettings, User
from portal.org.services.assignments import assign, complete_assignments, end_assignments
from portal.org.services.notifications import notify
from portal.org.services.secrecy import refuse_marked


@dataclass(frozen=True)
class RevealedAsker:
    """The person who asked, as far as anybody is on record; `username` is empty for an imported question."""

    name: str
    username: str
    office: str


@transaction.atomic
def request_identity(*, question: Question, keeper: User, reason: str) -> IdentityRequest:
    """Ask to learn who raised a question; the request waits for another keeper. Raises ValidationError by field.

    It is taken whether anybody is on record or not.
    """
    require(can_request_identity(keeper))
    raise_errors({"reason": text_error(reason, missing=_("Say why the name is needed."))})
    refuse_marked(reason, actor=keeper)
    try:
        with transaction.atomic():
            request = IdentityRequest.objects.create(
                question=question, requested_by=keeper, reason=reason.strip()
            )
    except IntegrityError:
        raise ValidationError(_("Your request for this question waits for a decision already.")) from None
    record_action(question, "inquiry.question.request_identity", actor=keeper)
    assign(subject=request, what=AssignmentKind.DECIDE_ON_IDENTITY, role=Role.KEEPER, actor=keeper)
    return request


def _locked(request: IdentityRequest) -> IdentityRequest:
    rows = IdentityRequest.objects.select_for_update(of=("self",))
    return rows.select_related("question", "requested_by").get(pk=request.pk)


def _move(request: IdentityRequest, status: IdentityRequestStatus, **values: object) -> None:
    """Change the status of a locked request. Raises ValidationError where it has moved on meanwhile."""
    if status not in IDENTITY_REQUEST_MOVES.get(request.status, ()):
        raise AlreadyDecidedError(request.get_status_display())
    for name, value in {"status": status, **values}.items():
        setattr(request, name, value)
    request.save(update_fields=["status", *values])


@transaction.atomic
def approve_identity_request(*, request: IdentityRequest, actor: User) -> IdentityRequest:
    """Let the requester read who asked, for some days (a setting); the asker is told."""
    row = _locked(request)
    _require_decider(actor, row)
    until = timezone.now() + dt.timedelta(days=PortalSettings.load().identity_days)
    _move(
        row,
        IdentityRequestStatus.APPROVED,
        decided_by=actor,
        decided_at=timezone.now(),
        readable_until=until,
    )
    _record_decision(row, actor)
    # The worker looks whether there is anybody to tell: the same statements here, whoever is on record.
    tell_asker_of_request.enqueue(request_id=str(row.pk))
    return row


def _require_decider(actor: User, request: IdentityRequest) -> None:
    require(
        can_decide_identity_request(actor, request, has_keepers_elsewhere=bool(keepers_elsewhere(request)))
    )


def _record_decision(request: IdentityRequest, actor: User) -> None:
    record_action(
        request.question, "inquiry.question.decide_identity", actor=actor, decision=str(request.status)
    )
    complete_assignments(subject=request, actor=actor)
    notify(
        recipient=request.requested_by,
        kind=NotificationKind.IDENTITY_DECIDED,
        subject=lambda: f"{request.question.number} {request.get_status_display()}",
        url=request.get_absolute_url(),
    )


@transaction.atomic
def refuse_identity_request(*, request: IdentityRequest, actor: User, reason: str) -> IdentityRequest:
    """Refuse a request, with a reason that the requester reads."""
    row = _locked(request)
    _require_decider(actor, row)
    raise_errors({"reason": text_error(reason, missing=_("Say why, for the keeper who asked."))})
    refuse_marked(reason, actor=actor)
    values = {"decided_by": actor, "decided_at": timezone.now(), "decision_reason": reason.strip()}
    _move(row, IdentityRequestStatus.REFUSED, **values)
    _record_decision(row, actor)
    return row


@transaction.atomic
def withdraw_identity_request(*, request: IdentityRequest, actor: User) -> IdentityRequest:
    """Take back one's own request, or end reading before its last day."""
    row = _locked(request)
    require(row.requested_by_id == actor.pk)
    is_approved = row.status == IdentityRequestStatus.APPROVED
    _move(row, IdentityRequestStatus.ENDED if is_approved else IdentityRequestStatus.WITHDRAWN)
    record_action(row.question, "inquiry.question.end_identity", actor=actor)
    end_assignments(subject=row, actor=actor)
    return row


@transaction.atomic
def read_identity(*, request: IdentityRequest, actor: User) -> RevealedAsker:
    """Return to the requester of an approved request who asked; each reading is recorded, and the log has no name.

    Where nobody is on record the answer has no name; it is recorded all the same.
    """
    row = _locked(request)
    require(can_read_identity(actor, row))
    if not row.is_readable:
        raise ValidationError(_("The time for reading is over. Ask again, with a reason."))
    # Before anything is returned: no name without a row that says to whom and why.
    IdentityDisclosure.objects.create(request=row)
    record_action(row.question, "inquiry.question.reveal", actor=actor)
    return _revealed(row.question)


def _revealed(question: Question) -> RevealedAsker:
    identity = AskerIdentity.objects.select_related("user", "office").filter(question=question).first()
    if identity is None:
        return RevealedAsker("", "", "")
    # Of an anonymous asker the identity alone holds the office.
    office = identity.office or question.office
    return RevealedAsker(
        name=identity.name or str(identity.user or ""),
        username=identity.user.username if identity.user else "",
        office=str(office) if office else identity.office_name or question.office_name,
    )
