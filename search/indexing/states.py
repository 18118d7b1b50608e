"""What the database says of records now, as the index is to hold it."""

from collections.abc import Sequence
from contextlib import nullcontext

from django.db import InterfaceError, OperationalError, connection, transaction

from search.documents.base import SourceState
from search.kinds import current_states

# Errors that say nothing of the record that was read.
DATABASE_AWAY = (OperationalError, InterfaceError)

Record = tuple[str, int]


def source_of(record: Record) -> str:
    kind, pk = record
    return f"{kind}:{pk}"


def read_states(records: Sequence[Record]) -> list[SourceState]:
    """A query that fails leaves the transaction around it usable."""
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        return current_states(records)


def read_possible_states(records: Sequence[Record], failed: dict[str, str]) -> list[SourceState]:
    """As `read_states`, without records whose documents cannot be made: their sources and the reasons go to `failed`."""
    try:
        states = read_states(records)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        if len(records) > 1:
            return [state for record in records for state in read_possible_states([record], failed)]
        failed[source_of(records[0])] = type(error).__name__
        return []
    for state in states:
        failed.pop(state.source, None)
    return states
