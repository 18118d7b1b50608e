"""Bulk requests with one version for a batch of states, so that no older state follows a newer one."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from search.engines.base import NoIndex, SearchUnavailable, WriteOutcome
from search.engines.elastic.client import is_away

# A request has at most so many bytes and documents: Elasticsearch holds all of it in memory while it indexes.
MAX_REQUEST_BYTES = 8_000_000
MAX_REQUEST_DOCUMENTS = 2_000
# How long a node waits for a shard that moves from a lost node to another.
SHARD_TIMEOUT = "10s"
# The error that is recorded where a later state is in the index already.
OVERTAKEN = "version_conflict_engine_exception"
MAX_REASON_CHARACTERS = 150


@dataclass(frozen=True, slots=True)
class Operation:
    """One document to write: its index, its key, the source that it belongs to, and its JSON."""

    index: str
    key: str
    source: str
    body: str


def write(
    client: Elasticsearch, operations: Iterable[Operation], *, version: int, refresh: bool, by_alias: bool
) -> WriteOutcome:
    """Write documents in order, one bulk request at a time.

    Raises SearchUnavailable if a shard is away, NoIndex if there is no index; then nothing more is sent.
    """
    in_flight: deque[Operation] = deque()
    results = streaming_bulk(
        client,
        _actions(operations, version, in_flight),
        chunk_size=MAX_REQUEST_DOCUMENTS,
        max_chunk_bytes=MAX_REQUEST_BYTES,
        raise_on_error=False,
        refresh=refresh,
        require_alias=by_alias,
        timeout=SHARD_TIMEOUT,
    )
    overtaken: set[str] = set()
    refused: dict[str, str] = {}
    for is_written, result in results:
        operation = in_flight.popleft()
        if result["index"]["_id"] != operation.key:
            raise SearchUnavailable("Elasticsearch: an answer has results of other operations")
        if is_written:
            continue
        reason = failure_of(result["index"])
        if reason == OVERTAKEN:
            overtaken.add(operation.source)
        else:
            refused[operation.source] = reason
    if in_flight:
        raise SearchUnavailable("Elasticsearch: an answer lacks results")
    return WriteOutcome(frozenset(overtaken), refused)


def failure_of(result: Mapping[str, Any]) -> str:
    """Return the name of the error of one operation that was not done.

    Raises SearchUnavailable or NoIndex where the error is the cluster's, not the document's.
    """
    status = result["status"]
    error = result.get("error", {}).get("type", "")
    if status == HTTPStatus.CONFLICT:
        return OVERTAKEN
    if status == HTTPStatus.NOT_FOUND:
        raise NoIndex("no index yet")
    if is_away(status, error):
        raise SearchUnavailable(f"Elasticsearch: {error}")
    return error[:MAX_REASON_CHARACTERS]


def _actions(
    operations: Iterable[Operation], version: int, in_flight: deque[Operation]
) -> Iterator[dict[str, Any]]:
    """Yield operations as the client's helpers take them, and note them in the order in which results come."""
    for operation in operations:
        in_flight.append(operation)
        yield {
            "_index": operation.index,
            "_id": operation.key,
            "version": version,
            # Unlike `external`, sending the same batch again (its answer was lost) is no conflict.
            "version_type": "external_gte",
            "_source": operation.body,
        }
