"""Bulk requests: one version for a batch of states, so that no older state comes after a newer one."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from search.engines.base import NoIndex, Outcome, SearchUnavailable
from search.engines.elastic.client import is_away

BULK_BYTES = 8_000_000
# How long a node waits for a shard that is on its way from a lost node to another.
WAIT = "10s"
OVERTAKEN = 409
LONGEST_REASON = 150

# (index, key, source of the records, JSON source of the document)
Operation = tuple[str, str, str, str]


def action_of(index: str, key: str, version: int) -> str:
    """`external_gte`: sending the same batch again is no conflict."""
    action = {"_index": index, "_id": key, "version": version, "version_type": "external_gte"}
    return json.dumps({"index": action}, ensure_ascii=False, separators=(",", ":"))


def write(
    client: Elasticsearch, operations: Iterable[Operation], *, version: int, refresh: bool, by_alias: bool
) -> Outcome:
    """Raises SearchUnavailable where a shard is away, NoIndex where there is no index."""
    overtaken: set[str] = set()
    refused: dict[str, str] = {}
    for batch in _batches(operations):
        lines: list[Any] = [
            line for index, key, _source, body in batch for line in (action_of(index, key, version), body)
        ]
        answer = client.bulk(operations=lines, refresh=refresh, require_alias=by_alias, timeout=WAIT)
        if answer["errors"]:
            _read(batch, answer["items"], overtaken, refused)
    return Outcome(frozenset(overtaken), refused)


def _read(
    batch: Sequence[Operation], items: Sequence[Any], overtaken: set[str], refused: dict[str, str]
) -> None:
    for (_index, _key, source, _body), item in zip(batch, items, strict=True):
        result = item["index"]
        status = result["status"]
        if status < 300:
            continue
        kind = result.get("error", {}).get("type", "")
        if status == OVERTAKEN:
            overtaken.add(source)
        elif status == 404:
            raise NoIndex("no index yet")
        elif is_away(status, kind):
            raise SearchUnavailable(f"Elasticsearch: {kind}")
        else:
            refused[source] = kind[:LONGEST_REASON]


def _batches(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    batch: list[Operation] = []
    size = 0
    for operation in operations:
        batch.append(operation)
        size += 2 * len(operation[3])
        if size >= BULK_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
