"""Assign, claim, pause, complete and end what waits for somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from portal.foundation.revisions import snapshot
from portal.org.enums import COMPLETED_BY_PEOPLE, AssignmentKind, NotificationKind
from portal.org.models import Assignment, Department, User
from portal.org.rules import can_work_on
from portal.org.services.notifications import notify
from portal.org.services.secrecy import refuse_marked
from portal.org.subjects import subject_of

ASSIGNMENT_CLAIM_HOURS = 4


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

    What people do to assignments is logged; where the portal assigns by itself (no `actor`) nothing is, since the
    minute of an entry could tell who sent what waits now. A person is notified unless it is `actor`. Raises
    ValidationError where the person may not read the subject, where nothing is left to do about it, and where the open
    one has another day or note than `actor` gives.
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
    if actor is not None:
        log(assignment, "org.assign", user=actor, data={"assigned": snapshot(assignment)})
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


def _change(row: Assignment, action: str, actor: User | None, **values: Any) -> Assignment:
    """Save the values in a locked row, and log what stood there before if a person did it."""
    before = snapshot(row, values)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    if actor is not None:
        log(row, action, user=actor, data={"before": before})
    return row


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
    """Take something for `ASSIGNMENT_CLAIM_HOURS` hours, so that no colleague does it as well."""
    row = _locked_for(assignment, user)
    until = timezone.now() + dt.timedelta(hours=ASSIGNMENT_CLAIM_HOURS)
    return _change(row, "org.claim_assignment", user, claimed_by=user, claimed_until=until)


@transaction.atomic
def give_back_assignment(*, assignment: Assignment, user: User) -> Assignment:
    """Let others take what one has claimed."""
    row = _locked_for(assignment, user)
    return _change(row, "org.give_back_assignment", user, claimed_by=None, claimed_until=None)


@transaction.atomic
def pause_assignment(*, assignment: Assignment, user: User, reason: str) -> Assignment:
    """Put something aside with a reason; it is neither reminded of nor overdue until it is resumed."""
    refuse_marked(reason, actor=user)
    row = _locked_for(assignment, user)
    paused = {"paused_at": timezone.now(), "paused_reason": _checked_reason(reason)}
    return _change(row, "org.pause_assignment", user, **paused)


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
    return _change(row, "org.resume_assignment", user, paused_at=None, paused_reason="")


@transaction.atomic
def complete_assignment(*, assignment: Assignment, user: User) -> Assignment:
    """Mark something as done by one of those whom it waits for.

    Raises PermissionDenied for what is done by deciding on the subject: nobody hides it from the other recipients.
    """
    row = _locked_for(assignment, user)
    if row.what not in COMPLETED_BY_PEOPLE:
        raise PermissionDenied
    return _change(row, "org.complete_assignment", user, done_at=timezone.now(), done_by=user)


@transaction.atomic
def complete_assignments(
    *,
    subject: models.Model,
    what: AssignmentKind | None = None,
    actor: User | None,
    except_for: Collection[Assignment] = (),
) -> int:
    """Mark as done what waits about a record but for `except_for`, since `actor` did it; return how many assignments."""
    rows = _open_rows(subject, what, except_for)
    for row in rows:
        _change(row, "org.complete_assignment", actor, done_at=timezone.now(), done_by=actor)
    return len(rows)


@transaction.atomic
def reopen_assignments(*, keys: Collection[str], actor: User) -> int:
    """Let wait again what was marked as done by an act that was taken back; return how many assignments.

    `keys` are those of the assignments. What waits anew for the same recipient is left alone.
    """
    count = 0
    for row in Assignment.objects.select_for_update().filter(pk__in=keys, done_at__isnull=False):
        same = {
            name: getattr(row, name)
            for name in ("content_type", "object_id", "what", "person", "department", "role")
        }
        if not Assignment.objects.open().filter(**same).exists():
            _change(row, "org.reopen_assignment", actor, done_at=None, done_by=None)
            count += 1
    return count


@transaction.atomic
def end_assignments(
    *,
    subject: models.Model,
    what: AssignmentKind | None = None,
    actor: User | None = None,
    except_for: Collection[Assignment] = (),
) -> int:
    """End what waits about a record that ended, was merged, withdrawn or deleted; return how many assignments.

    `actor` is left out where it may be the asker of a question: the entry of the log would tell.
    """
    rows = _open_rows(subject, what, except_for)
    for row in rows:
        _change(row, "org.end_assignment", actor, ended_at=timezone.now())
    return len(rows)


def _open_rows(
    subject: models.Model, what: AssignmentKind | None, except_for: Collection[Assignment]
) -> list[Assignment]:
    """Return what waits about a record, locked."""
    rows = Assignment.objects.open().of_subject(subject).exclude(pk__in=[row.pk for row in except_for])
    if what:
        rows = rows.filter(what=what)
    return list(rows.select_for_update())
