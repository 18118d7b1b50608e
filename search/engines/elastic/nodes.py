"""Finds out which nodes of a cluster answer, and sends searches past those that hang.

A node that is killed is noticed at once, by the client and by the others. One that hangs (a frozen machine, a full
disk) keeps its connections: for half a minute the others still send it their part of every search. So after a
timeout each node is probed, and for a while searches avoid those that did not answer.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

from elasticsearch import ApiError, Elasticsearch, TransportError

from search.engines.elastic.client import Cluster, connect

PROBE_TIMEOUT_SECONDS = 1.0
# How long a node is avoided: longer than a cluster takes to drop a node that hangs.
AVOID_SECONDS = 60.0
MAX_PROBES_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class _Probe:
    """Hosts that answered at a moment (`at`, of the monotonic clock), and the ids of their nodes.

    An id is empty where a node answered but did not disclose its id (it refuses the request, for instance).
    """

    at: float
    hosts: tuple[str, ...]
    ids: tuple[str, ...]


class Nodes:
    """The clients of one cluster: to all nodes, or to those that answer while one hangs."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._all = connect(cluster)
        self._responsive: Elasticsearch | None = None
        self._preference = ""
        self._last: _Probe | None = None
        self._guard = threading.Lock()

    @property
    def client(self) -> Elasticsearch:
        """Return the client to every node, or to those that answer while one hangs."""
        self._forget_old_probe()
        return self._responsive or self._all

    @property
    def preference(self) -> str:
        """Return whose copies of the shards to read, as a search preference; empty while no node is avoided."""
        self._forget_old_probe()
        return self._preference

    @property
    def are_several(self) -> bool:
        return len(self._cluster.hosts) > 1

    def probe(self) -> bool:
        """Probe each node; return whether any answers. Callers at the same time share one probe."""
        called_at = time.monotonic()
        with self._guard:
            if self._last is None or self._last.at < called_at:
                self._last = probe_nodes(self._cluster)
                self._avoid_others(self._last)
            return bool(self._last.hosts)

    def _avoid_others(self, probe: _Probe) -> None:
        some_hang = 0 < len(probe.hosts) < len(self._cluster.hosts)
        self._responsive = connect(replace(self._cluster, hosts=probe.hosts)) if some_hang else None
        self._preference = f"_prefer_nodes:{','.join(probe.ids)}" if some_hang and all(probe.ids) else ""

    def _forget_old_probe(self) -> None:
        if self._last and self._responsive and time.monotonic() > self._last.at + AVOID_SECONDS:
            self._responsive = None
            self._preference = ""


def probe_nodes(cluster: Cluster) -> _Probe:
    """Probe every host of a cluster at once."""
    with ThreadPoolExecutor(min(len(cluster.hosts), MAX_PROBES_AT_ONCE)) as executor:
        ids = list(executor.map(lambda host: _node_id(cluster, host), cluster.hosts))
    answered = [
        (host, node_id) for host, node_id in zip(cluster.hosts, ids, strict=True) if node_id is not None
    ]
    hosts, node_ids = tuple(host for host, _id in answered), tuple(node_id for _host, node_id in answered)
    return _Probe(time.monotonic(), hosts, node_ids)


def _node_id(cluster: Cluster, host: str) -> str | None:
    """Return the id of the node at `host`, empty where it does not disclose it; None where it does not answer."""
    with suppress(TransportError), connect(replace(cluster, hosts=(host,))) as client:
        impatient = client.options(request_timeout=PROBE_TIMEOUT_SECONDS, max_retries=0)
        try:
            answer = impatient.nodes.info(node_id="_local", metric="_none", filter_path="nodes.*.name")
        except ApiError:
            return ""
        return next(iter(answer.get("nodes", {})), "")
    return None
