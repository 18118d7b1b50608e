"""Reactions to Wagtail's signals that a case was published, unpublished or deleted."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from wagtail.signals import published, unpublished

from casebank import services
from casebank.models import TypicalCase


@receiver(published, sender=TypicalCase)
def case_published(sender: type[TypicalCase], instance: TypicalCase, **kwargs: Any) -> None:
    services.complete_publication(case=instance)


@receiver(unpublished, sender=TypicalCase)
@receiver(pre_delete, sender=TypicalCase)
def case_withdrawn(sender: type[TypicalCase], instance: TypicalCase, **kwargs: Any) -> None:
    services.withdraw_case(case=instance)
