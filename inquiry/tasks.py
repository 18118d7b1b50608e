"""Work in the background."""

from __future__ import annotations

from inquiry.services.disclosures import tell_asker
from inquiry.services.export_making import produce_export

# Django 6 has tasks of its own; 5.2 takes them from the package that they came from.
try:
    from django.tasks import TaskContext, task
except ImportError:
    from django_tasks import TaskContext, task  # type: ignore[no-redef, assignment]


@task(takes_context=True)
def make_export(context: TaskContext, export_id: str) -> None:
    """Write the file of an export; the name stays, since queued tasks carry it.

    A later attempt comes after a worker that died with the file half written.
    """
    produce_export(export_id, is_taken_over=context.attempt > 1)


@task()
def tell_asker_of_request(request_id: str) -> None:
    """Tell the asker that an identity request was approved, if anybody is on record."""
    tell_asker(request_id=request_id)
