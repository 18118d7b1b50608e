"""Health checks of search for monitoring, served at `/health/search/` (docs/search.md).

The checks run in the thread of the request, so that they use and release its database connection.
"""

import dataclasses

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError
from health_check.base import HealthCheck
from health_check.exceptions import ServiceUnavailable

from search.indexing.watching import QueueState, answering_engine, queue_states


@dataclasses.dataclass
class SearchQueue(HealthCheck):
    """Fails while a change is late or parked at any engine."""

    async def run(self) -> None:
        await sync_to_async(self._check)()

    def _check(self) -> None:
        try:
            red_states = [state for state in queue_states() if state.is_red]
        except DatabaseError as error:
            raise ServiceUnavailable("The database does not answer") from error
        if red_states:
            raise ServiceUnavailable("; ".join(map(_describe, red_states)))


@dataclasses.dataclass
class SearchEngine(HealthCheck):
    """Fails while no engine answers searches; a fallback is enough."""

    async def run(self) -> None:
        await sync_to_async(self._check)()

    def _check(self) -> None:
        if not answering_engine():
            raise ServiceUnavailable("No engine answers")


def _describe(state: QueueState) -> str:
    parts = []
    if state.parked:
        parts.append(f"parked: {state.parked}")
    if state.is_late:
        limit = settings.SEARCH_QUEUE_MINUTES
        parts.append(f"the oldest of {state.waiting} has waited for more than {limit} minutes")
    return f"{state.engine}: {', '.join(parts)}"
