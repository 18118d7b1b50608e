"""Assign, claim, pause, complete and end what waits for somebody."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.org.enums import COMPLETED_BY_PEOPLE, AssignmentKind, NotificationKind
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

    A person is notified unless it is `actor`. Raises ValidationError where the person may not read the subject, where
    nothing is left to do about it, and where the open one has another day or note than `actor` gives.
    """
    subject = _lock_open(subject)
    if person and not subject_of(subject).readable(person, subject):
        raise ValidationError({"person": _("%(name)s may not read this.") % {"name": person}})
    refuse_marked(note, actor=actor)
    content_type = ContentType.objects.get_for_model(subject)
    recipient = {"person": person, "department": department, "role": role}
    key = {"content_type": content_type, "object_id": str(subject.pk), "what": what, **recipient}
    existing = Assignment.objects.open().filter(**key).first()
    if existing:
        return _unchanged(existing, due_on, note, actor)
    try:
        with transaction.atomic():
            assignment = Assignment.objects.create(**key, due_on=due_on, note=note, assigned_by=actor)
    except IntegrityError:
        # Somebody else assigned the same at the same moment.
        return Assignment.objects.open().get(**key)
    if person and person != actor:
        _notify_of(assignment, person, subject)
    return assignment


def _lock_open(subject: models.Model) -> models.Model:
    """Return a record as it stands, locked, so that it does not end meanwhile. Raises ValidationError where it has ended."""
    locked = type(subject)._base_manager.select_for_update().get(pk=subject.pk)
    if not subject_of(locked).is_open(locked):
        raise ValidationError(_("This is done already, or nothing is left to do."))
    return locked


def _unchanged(existing: Assignment, due_on: dt.date | None, note: str, actor: User | None) -> Assignment:
    """Return the open one. Raises ValidationError where `actor` gave another day or note, which would be lost."""
    if actor and existing.person and (existing.due_on, existing.note) != (due_on, note):
        raise ValidationError({"person": _("This waits for %(name)s already.") % {"name": existing.person}})
    return existing


def _notify_of(assignment: Assignment, person: User, subject: models.Model) -> None:
    described = subject_of(subject)
    notify(
        recipient=person,
        kind=NotificationKind.ASSIGNED,
        # The number first: notices of a question that is marked later are found by it and retitled.
        subject=lambda: f"{described.title(subject)} · {assignment.get_what_display()}",
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
    subject = row.subject
    if subject is None or not can_work_on(user, row) or not subject_of(subject).readable(user, subject):
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
    refuse_marked(reason, actor=user)
    row = _locked_for(assignment, user)
    row.paused_at, row.paused_reason = timezone.now(), _checked_reason(reason)
    row.save(update_fields=["paused_at", "paused_reason"])
    return row


def _checked_reason(reason: str) -> str:
    """Return the reason of a pause without spaces around it. Raises ValidationError if it is blank or too long."""
    field = forms.CharField(
        max_length=Assignment._meta.get_field("paused_reason").max_length,
        error_messages={"required": _("Say why it has to wait.")},
    )
    return field.clean(reason)


@transaction.atomic
def resume_assignment(*, assignment: Assignment, user: User) -> Assignment:
    """Take up again what was paused."""
    row = _locked_for(assignment, user)
    row.paused_at, row.paused_reason = None, ""
    row.save(update_fields=["paused_at", "paused_reason"])
    return row


@transaction.atomic
def complete_assignment(*, assignment: Assignment, user: User) -> Assignment:
    """Mark something as done by one of those whom it waits for.

    Raises PermissionDenied for what is done by deciding on the subject: nobody hides it from the other recipients.
    """
    row = _locked_for(assignment, user)
    if row.what not in COMPLETED_BY_PEOPLE:
        raise PermissionDenied
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
