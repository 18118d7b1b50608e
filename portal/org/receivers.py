"""Reactions to what Wagtail's workflows say, and to the end of records that somebody is waited for about."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.dispatch import receiver
from wagtail.models import TaskState
from wagtail.signals import task_approved, task_cancelled, task_rejected, task_submitted

from portal.org.models import User
from portal.org.services.assignments import end_assignments
from portal.org.services.workflows import begin_step, finish_step
from portal.org.signals import subject_deleted


@receiver(task_submitted)
def step_begun(instance: TaskState, **kwargs: Any) -> None:
    begin_step(task_state=instance)


@receiver([task_approved, task_rejected])
def step_decided(instance: TaskState, user: User | None = None, **kwargs: Any) -> None:
    finish_step(task_state=instance, actor=user, is_decided=True)


@receiver(task_cancelled)
def step_cancelled(instance: TaskState, user: User | None = None, **kwargs: Any) -> None:
    finish_step(task_state=instance, actor=user, is_decided=False)


@receiver(subject_deleted)
def nothing_is_left(instance: Model, **kwargs: Any) -> None:
    end_assignments(subject=instance)
