"""Work in the background."""

from __future__ import annotations

from inquiry.services.export_making import produce_export

# Django 6 has tasks of its own; 5.2 takes them from the package that they came from.
try:
    from django.tasks import task
except ImportError:
    from django_tasks import task  # type: ignore[no-redef]


@task()
def make_export(export_id: str) -> None:
    """Write the file of an export; the name stays, since queued tasks carry it."""
    produce_export(export_id)
