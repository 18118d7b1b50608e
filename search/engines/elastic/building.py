"""New indices beside the live ones, swapped in by one change of all aliases."""

import re
import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from search.documents.base import KINDS, Replacement, SearchDocument
from search.engines.base import Outcome
from search.engines.breaker import CircuitBreaker
from search.engines.elastic.client import Cluster, translated
from search.engines.elastic.mapping import alias_of, new_index, source_of
from search.engines.elastic.operations import Target, put
from search.engines.elastic.writing import Operation, write

SENDERS = 2
"""Bulk requests under way at once."""
BULK_DOCUMENTS = 2_000
WAIT_FOR_COPIES = "30s"
TIMED_OUT = 408

Prepared = tuple[str, str, str, str]
"""(kind, key, source of the records, JSON source of the document)"""


def prepare(documents: Iterable[SearchDocument]) -> list[Prepared]:
    return [
        (document.kind, document.key, document.source, source_of(document))
        for document in documents
        if document.audience
    ]


class ElasticBuild:
    """Written without refresh and copies, which come when it is ready.

    Every method raises SearchUnavailable where the cluster is away; `discard` then leaves to the next build what it
    could not remove.
    """

    def __init__(self, client: Elasticsearch, cluster: Cluster, breaker: CircuitBreaker) -> None:
        self._cluster = cluster
        self._client = client
        self._breaker = breaker
        self.refused: dict[str, str] = {}
        stamp = uuid.uuid4().hex[:12]
        self.indices = {kind: f"{alias_of(cluster.prefix, kind)}-{stamp}" for kind in KINDS}
        self._target = Target(client, self.indices, refresh=False, by_alias=False)
        self._senders = ThreadPoolExecutor(SENDERS)
        self._under_way: set[Future[Outcome]] = set()
        self._waiting: list[Operation] = []
        self._version = 0
        self._is_live = self._is_published = False
        try:
            with translated(breaker):
                for name in self.indices.values():
                    self._create(name)
        except BaseException:
            self.discard()
            raise

    def add(self, prepared: Sequence[Prepared], *, version: int) -> None:
        self._waiting += [(self.indices[kind], key, source, body) for kind, key, source, body in prepared]
        self._version = version
        if len(self._waiting) >= BULK_DOCUMENTS:
            self._send()

    def replace(self, replacements: Sequence[Replacement], *, version: int) -> Outcome:
        self._finish_sending()
        with translated(self._breaker):
            return put(replacements, version=version, target=self._target)

    def settle(self) -> None:
        self._finish_sending()
        with translated(self._breaker):
            self._client.indices.refresh(index=list(self.indices.values()))

    def ready(self) -> None:
        self._finish_sending()
        with translated(self._breaker):
            self._make_live(list(self.indices.values()))
        self._is_live = True

    def publish(self) -> None:
        if not self._is_live:
            self.ready()
        self.settle()
        with translated(self._breaker):
            self._swap()
        self._is_published = True
        self._senders.shutdown()

    def discard(self) -> None:
        if self._is_published:
            return
        self._senders.shutdown(cancel_futures=True)
        with suppress(ApiError, TransportError):
            self._client.indices.delete(index=list(self.indices.values()), ignore_unavailable=True)

    def _make_live(self, names: list[str]) -> None:
        live = {
            "refresh_interval": None,
            "auto_expand_replicas": f"0-{self._cluster.replicas}",
            "translog.durability": "request",
        }
        self._client.indices.put_settings(index=names, settings={"index": live})
        self._client.indices.refresh(index=names)
        self._client.options(ignore_status=TIMED_OUT).cluster.health(
            index=names, wait_for_status="green", timeout=WAIT_FOR_COPIES
        )

    def _create(self, name: str) -> None:
        index = new_index(
            name,
            shards=self._cluster.shards,
            replicas=0,
            refresh_interval="-1",
            translog={"durability": "async"},
        )
        index.create(using=self._client)

    def _write(self, operations: Iterable[Operation], version: int) -> Outcome:
        with translated(self._breaker):
            return write(self._client, operations, version=version, refresh=False, by_alias=False)

    def _send(self) -> None:
        """One more bulk request; waits where enough are under way."""
        if len(self._under_way) >= 2 * SENDERS:
            done, self._under_way = wait(self._under_way, return_when=FIRST_COMPLETED)
            self._note(done)
        if self._waiting:
            self._under_way.add(self._senders.submit(self._write, self._waiting, self._version))
            self._waiting = []

    def _finish_sending(self) -> None:
        self._send()
        done, self._under_way = wait(self._under_way)[0], set()
        self._note(done)

    def _note(self, done: Iterable[Future[Outcome]]) -> None:
        for future in done:
            self.refused |= future.result().refused

    def _swap(self) -> None:
        """All kinds in one step: the aliases move, earlier indices and left-over builds go."""
        ours = re.compile(rf"{re.escape(self._cluster.prefix)}-v\d+-(?:{'|'.join(KINDS)})-[0-9a-f]{{12}}")
        standing = self._client.indices.get(index=f"{self._cluster.prefix}-*", features="aliases")
        actions: list[dict[str, Any]] = [
            {"add": {"index": name, "alias": alias_of(self._cluster.prefix, kind)}}
            for kind, name in self.indices.items()
        ]
        new = set(self.indices.values())
        gone = [name for name in standing if ours.fullmatch(name) and name not in new]
        actions += [{"remove_index": {"index": name}} for name in gone]
        self._client.indices.update_aliases(actions=actions)
