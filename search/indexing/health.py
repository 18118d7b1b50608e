"""What machines that watch the portal are told of search, at an address of its own (docs/search.md).

The checks run in the request's own thread, so that they use and leave its connection to the database.
"""

import dataclasses

from asgiref.sync import sync_to_async
from django.db import DatabaseError
from health_check.base import HealthCheck
from health_check.exceptions import ServiceUnavailable

from search.indexing.watching import QueueState, answering_engine, queue_states


@dataclasses.dataclass
class SearchQueue(HealthCheck):
    """Every change is indexed in time, by every engine."""

    async def run(self) -> None:
        await sync_to_async(self._check)()

    def _check(self) -> None:
        try:
            red = [state for state in queue_states() if state.is_red]
        except DatabaseError as error:
            raise ServiceUnavailable("The database does not answer") from error
        if red:
            raise ServiceUnavailable("; ".join(map(_told, red)))


@dataclasses.dataclass
class SearchEngine(HealthCheck):
    """Searches are answered, if only by an engine that stands by."""

    async def run(self) -> None:
        await sync_to_async(self._check)()

    def _check(self) -> None:
        if not answering_engine():
            raise ServiceUnavailable("No engine answers")


def _told(state: QueueState) -> str:
    parts = []
    if state.parked:
        parts.append(f"set aside: {state.parked}")
    if state.is_late:
        parts.append(f"the oldest of {state.waiting} has waited for {state.oldest_minutes} minutes")
    return f"{state.engine}: {', '.join(parts)}"
