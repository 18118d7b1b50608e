"""Reads the current states of records from the database, as an index is to hold them."""

from collections.abc import Sequence
from contextlib import nullcontext

from django.db import InterfaceError, OperationalError, connection, transaction

from search.documents.base import SourceState
from search.kinds import current_states

# Errors of the database itself, not of the record that was read.
DATABASE_ERRORS = (OperationalError, InterfaceError)

Record = tuple[str, int]


def source_of(record: Record) -> str:
    """Return the source of a record's documents, `question:5`."""
    kind, pk = record
    return f"{kind}:{pk}"


def read_states(records: Sequence[Record]) -> list[SourceState]:
    """Return the current states of records; a query that fails leaves a surrounding transaction usable."""
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        return current_states(records)


def read_readable_states(records: Sequence[Record], failed: dict[str, str]) -> list[SourceState]:
    """Return the current states of records, without those whose documents cannot be made.

    Adds the sources of those to `failed`, with the name of the error, and removes the sources that were read.
    """
    try:
        states = read_states(records)
    except DATABASE_ERRORS:
        raise
    except Exception as error:
        if len(records) > 1:
            return [state for record in records for state in read_readable_states([record], failed)]
        failed[source_of(records[0])] = type(error).__name__
        return []
    for state in states:
        failed.pop(state.source, None)
    return states
