"""Reads of people, offices, notifications and topics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import F, Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from portal.org.enums import COMPLETED_BY_PEOPLE, Role
from portal.org.models import (
    AccountApproval,
    Assignment,
    Department,
    Membership,
    Notification,
    Office,
    PasswordRequest,
    Topic,
    User,
)
from portal.org.models.users import UserQuerySet
from portal.org.rules import (
    can_decide_approval,
    can_manage_accounts,
    can_see_overdue,
    has_role,
    is_analyst,
    is_staff_member,
)
from portal.org.subjects import subject_of, subjects

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


DONE_DAYS = 30


def notifications_of(user: User) -> QuerySet[Notification]:
    """Return a person's notifications, newest first.

    While what the person asked earlier is closed, so is what was told about it: the account may have been opened by
    somebody else.
    """
    notifications = Notification.objects.filter(recipient=user)
    if user.earlier_closed_at:
        return notifications.filter(created_at__gte=user.earlier_closed_at)
    return notifications


def unread_count(user: User | AnonymousUser) -> int:
    if not is_staff_member(user):
        return 0
    return notifications_of(user).filter(read_at__isnull=True).count()


def office_by_name(name: str) -> Office | None:
    """Return the office of that name or alias, in either language; None where there is none."""
    name = " ".join(name.split())
    if not name:
        return None
    offices = Office.objects.filter(Q(name=name) | Q(name_en__iexact=name) | Q(aliases__name=name))
    return offices.select_related("department").distinct().first()


def accounts_administered_by(user: User) -> UserQuerySet:
    """Return the accounts that a person may administer; those of superusers are for superusers."""
    if not can_manage_accounts(user):
        return User.objects.none()
    return User.objects.all() if user.is_superuser else User.objects.filter(is_superuser=False)


def fetch_memberships(people: Sequence[User]) -> None:
    """Fetch anew all memberships of people, from which `User.departments_since` then reads; one query."""
    for person in people:
        person.__dict__.pop("all_memberships", None)
    rows = Membership.objects.select_related("office")
    prefetch_related_objects(people, Prefetch("memberships", rows, to_attr="all_memberships"))


def open_password_requests(user: User) -> QuerySet[PasswordRequest]:
    """Return open requests for a password link, longest waiting first."""
    return (
        PasswordRequest.objects.filter(settled_at__isnull=True, user__in=accounts_administered_by(user))
        .select_related("user")
        .order_by("requested_at")
    )


def administrators() -> QuerySet[User]:
    """Return active people who may change accounts."""
    return User.objects.active().filter(groups__permissions__codename="change_user").distinct()


def open_approvals() -> QuerySet[AccountApproval]:
    """Return what waits for a second administrator, longest waiting first."""
    return AccountApproval.objects.open().select_related("account", "requested_by").order_by("requested_at")


def decided_approvals() -> QuerySet[AccountApproval]:
    """Return the decisions, newest first."""
    rows = AccountApproval.objects.exclude(decision="").select_related(
        "account", "requested_by", "decided_by"
    )
    return rows.order_by("-decided_at")


def second_administrators(approval: AccountApproval) -> list[User]:
    """Return who can decide; nobody where the portal has one administrator, or one department's alone."""
    people = (
        User.objects.active().filter(Q(groups__name=Role.ADMINISTRATOR) | Q(is_superuser=True)).distinct()
    )
    return [person for person in people.with_office() if can_decide_approval(person, approval)]


@dataclass(frozen=True)
class AssignmentRow:
    """An assignment as its reader may see it: title and address of a subject that the reader may read."""

    assignment: Assignment
    title: str
    url: str
    is_overdue: bool
    is_own_claim: bool
    claimed_by: str
    # Whether the person says that it is done; other kinds are done where the subject is.
    can_complete: bool


def open_assignments(user: User) -> list[AssignmentRow]:
    """Return what waits for a person who may read it; paused ones last, else the earliest day first."""
    assignments = (
        Assignment.objects.open()
        .for_user(user)
        .select_related("claimed_by", "assigned_by", "department")
        .order_by(F("paused_at").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "assigned_at")
    )
    return _assignment_rows(list(assignments), user)


def done_assignments(user: User) -> list[AssignmentRow]:
    """Return what a person did in the last `DONE_DAYS` days, the last first."""
    since = timezone.now() - dt.timedelta(days=DONE_DAYS)
    assignments = Assignment.objects.filter(done_by=user, done_at__gte=since).order_by("-done_at")
    return _assignment_rows(list(assignments), user)


