"""Remind people of assignments that are due, and end those whose subject is gone."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.org.enums import NotificationKind, Role
from portal.org.models import Assignment, User
from portal.org.services.notifications import notify
from portal.org.subjects import Subject, subject_of, subjects

DAYS_BEFORE = 2
WORK_BEGINS, WORK_ENDS = dt.time(8, 30), dt.time(17, 30)
SATURDAY = 5
BATCH_SIZE = 100


def is_working_time(now: dt.datetime) -> bool:
    """Return whether people are at work: Monday to Friday, 8:30 to 17:30 in the portal's time zone."""
    local = timezone.localtime(now)
    return local.weekday() < SATURDAY and WORK_BEGINS <= local.time() < WORK_ENDS


def remind_of_assignments() -> int:
    """Notify those whom something waits for, once `DAYS_BEFORE` days before its day and once after it.

    Nothing goes out outside working time. What was missed while nothing ran is caught up once. Returns how many
    assignments people were reminded of.
    """
    if not is_working_time(timezone.now()):
        return 0
    today = timezone.localdate()
    overdue = _remind(
        Assignment.objects.overdue(today).filter(overdue_reminded_at=None),
        NotificationKind.ASSIGNMENT_OVERDUE,
        "overdue_reminded_at",
    )
    due = Q(due_on__gte=today, due_on__lte=today + dt.timedelta(days=DAYS_BEFORE))
    return overdue + _remind(
        Assignment.objects.open().filter(due, paused_at=None, reminded_at=None),
        NotificationKind.ASSIGNMENT_DUE,
        "reminded_at",
    )


def _remind(assignments: QuerySet[Assignment], kind: NotificationKind, field: str) -> int:
    """Remind of all, a batch in a transaction, each locked so that a second clock leaves it out."""
    count = 0
    while True:
        with transaction.atomic():
            batch = assignments.select_for_update(skip_locked=True, of=("self",)).order_by("due_on")[
                :BATCH_SIZE
            ]
            rows = list(batch)
            for assignment in rows:
                _notify_recipients(assignment, kind)
            Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(**{field: timezone.now()})
        count += len(rows)
        if len(rows) < BATCH_SIZE:
            return count


def _notify_recipients(assignment: Assignment, kind: NotificationKind) -> None:
    subject = assignment.subject
    if subject is None:
        return
    described: Subject = subject_of(subject)

    def title() -> str:
        return f"{described.title(subject)} · {assignment.get_what_display()}"

    for person in people_of(assignment):
        if described.readable(person, subject):
            notify(recipient=person, kind=kind, subject=title, url=described.url(subject))


def people_of(assignment: Assignment) -> list[User]:
    """Return whom an assignment waits for: whoever claimed it, the person, holders of the role, coordinators of the department."""
    if assignment.claimed_by and assignment.claimed_until and assignment.claimed_until > timezone.now():
        return [assignment.claimed_by]
    if assignment.person:
        return [assignment.person]
    people = User.objects.active()
    if assignment.role:
        return list(people.filter(groups__name=assignment.role).distinct())
    works_there = {"memberships__until": None, "memberships__office__department": assignment.department}
    return list(people.filter(groups__name=Role.COORDINATOR, **works_there).distinct())


def end_orphaned_assignments() -> int:
    """End open assignments whose subject was deleted or closed and that no service or signal ended; return how many."""
    kinds = {kind.model: kind for kind in subjects()}
    open_rows = Assignment.objects.open().select_related("content_type").order_by("content_type", "object_id")
    count = 0
    for content_type, rows in groupby(open_rows.iterator(), key=lambda row: row.content_type):
        keys = {row.object_id for row in rows}
        kind = kinds.get(content_type.model_class())
        records = kind.records().filter(pk__in=keys) if kind else []
        open_keys = {str(record.pk) for record in records if kind and kind.is_open(record)}
        orphans = Assignment.objects.open().filter(content_type=content_type, object_id__in=keys - open_keys)
        count += orphans.update(ended_at=timezone.now())
    return count
