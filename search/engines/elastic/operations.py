"""The present state of records as operations on indices: documents to write, tombstones for what is gone.

A record with one document of its own key leaves a tombstone in its place, so that versions alone keep its states in
order. A law yields many documents, and what an earlier state of it holds beyond this one is found by searching. So
that a state written at the same moment is neither missed nor comes afterwards, a state is written in three steps:
its documents, a mark that carries its version, tombstones for the rest. Of two states, the older either has written
all its documents before the newer one's mark, which then finds the rest, or its own mark is refused as overtaken.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from elasticsearch import Elasticsearch
from elasticsearch.dsl import Q, Search

from search.documents.base import SourceState
from search.engines.base import Outcome, SearchUnavailable
from search.engines.elastic.mapping import source_of, tombstone
from search.engines.elastic.writing import Operation, write
from search.kinds import DOCUMENT_KINDS

STEP = 1_000
# The kind whose index holds the marks, for documents of this kind are made many of one record.
MARKED_IN = "provision"


@dataclass(frozen=True, slots=True)
class WriteTarget:
    """Where to write: the index of each kind, and whether that is an alias that must be there."""

    client: Elasticsearch
    indices: Mapping[str, str]
    refresh: bool
    by_alias: bool

    def write(self, operations: Iterator[Operation], version: int) -> Outcome:
        return write(self.client, operations, version=version, refresh=self.refresh, by_alias=self.by_alias)


def put(states: Sequence[SourceState], *, version: int, target: WriteTarget) -> Outcome:
    """Raises SearchUnavailable where something of it may be missing; the same again puts it right."""
    outcome = target.write(_documents(states, target), version)
    several = [one for one in states if not is_alone(one.source)]
    if several:
        outcome |= target.write(_marks(several, target), version)
        last = [one for one in several if one.source not in outcome.overtaken]
        outcome |= target.write(_leftovers(last, target), version)
    return outcome


def is_alone(source: str) -> bool:
    """One record, one document of the same key; other sources (a law) yield many."""
    return _kind(source) in DOCUMENT_KINDS


def _documents(states: Sequence[SourceState], target: WriteTarget) -> Iterator[Operation]:
    for one in states:
        keys = set()
        for document in one.documents:
            if document.audience:
                keys.add(document.key)
                yield target.indices[document.kind], document.key, one.source, source_of(document)
        if is_alone(one.source) and one.source not in keys:
            yield target.indices[_kind(one.source)], one.source, one.source, tombstone(one.source, one.source)


def _marks(states: Sequence[SourceState], target: WriteTarget) -> Iterator[Operation]:
    for one in states:
        yield target.indices[MARKED_IN], one.source, one.source, tombstone(one.source, one.source)


def _leftovers(states: Sequence[SourceState], target: WriteTarget) -> Iterator[Operation]:
    standing = standing_keys(target, [one.source for one in states]) if states else {}
    for one in states:
        present = {document.key for document in one.documents if document.audience}
        for key in sorted(standing.get(one.source, set()) - present):
            yield target.indices[_kind(key)], key, one.source, tombstone(key, one.source)


def standing_keys(target: WriteTarget, sources: Sequence[str]) -> dict[str, set[str]]:
    """By source: the keys of its documents. Refreshes first; nothing may be left out, by no shard."""
    index = list(target.indices.values())
    refreshed = target.client.indices.refresh(index=index)
    if refreshed["_shards"]["failed"]:
        raise SearchUnavailable("Elasticsearch: a shard could not be refreshed")
    found: dict[str, set[str]] = {}
    query = Q("bool", filter=[Q("terms", source=list(sources)), Q("exists", field="audience")])
    body = Search().query(query).source(False).sort("key")
    body = body.extra(size=STEP, docvalue_fields=["key", "source"], track_total_hits=False)
    while True:
        answer = target.client.search(index=index, body=body.to_dict(), allow_partial_search_results=False)
        hits = answer["hits"]["hits"]
        for hit in hits:
            found.setdefault(hit["fields"]["source"][0], set()).add(hit["fields"]["key"][0])
        if len(hits) < STEP:
            return found
        body = body.extra(search_after=hits[-1]["sort"])


def _kind(key: str) -> str:
    return key.partition(":")[0]
