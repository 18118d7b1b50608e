"""Changes of records become rows of the outbox, in the same transaction."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.signals import published, unpublished

from casebank.models import CaseKind
from portal.foundation.signals import record_changed, record_removed
from portal.org.models import Department, Office, Topic
from search.indexing.outbox import enqueue
from search.kinds import affected_records

# Records carry their names, and Wagtail's own forms save them: no service of ours announces the change.
SAVED_IN_ADMIN = (CaseKind, Department, Office, Topic)


@receiver([record_changed, record_removed])
def queue_affected_records(sender: type[Model], instances: Sequence[Model], **kwargs: Any) -> None:
    """Write an outbox row for each record whose documents may differ now; nothing for other models."""
    for kind, ids in affected_records(sender, instances):
        enqueue(kind, ids)


@receiver([published, unpublished, post_delete])
def queue_published_or_deleted(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    queue_affected_records(sender=sender, instances=[instance])


@receiver(post_save)
def queue_records_with_name(sender: type[Model], instance: Model, created: bool, **kwargs: Any) -> None:
    """Queue what carries a name that was saved in the admin; no record carries a new one yet."""
    if not created and sender in SAVED_IN_ADMIN:
        queue_affected_records(sender=sender, instances=[instance])
