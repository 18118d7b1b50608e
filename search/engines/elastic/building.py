"""Builds new indices beside the live ones, and swaps them in by one change of all aliases.

If a node dies, an answer may be lost and a request sent twice, so each step can be repeated without harm.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, suppress
from http import HTTPStatus
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch, TransportError

from search.documents.base import SearchDocument, SourceState
from search.engines.base import SearchUnavailable, WriteOutcome
from search.engines.elastic.client import Cluster
from search.engines.elastic.mapping import alias_of, aliases, body_of, new_index
from search.engines.elastic.operations import WriteTarget, put
from search.engines.elastic.writing import MAX_REQUEST_DOCUMENTS, Operation, write
from search.kinds import DOCUMENT_KINDS

# Threads that send at once, and batches that wait for them: so many documents are in memory at most.
SENDER_THREADS = 2
MAX_BATCHES = 2 * SENDER_THREADS
COPIES_TIMEOUT = "30s"
INDEX_EXISTS = "resource_already_exists_exception"

# (kind, key, source, JSON of the document)
PreparedDocument = tuple[str, str, str, str]


def prepare(documents: Iterable[SearchDocument]) -> list[PreparedDocument]:
    """Return documents with an audience as `ElasticBuild.add` takes them."""
    return [
        (document.kind, document.key, document.source, body_of(document))
        for document in documents
        if document.audience
    ]


class ElasticBuild:
    """A build whose indices are refreshed and copied only when they are ready; `guarded` surrounds every request.

    Threads of its own send the documents, while the caller's thread makes more (ADR 17 says why not `parallel_bulk`).
    """

    def __init__(
        self, client: Elasticsearch, cluster: Cluster, guarded: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._cluster = cluster
        self._client = client
        self._guarded = guarded
        self.refused: dict[str, str] = {}
        stamp = uuid.uuid4().hex[:12]
        self.indices = {kind: f"{alias_of(cluster.prefix, kind)}-{stamp}" for kind in DOCUMENT_KINDS}
        self._target = WriteTarget(client, self.indices, refresh=False, by_alias=False)
        self._senders = ThreadPoolExecutor(SENDER_THREADS)
        self._batches: set[Future[WriteOutcome]] = set()
        self._unsent: list[Operation] = []
        self._version = 0
        self._is_ready = False
        try:
            with self._guarded():
                for name in self.indices.values():
                    self._create(name)
        except BaseException:
            self.discard()
            raise

    def add(self, prepared: Sequence[PreparedDocument], *, version: int) -> None:
        self._unsent += [
            Operation(self.indices[kind], key, source, body) for kind, key, source, body in prepared
        ]
        self._version = version
        if len(self._unsent) >= MAX_REQUEST_DOCUMENTS:
            self._send()

    def replace(self, states: Sequence[SourceState], *, version: int) -> WriteOutcome:
        self._finish_sending()
        with self._guarded():
            return put(states, version=version, target=self._target)

    def settle(self) -> None:
        self._finish_sending()
        with self._guarded():
            self._client.indices.refresh(index=list(self.indices.values()))

    def ready(self) -> None:
        self._finish_sending()
        with self._guarded():
            self._make_ready(list(self.indices.values()))
        self._is_ready = True

    def publish(self) -> None:
        if not self._is_ready:
            self.ready()
        self.settle()
        with self._guarded():
            self._swap()
        self._senders.shutdown()

    def discard(self) -> None:
        """Remove the indices; while the cluster is away they stay, until the next build is published."""
        self._senders.shutdown(cancel_futures=True)
        with suppress(SearchUnavailable), self._guarded():
            self._remove([name for name in self.indices.values() if name not in self._live()])

    def _create(self, name: str) -> None:
        index = new_index(name, shards=self._cluster.shards, replicas=0, refresh_interval="-1")
        try:
            index.create(using=self._client)
        except BadRequestError as error:
            if error.error != INDEX_EXISTS:
                raise

    def _write(self, operations: Iterable[Operation], version: int) -> WriteOutcome:
        with self._guarded():
            return write(self._client, operations, version=version, refresh=False, by_alias=False)

    def _send(self) -> None:
        """Hand a batch to the senders; wait first if they have enough."""
        if len(self._batches) >= MAX_BATCHES:
            done, self._batches = wait(self._batches, return_when=FIRST_COMPLETED)
            self._note_refused(done)
        if self._unsent:
            self._batches.add(self._senders.submit(self._write, self._unsent, self._version))
            self._unsent = []

    def _finish_sending(self) -> None:
        self._send()
        done, self._batches = wait(self._batches)[0], set()
        self._note_refused(done)

    def _note_refused(self, done: Iterable[Future[WriteOutcome]]) -> None:
        for future in done:
            self.refused |= future.result().refused

    def _make_ready(self, names: list[str]) -> None:
        live_settings = {"refresh_interval": None, "auto_expand_replicas": f"0-{self._cluster.replicas}"}
        self._client.indices.put_settings(index=names, settings={"index": live_settings})
        self._client.indices.refresh(index=names)
        # A copy that is late is no reason to fail (yellow): Elasticsearch goes on making it after the swap.
        health = self._client.options(ignore_status=HTTPStatus.REQUEST_TIMEOUT).cluster.health(
            index=names, wait_for_status="green", timeout=COPIES_TIMEOUT
        )
        if health["status"] == "red":
            raise SearchUnavailable("Elasticsearch: a part of the new index is lost")

    def _swap(self) -> None:
        """Move the aliases of all kinds in one request; then remove earlier indices and left-over builds."""
        # Only names that a build of ours has made: the prefix may be shared with indices of others.
        ours = re.compile(
            rf"{re.escape(self._cluster.prefix)}-v\d+-(?:{'|'.join(DOCUMENT_KINDS)})-[0-9a-f]{{12}}"
        )
        new = set(self.indices.values())
        existing = self._existing()
        actions: list[dict[str, Any]] = [
            {"remove": {"index": name, "alias": alias, "must_exist": False}}
            for name, names in existing.items()
            for alias in names
            if name not in new and alias in aliases(self._cluster.prefix)
        ]
        actions += [
            {"add": {"index": name, "alias": self._alias(kind)}} for kind, name in self.indices.items()
        ]
        try:
            self._client.indices.update_aliases(actions=actions)
        except TransportError:
            # The answer was lost; the change of aliases may have been done all the same.
            if self._live() != new:
                raise
        self._remove([name for name in existing if ours.fullmatch(name) and name not in new])

    def _alias(self, kind: str) -> str:
        return alias_of(self._cluster.prefix, kind)

    def _existing(self) -> dict[str, set[str]]:
        """Return every index that may be ours, with its aliases."""
        indices = self._client.indices.get(index=f"{self._cluster.prefix}-*", features="aliases")
        return {name: set(about["aliases"]) for name, about in indices.items()}

    def _live(self) -> set[str]:
        """Return the new indices that have aliases, perhaps from a request whose answer was lost."""
        new = set(self.indices.values())
        return {name for name, names in self._existing().items() if name in new and names}

    def _remove(self, names: Sequence[str]) -> None:
        if names:
            self._client.indices.delete(index=list(names), ignore_unavailable=True)
