"""States of records as operations on indices: documents to write, tombstones for documents that are removed.

A record with a single document under its own key is replaced by a tombstone, so that versions alone keep its states
in order. A law yields many documents, and those that only an earlier state had are found by a search. A state written
at the same moment must neither be missed by that search nor come after it. So a state of a law is written in three
steps: its documents, a marker that carries its version, tombstones for documents that only earlier states had. Of two
states, either the older one has written all its documents before the marker of the newer one, which then finds them,
or the marker of the older one is refused as overtaken.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from elasticsearch import Elasticsearch
from elasticsearch.dsl import Q, Search

from search.documents.base import SourceState
from search.engines.base import SearchUnavailable, WriteOutcome
from search.engines.elastic.mapping import body_of, tombstone
from search.engines.elastic.writing import Operation, write
from search.kinds import DOCUMENT_KINDS

SEARCH_STEP = 1_000
# The kind whose index holds the markers: the only kind of which one record has many documents.
MARKER_KIND = "provision"


@dataclass(frozen=True, slots=True)
class WriteTarget:
    """The indices to write to, by kind of document; `by_alias` demands that their names are existing aliases."""

    client: Elasticsearch
    indices: Mapping[str, str]
    refresh: bool
    by_alias: bool

    def write(self, operations: Iterator[Operation], version: int) -> WriteOutcome:
        return write(self.client, operations, version=version, refresh=self.refresh, by_alias=self.by_alias)


def put(states: Sequence[SourceState], *, version: int, target: WriteTarget) -> WriteOutcome:
    """Write states of records. Raises SearchUnavailable where it may be incomplete; writing them again completes it."""
    outcome = target.write(_documents(states, target), version)
    divided = [state for state in states if not has_one_document(state.source)]
    if divided:
        # The order matters: documents, marker, tombstones (see above).
        outcome |= target.write(_markers(divided, target), version)
        latest = [state for state in divided if state.source not in outcome.overtaken]
        outcome |= target.write(_leftovers(latest, target), version)
    return outcome


def has_one_document(source: str) -> bool:
    """Return whether a record has a single document under its own key; a law (`norm:5`) has many."""
    return _kind(source) in DOCUMENT_KINDS


def _documents(states: Sequence[SourceState], target: WriteTarget) -> Iterator[Operation]:
    for state in states:
        source = state.source
        keys = set()
        for document in state.documents:
            if document.audience:
                keys.add(document.key)
                yield Operation(target.indices[document.kind], document.key, source, body_of(document))
        if has_one_document(source) and source not in keys:
            yield Operation(target.indices[_kind(source)], source, source, tombstone(source, source))


def _markers(states: Sequence[SourceState], target: WriteTarget) -> Iterator[Operation]:
    for state in states:
        body = tombstone(state.source, state.source)
        yield Operation(target.indices[MARKER_KIND], state.source, state.source, body)


def _leftovers(states: Sequence[SourceState], target: WriteTarget) -> Iterator[Operation]:
    """Yield tombstones for documents that only earlier states had."""
    indexed = indexed_keys(target, [state.source for state in states]) if states else {}
    for state in states:
        present = {document.key for document in state.documents if document.audience}
        for key in sorted(indexed.get(state.source, set()) - present):
            yield Operation(target.indices[_kind(key)], key, state.source, tombstone(key, state.source))


def indexed_keys(target: WriteTarget, sources: Sequence[str]) -> dict[str, set[str]]:
    """Return the keys of the documents that the index holds, by source.

    Refreshes first, and raises SearchUnavailable where a shard does not answer: no document may be overlooked.
    """
    index = list(target.indices.values())
    refreshed = target.client.indices.refresh(index=index)
    if refreshed["_shards"]["failed"]:
        raise SearchUnavailable("Elasticsearch: a shard could not be refreshed")
    keys: dict[str, set[str]] = {}
    query = Q("bool", filter=[Q("terms", source=list(sources)), Q("exists", field="audience")])
    body = Search().query(query).source(False).sort("key")
    body = body.extra(size=SEARCH_STEP, docvalue_fields=["key", "source"], track_total_hits=False)
    while True:
        answer = target.client.search(index=index, body=body.to_dict(), allow_partial_search_results=False)
        hits = answer["hits"]["hits"]
        for hit in hits:
            keys.setdefault(hit["fields"]["source"][0], set()).add(hit["fields"]["key"][0])
        if len(hits) < SEARCH_STEP:
            return keys
        body = body.extra(search_after=hits[-1]["sort"])


def _kind(key: str) -> str:
    return key.partition(":")[0]
