"""Work in the background."""

from __future__ import annotations

from inquiry.services.export_making import produce_export

try:
    from django.tasks import task
except ImportError:
    from django_tasks import task


@task()
def make_export(export_id: int) -> None:
    produce_export(export_id)
