"""Create and update departments."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from wagtail.log_actions import log

from portal.foundation.codes import require_unchanged_code
from portal.foundation.revisions import snapshot, values_before
from portal.org.models import Department, User
from portal.org.rules import can_add_departments, can_change_departments


@transaction.atomic
def create_department(*, department: Department, actor: User) -> Department:
    """Save a department that joins; it stands last until the listing is reordered."""
    if not can_add_departments(actor):
        raise PermissionDenied
    last = Department.objects.aggregate(last=Max("sort_order"))["last"] or 0
    department.sort_order = last + 1
    department.save()
    log(department, "wagtail.create", user=actor, content_changed=True)
    return department


@transaction.atomic
def update_department(*, department: Department, actor: User) -> Department:
    """Save a changed department; raises ValidationError for another code once a record refers to it."""
    if not can_change_departments(actor):
        raise PermissionDenied
    require_unchanged_code(department)
    before = snapshot(Department.objects.select_for_update().get(pk=department.pk))
    department.save()
    data = {"before": values_before(before, snapshot(department))}
    log(department, "wagtail.edit", user=actor, content_changed=True, data=data)
    return department
