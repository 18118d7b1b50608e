"""Which nodes of a cluster answer.

A node that is killed is noticed at once, by the client and by the others. One that hangs (a frozen machine, a full
disk) keeps its connections: for half a minute the others still send it their part of every search. So whoever has
waited in vain asks each node for a sign of life, and for a while searches go round those that gave none.
"""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

from elasticsearch import ApiError, Elasticsearch, TransportError

from search.engines.elastic.client import Cluster, connect

LOOK_SECONDS = 1.0
# Longer than a cluster takes to part with a node that hangs.
KEEP_SECONDS = 60.0
MAX_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class _Look:
    """`ids` are empty where a node answered but did not say which it is."""

    at: float
    hosts: tuple[str, ...]
    ids: tuple[str, ...]


class Nodes:
    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._every = connect(cluster)
        self._some: Elasticsearch | None = None
        self._preference = ""
        self._last: _Look | None = None
        self._guard = threading.Lock()

    @property
    def client(self) -> Elasticsearch:
        """To every node, or to those that are left while one hangs."""
        self._forget()
        return self._some or self._every

    @property
    def preference(self) -> str:
        """Whose copies of the shards are to be read; empty while nothing is known."""
        self._forget()
        return self._preference

    @property
    def are_several(self) -> bool:
        return len(self._cluster.hosts) > 1

    def look(self) -> bool:
        """Ask each node for a sign of life; False where none gives one. Callers at the same time share a look."""
        asked_at = time.monotonic()
        with self._guard:
            if self._last is None or self._last.at < asked_at:
                self._last = look_at(self._cluster)
                self._go_round(self._last)
            return bool(self._last.hosts)

    def _go_round(self, look: _Look) -> None:
        some_hang = 0 < len(look.hosts) < len(self._cluster.hosts)
        self._some = connect(replace(self._cluster, hosts=look.hosts)) if some_hang else None
        self._preference = f"_prefer_nodes:{','.join(look.ids)}" if some_hang and all(look.ids) else ""

    def _forget(self) -> None:
        if self._last and self._some and time.monotonic() > self._last.at + KEEP_SECONDS:
            self._some = None
            self._preference = ""


def look_at(cluster: Cluster) -> _Look:
    with ThreadPoolExecutor(min(len(cluster.hosts), MAX_AT_ONCE)) as executor:
        ids = list(executor.map(lambda host: _sign_of_life(cluster, host), cluster.hosts))
    answered = [(host, node) for host, node in zip(cluster.hosts, ids, strict=True) if node is not None]
    return _Look(time.monotonic(), tuple(host for host, _id in answered), tuple(_ids(answered)))


def _ids(answered: Sequence[tuple[str, str]]) -> list[str]:
    return [node for _host, node in answered]


def _sign_of_life(cluster: Cluster, host: str) -> str | None:
    """The node's id, empty where it keeps that to itself; None where it does not answer."""
    with suppress(TransportError), connect(replace(cluster, hosts=(host,))) as client:
        brief = client.options(request_timeout=LOOK_SECONDS, max_retries=0)
        try:
            answer = brief.nodes.info(node_id="_local", metric="_none", filter_path="nodes.*.name")
        except ApiError:
            return ""
        return next(iter(answer.get("nodes", {})), "")
    return None
