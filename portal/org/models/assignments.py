"""What waits for a person, a department or a role."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.foundation.models import RandomKeyModel
from portal.org.enums import AssignmentKind, Role
from portal.org.models.departments import Department
from portal.org.models.users import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

IS_OPEN = Q(done_at=None, ended_at=None)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def open(self) -> Self:
        """Return what is neither done nor ended."""
        return self.filter(IS_OPEN)

    def overdue(self, today: dt.date) -> Self:
        """Return open assignments whose day has passed; what is paused is not overdue."""
        return self.open().filter(due_on__lt=today, paused_at=None)

    def of_subject(self, record: models.Model) -> Self:
        return self.filter(content_type=ContentType.objects.get_for_model(record), object_id=str(record.pk))

    def for_user(self, user: User | AnonymousUser) -> Self:
        """Return what waits for a person: by name, for the department, or for a role that the person has."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        recipients = Q(person=user) | Q(role__in=user.role_names)
        if user.department_id:
            recipients |= Q(department=user.department_id)
        return self.filter(recipients)


class Assignment(RandomKeyModel):
    """Something to be done about a record (`subject`) by one person, by a department or by the holders of a role.

    It is open until it is done, or ended because nothing is left to do. Who claims it works on it until
    `claimed_until`; then others may.
    """

    wagtail_reference_index_ignore = True  # else the usage pages of people would list what waits for them

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    # As text: keys of subjects are numbers or random.
    object_id = models.CharField(max_length=36)
    subject = GenericForeignKey("content_type", "object_id")
    what = models.CharField(_("what to do"), max_length=32, choices=AssignmentKind)
    person = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="assignments", verbose_name=_("person")
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("department"),
    )
    role = models.CharField(_("role"), max_length=32, choices=Role, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    assigned_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField(_("assigned at"), default=timezone.now)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_reason = models.CharField(_("reason of the pause"), max_length=300, blank=True)
    claimed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    claimed_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    # Reminders that went out, so that each goes out once.
    reminded_at = models.DateTimeField(null=True, blank=True)
    overdue_reminded_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = [models.F("due_on").asc(nulls_last=True), "assigned_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, department=None, role="")
                | Q(person=None, department__isnull=False, role="")
                | (Q(person=None, department=None) & ~Q(role="")),
                name="assignment_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(ended_at=None), name="assignment_is_done_or_ended"
            ),
            models.UniqueConstraint(
                fields=["content_type", "object_id", "what", "person"],
                condition=IS_OPEN & Q(person__isnull=False),
                name="one_open_assignment_of_person",
            ),
            models.UniqueConstraint(
                fields=["content_type", "object_id", "what", "department"],
                condition=IS_OPEN & Q(department__isnull=False),
                name="one_open_assignment_of_department",
            ),
            models.UniqueConstraint(
                fields=["content_type", "object_id", "what", "role"],
                condition=IS_OPEN & ~Q(role=""),
                name="one_open_assignment_of_role",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=IS_OPEN, name="open_assignments_by_day"),
            models.Index(fields=["content_type", "object_id"], name="assignments_of_subject"),
        ]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.object_id}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.ended_at is None

    def is_overdue(self, today: dt.date) -> bool:
        """Return whether `AssignmentQuerySet.overdue` holds it."""
        return bool(self.is_open and not self.paused_at and self.due_on and self.due_on < today)

    @property
    def recipient_name(self) -> str:
        """Return for whom it waits: the name of a person or department, or of a role."""
        return str(self.person or self.department or self.get_role_display())

    def is_claimed_by_other(self, user: User, now: dt.datetime) -> bool:
        """Return whether somebody else works on it until later than `now`."""
        return bool(
            self.claimed_by_id
            and self.claimed_by_id != user.pk
            and self.claimed_until
            and self.claimed_until > now
        )
