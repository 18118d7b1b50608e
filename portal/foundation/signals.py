"""Signals that services send about records, so that apps above can follow without being imported.

Both are sent inside the transaction of the change, with `sender` the model's class and `instance` the record.
"""

from django.dispatch import Signal

record_changed = Signal()
record_removed = Signal()
