"""Wagtail tells when a case appears on the pages and when it leaves them."""

from __future__ import annotations

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from wagtail.signals import published, unpublished

from casebank import services
from casebank.models import TypicalCase


@receiver(published, sender=TypicalCase)
def case_published(sender, instance, **kwargs) -> None:
    services.settle_published_case(case=instance)


@receiver(unpublished, sender=TypicalCase)
@receiver(pre_delete, sender=TypicalCase)
def case_left(sender, instance, **kwargs) -> None:
    services.withdraw_case(case=instance)
