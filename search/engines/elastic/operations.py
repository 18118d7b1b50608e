"""The present state of records as operations on indices: documents to write, tombstones for what is gone."""

from collections.abc import Callable, Iterator, Sequence

from elasticsearch import Elasticsearch
from elasticsearch.dsl import Q, Search

from search.documents.base import KINDS, Replacement
from search.engines.elastic.mapping import source_of, tombstone
from search.engines.elastic.writing import Operation

STEP = 1_000

Standing = dict[str, set[str]]
"""By source: the keys of its documents."""


def is_alone(source: str) -> bool:
    """One record, one document of the same key; other sources (a law) yield many."""
    return _kind(source) in KINDS


def operations_of(
    client: Elasticsearch,
    replacements: Sequence[Replacement],
    index_of: Callable[[str], str],
    everywhere: Sequence[str],
) -> Iterator[Operation]:
    """`index_of` names the index of a kind, `everywhere` all of them.

    A source of many documents leaves a mark of its own besides, a tombstone under its name: a state that comes too
    late is refused there, even where it shares no document with the later one.
    """
    several = [one.source for one in replacements if not is_alone(one.source)]
    standing = standing_keys(client, several, everywhere) if several else {}
    for one in replacements:
        present = [document for document in one.documents if document.audience]
        for document in present:
            yield index_of(document.kind), document.key, one.source, source_of(document)
        if is_alone(one.source):
            before = {one.source}
        else:
            before = standing.get(one.source, set())
            yield everywhere[0], one.source, one.source, tombstone(one.source, one.source)
        for key in before - {document.key for document in present}:
            yield index_of(_kind(key)), key, one.source, tombstone(key, one.source)


def standing_keys(client: Elasticsearch, sources: Sequence[str], index: Sequence[str]) -> Standing:
    """Refreshes first, since a search does not see what was written a moment ago."""
    client.indices.refresh(index=list(index))
    found: Standing = {}
    query = Q("bool", filter=[Q("terms", source=list(sources)), Q("exists", field="audience")])
    body = Search().query(query).source(False).sort("key")
    body = body.extra(size=STEP, docvalue_fields=["key", "source"], track_total_hits=False)
    while True:
        hits = client.search(index=list(index), body=body.to_dict())["hits"]["hits"]
        for hit in hits:
            found.setdefault(hit["fields"]["source"][0], set()).add(hit["fields"]["key"][0])
        if len(hits) < STEP:
            return found
        body = body.extra(search_after=hits[-1]["sort"])


def _kind(key: str) -> str:
    return key.partition(":")[0]
