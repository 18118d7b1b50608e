"""New indices beside the live ones, swapped in by one change of all aliases.

An answer may be lost when a node dies, and a request sent twice: each step means the same the second time.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, suppress
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch, TransportError

from search.documents.base import SearchDocument, SourceState
from search.engines.base import Outcome, SearchUnavailable
from search.engines.elastic.client import Cluster
from search.engines.elastic.mapping import alias_of, aliases, new_index, source_of
from search.engines.elastic.operations import WriteTarget, put
from search.engines.elastic.writing import Operation, write
from search.kinds import DOCUMENT_KINDS

# Bulk requests under way at once.
SENDERS = 2
BULK_DOCUMENTS = 2_000
WAIT_FOR_COPIES = "30s"
TIMED_OUT = 408
THERE_ALREADY = "resource_already_exists_exception"

# (kind, key, source of the records, JSON source of the document)
Prepared = tuple[str, str, str, str]


def prepare(documents: Iterable[SearchDocument]) -> list[Prepared]:
    return [
        (document.kind, document.key, document.source, source_of(document))
        for document in documents
        if document.audience
    ]


class ElasticBuild:
    """Written without refresh and copies, which come when it is ready. `asking` goes round every request."""

    def __init__(
        self, client: Elasticsearch, cluster: Cluster, asking: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._cluster = cluster
        self._client = client
        self._asking = asking
        self.refused: dict[str, str] = {}
        stamp = uuid.uuid4().hex[:12]
        self.indices = {kind: f"{alias_of(cluster.prefix, kind)}-{stamp}" for kind in DOCUMENT_KINDS}
        self._target = WriteTarget(client, self.indices, refresh=False, by_alias=False)
        self._senders = ThreadPoolExecutor(SENDERS)
        self._under_way: set[Future[Outcome]] = set()
        self._waiting: list[Operation] = []
        self._version = 0
        self._is_ready = False
        try:
            with self._asking():
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

    def replace(self, states: Sequence[SourceState], *, version: int) -> Outcome:
        self._finish_sending()
        with self._asking():
            return put(states, version=version, target=self._target)

    def settle(self) -> None:
        self._finish_sending()
        with self._asking():
            self._client.indices.refresh(index=list(self.indices.values()))

    def ready(self) -> None:
        self._finish_sending()
        with self._asking():
            self._make_ready(list(self.indices.values()))
        self._is_ready = True

    def publish(self) -> None:
        if not self._is_ready:
            self.ready()
        self.settle()
        with self._asking():
            self._swap()
        self._senders.shutdown()

    def discard(self) -> None:
        """Where the cluster is away the indices stay, until the next build is published."""
        self._senders.shutdown(cancel_futures=True)
        with suppress(SearchUnavailable), self._asking():
            self._remove([name for name in self.indices.values() if name not in self._live()])

    def _create(self, name: str) -> None:
        index = new_index(name, shards=self._cluster.shards, replicas=0, refresh_interval="-1")
        try:
            index.create(using=self._client)
        except BadRequestError as error:
            if error.error != THERE_ALREADY:
                raise

    def _write(self, operations: Iterable[Operation], version: int) -> Outcome:
        with self._asking():
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

    def _make_ready(self, names: list[str]) -> None:
        live = {"refresh_interval": None, "auto_expand_replicas": f"0-{self._cluster.replicas}"}
        self._client.indices.put_settings(index=names, settings={"index": live})
        self._client.indices.refresh(index=names)
        health = self._client.options(ignore_status=TIMED_OUT).cluster.health(
            index=names, wait_for_status="green", timeout=WAIT_FOR_COPIES
        )
        if health["status"] == "red":
            raise SearchUnavailable("Elasticsearch: a part of the new index is lost")

    def _swap(self) -> None:
        """All kinds in one step; then earlier indices and left-over builds go."""
        ours = re.compile(
            rf"{re.escape(self._cluster.prefix)}-v\d+-(?:{'|'.join(DOCUMENT_KINDS)})-[0-9a-f]{{12}}"
        )
        new = set(self.indices.values())
        standing = self._standing()
        actions: list[dict[str, Any]] = [
            {"remove": {"index": name, "alias": alias, "must_exist": False}}
            for name, names in standing.items()
            for alias in names
            if name not in new and alias in aliases(self._cluster.prefix)
        ]
        actions += [
            {"add": {"index": name, "alias": self._alias(kind)}} for kind, name in self.indices.items()
        ]
        try:
            self._client.indices.update_aliases(actions=actions)
        except TransportError:
            if self._live() != new:
                raise
        self._remove([name for name in standing if ours.fullmatch(name) and name not in new])

    def _alias(self, kind: str) -> str:
        return alias_of(self._cluster.prefix, kind)

    def _standing(self) -> dict[str, set[str]]:
        """Every index that may be ours, and its aliases."""
        found = self._client.indices.get(index=f"{self._cluster.prefix}-*", features="aliases")
        return {name: set(about["aliases"]) for name, about in found.items()}

    def _live(self) -> set[str]:
        """Those of the new indices that are searched by now, perhaps by a request whose answer was lost."""
        ours = set(self.indices.values())
        return {name for name, names in self._standing().items() if name in ours and names}

    def _remove(self, names: Sequence[str]) -> None:
        if names:
            self._client.indices.delete(index=list(names), ignore_unavailable=True)
