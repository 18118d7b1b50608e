"""Assign, claim, pause, complete and end what waits for somebody."""

from __future__ import annotations

import datetime as dt

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.org.enums import AssignmentKind, NotificationKind
from portal.org.models import Assignment, Department, User
from portal.org.rules import can_work_on
from portal.org.services.notifications import notify
from portal.org.services.secrecy import refuse_marked
from portal.org.subjects import subject_of

CLAIM_HOURS = 4


@transaction.atomic
def assign(
    *,
    subject: models.Model,
    what: AssignmentKind,
    person: User | None = None,
    department: Department | None = None,
    role: str = "",
    due_on: dt.date | None = None,
    note: str = "",
    actor: User | None = None,
) -> Assignment:
    """Let something wait for exactly one of `person`, `department` and `role`; the open one is returned if there is one.

    A person is notified unless it is `actor`. Raises ValidationError where the person may not read the subject.
    """
    if person and not subject_of(subject).readable(person, subject):
        raise ValidationError({"person": _("%(name)s may not read this.") % {"name": person}})
    refuse_marked(note, actor=actor)
    content_type = ContentType.objects.get_for_model(subject)
    recipient = {"person": person, "department": department, "role": role}
    key = {"content_type": content_type, "object_id": str(subject.pk), "what": what, **recipient}
    existing = Assignment.objects.open().filter(**key).first()
    if existing:
        return existing
    try:
        with transaction.atomic():
            assignment = Assignment.objects.create(**key, due_on=due_on, note=note, assigned_by=actor)
    except IntegrityError:
        # Somebody else assigned the same at the same moment.
        return Assignment.objects.open().get(**key)
    if person and person != actor:
        _notify_of(assignment, person, subject)
    return assignment


def _notify_of(assignment: Assignment, person: User, subject: models.Model) -> None:
    described = subject_of(subject)
    notify(
        recipient=person,
        kind=NotificationKind.ASSIGNED,
        subject=f"{assignment.get_what_display()}: {described.title(subject)}",
        url=described.url(subject),
    )


def _locked(assignment: Assignment) -> Assignment:
    """Return the row as it stands, locked. Raises ValidationError where it is no longer open."""
    row = Assignment.objects.select_for_update().get(pk=assignment.pk)
    if not row.is_open:
        raise ValidationError(_("This is done already, or nothing is left to do."))
    return row


def _locked_for(assignment: Assignment, user: User) -> Assignment:
    """Return the row, locked, for somebody whom it waits for. Raises PermissionDenied, ValidationError."""
    row = _locked(assignment)
    if not can_work_on(user, row):
        raise PermissionDenied
    if row.is_claimed_by_other(user, timezone.now()):
        raise ValidationError(_("%(name)s is working on this.") % {"name": row.claimed_by})
    return row


@transaction.atomic
def claim_assignment(*, assignment: Assignment, user: User) -> Assignment:
    """Take something for `CLAIM_HOURS` hours, so that no colleague does it as well."""
    row = _locked_for(assignment, user)
    row.claimed_by, row.claimed_until = user, timezone.now() + dt.timedelta(hours=CLAIM_HOURS)
    row.save(update_fields=["claimed_by", "claimed_until"])
    return row


@transaction.atomic
def give_back_assignment(*, assignment: Assignment, user: User) -> Assignment:
    """Let others take what one has claimed."""
    row = _locked_for(assignment, user)
    row.claimed_by = row.claimed_until = None
    row.save(update_fields=["claimed_by", "claimed_until"])
    return row


@transaction.atomic
def pause_assignment(*, assignment: Assignment, user: User, reason: str) -> Assignment:
    """Put something aside with a reason; it is neither reminded of nor overdue until it is resumed."""
    row = _locked_for(assignment, user)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it has to wait.")})
    row.paused_at, row.paused_reason = timezone.now(), reason.strip()
    row.save(update_fields=["paused_at", "paused_reason"])
    return row


@transaction.atomic
def resume_assignment(*, assignment: Assignment, user: User) -> Assignment:
    """Take up again what was paused."""
    row = _locked_for(assignment, user)
    row.paused_at, row.paused_reason = None, ""
    row.save(update_fields=["paused_at", "paused_reason"])
    return row


@transaction.atomic
def complete_assignment(*, assignment: Assignment, user: User) -> Assignment:
    """Mark something as done by one of those whom it waits for."""
    row = _locked_for(assignment, user)
    row.done_at, row.done_by = timezone.now(), user
    row.save(update_fields=["done_at", "done_by"])
    return row


def complete_assignments(
    *, subject: models.Model, what: AssignmentKind | None = None, actor: User | None
) -> int:
    """Mark as done what waits about a record, since `actor` did it; return how many assignments."""
    rows = Assignment.objects.open().of_subject(subject)
    if what:
        rows = rows.filter(what=what)
    return rows.update(done_at=timezone.now(), done_by=actor)


def end_assignments(*, subject: models.Model) -> int:
    """End what waits about a record that ended, was merged or withdrawn; return how many assignments."""
    return Assignment.objects.open().of_subject(subject).update(ended_at=timezone.now())