@dataclass(frozen=True)
class OverdueRow:
    """An assignment whose day has passed, as somebody sees it who looks after others' work.

    `title` and `url` are empty where the reader may not read the subject; then the note is not shown either.
    """

    assignment: Assignment
    title: str
    url: str
    recipient: str
    department: Department | None
    days: int


def overdue_assignments(user: User) -> list[OverdueRow]:
    """Return what is overdue, the latest first: to analysts what they may read, to coordinators what is their department's.

    Of what they may not read, coordinators learn that work between people is late, and no more: the rest (requests
    for an identity, texts that are held back, accounts) is there for its readers alone.
    """
    if not can_see_overdue(user):
        return []
    today = timezone.localdate()
    people = User.objects.with_office()
    assignments = list(
        Assignment.objects.overdue(today)
        .select_related("department")
        .prefetch_related(Prefetch("person", people), Prefetch("claimed_by", people))
        .order_by("due_on", "assigned_at")
    )
    _fetch_subjects(assignments)
    rows = (_overdue_row(assignment, user, today) for assignment in assignments)
    return [row for row in rows if row is not None]


def _overdue_row(assignment: Assignment, user: User, today: dt.date) -> OverdueRow | None:
    """Return the row of an assignment for its reader; None where there is none."""
    subject = assignment.subject
    if subject is None:
        return None
    described = subject_of(subject)
    is_readable = described.readable(user, subject)
    department = _department_of(assignment)
    is_own = department is not None and department.pk == user.department_id
    is_known = is_own and has_role(user, Role.COORDINATOR) and assignment.what in COMPLETED_BY_PEOPLE
    if not (is_known or (is_readable and (is_own or is_analyst(user)))):
        return None
    return OverdueRow(
        assignment=assignment,
        title=described.title(subject) if is_readable else "",
        url=described.url(subject) if is_readable else "",
        recipient=assignment.recipient_name,
        department=department,
        days=(today - assignment.due_on).days if assignment.due_on else 0,
    )


def _department_of(assignment: Assignment) -> Department | None:
    """Return the department whose people an assignment waits for; of a role's, that of whoever works on it."""
    if assignment.department:
        return assignment.department
    person = assignment.person
    if person is None and assignment.claimed_until and assignment.claimed_until > timezone.now():
        person = assignment.claimed_by
    return person.department if person else None


def _fetch_subjects(assignments: list[Assignment]) -> None:
    """Fetch the subjects of all assignments with what titles and readers need, in a query for each kind."""
    types = {assignment.content_type_id for assignment in assignments}
    found = ContentType.objects.get_for_models(
        *(kind.model for kind in subjects()), for_concrete_models=False
    )
    querysets = [kind.records() for kind in subjects() if found[kind.model].pk in types]
    prefetch_related_objects(assignments, GenericPrefetch("subject", querysets))


def _assignment_rows(assignments: list[Assignment], user: User) -> list[AssignmentRow]:
    """Return rows of those assignments whose subject is there and may be read by the person."""
    _fetch_subjects(assignments)
    now, today = timezone.now(), timezone.localdate()
    rows = []
    for assignment in assignments:
        subject = assignment.subject
        if subject is None or not subject_of(subject).readable(user, subject):
            continue
        is_claimed = bool(assignment.claimed_until and assignment.claimed_until > now)
        rows.append(
            AssignmentRow(
                assignment=assignment,
                title=subject_of(subject).title(subject),
                url=subject_of(subject).url(subject),
                is_overdue=assignment.is_overdue(today),
                is_own_claim=is_claimed and assignment.claimed_by_id == user.pk,
                claimed_by=str(assignment.claimed_by) if is_claimed else "",
                can_complete=assignment.what in COMPLETED_BY_PEOPLE,
            )
        )
    return rows


def topic_rows(
    counts: dict[int | None, int], *, chosen: str = "", limit: int = 12
) -> list[tuple[str, str, int, None]]:
    """Return the rows of a facet of topics from counts by primary key: the most frequent, and the chosen one."""
    topics = sorted(
        Topic.objects.filter(pk__in=[pk for pk in counts if pk]),
        key=lambda topic: (topic.slug != chosen, -counts[topic.pk], topic.name),
    )
    return [(topic.slug, str(topic), counts[topic.pk], None) for topic in topics[:limit]]
