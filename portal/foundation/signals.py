"""Signals that services send about records, so that apps above can react without being imported.

Both are sent inside the transaction of the change, with `sender` the model's class and `instances` the records of it.
"""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Model
from django.dispatch import Signal

record_changed = Signal()
record_removed = Signal()


def announce_changed(*records: Model) -> None:
    """Send `record_changed` for these records, once for each model."""
    _send(record_changed, records)


def announce_removed(*records: Model) -> None:
    """Send `record_removed` for records that are still readable, once for each model."""
    _send(record_removed, records)


def _send(signal: Signal, records: tuple[Model, ...]) -> None:
    by_model: dict[type[Model], list[Model]] = defaultdict(list)
    for record in records:
        by_model[type(record)].append(record)
    for model, instances in by_model.items():
        signal.send(sender=model, instances=instances)
