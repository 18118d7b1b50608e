"""The connection to a cluster, and its errors in the portal's words."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError, UnsupportedProductError

from search.engines.base import NoIndex, SearchUnavailable
from search.engines.breaker import CircuitBreaker

logger = logging.getLogger(__name__)

# Answers that say something of the cluster, not of the request.
AWAY = frozenset({401, 403, 408, 429, 502, 503, 504})
# A shard went away in the middle, or the question is one that the server cannot bear: another engine may.
BROKEN = 500
TRIED_AGAIN = (429, BROKEN, 502, 503, 504)
# Errors of single operations that say that a node went away, though their status does not.
LOST = frozenset(
    {
        "connect_transport_exception",
        "node_closed_exception",
        "node_disconnected_exception",
        "node_not_connected_exception",
    }
)
MISSING_INDEX = "index_not_found_exception"
LOST_CURSOR = "search_context_missing_exception"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the cluster is and how its indices are laid out; `timeout` in seconds for one try at one node."""

    hosts: tuple[str, ...]
    api_key: str = ""
    ca_file: str = ""
    prefix: str = "tongtang"
    shards: int = 1
    replicas: int = 1
    timeout: float = 3.0


def connect(cluster: Cluster) -> Elasticsearch:
    """A node that refuses is left out for a while and the next one asked; one that hangs is `Nodes`' business."""
    options: dict[str, Any] = {}
    if cluster.api_key:
        options["api_key"] = cluster.api_key
    if cluster.ca_file:
        options["ca_certs"] = cluster.ca_file
    return Elasticsearch(
        list(cluster.hosts),
        request_timeout=cluster.timeout,
        max_retries=max(1, len(cluster.hosts) - 1),
        retry_on_status=TRIED_AGAIN,
        **options,
    )


@contextmanager
def translated(breaker: CircuitBreaker) -> Iterator[None]:
    """Around one request. Raises SearchUnavailable where the cluster cannot answer it now."""
    try:
        yield
    except NoIndex:
        breaker.succeeded()
        raise
    except SearchUnavailable as error:
        _note(breaker, str(error))
        raise
    except (TransportError, UnsupportedProductError) as error:
        _note(breaker, type(error).__name__)
        raise SearchUnavailable(f"Elasticsearch: {type(error).__name__}") from error
    except ApiError as error:
        _translate(error, breaker)
        raise
    else:
        breaker.succeeded()


def _translate(error: ApiError, breaker: CircuitBreaker) -> None:
    kind = error.error if error.error.isidentifier() else ""  # a proxy may answer with a whole page
    said = f"Elasticsearch: {error.status_code} {kind}".strip()
    if error.status_code in AWAY:
        _note(breaker, said)
        raise SearchUnavailable(said) from error
    if error.status_code >= BROKEN:
        logger.warning(said)
        raise SearchUnavailable(said) from error
    breaker.succeeded()
    if isinstance(error, NotFoundError):
        what = f"{error.error} {error.body}"
        if MISSING_INDEX in what:
            raise NoIndex("no index yet") from error
        if LOST_CURSOR in what:
            raise SearchUnavailable("Elasticsearch: the cursor is lost") from error


def _note(breaker: CircuitBreaker, reason: str) -> None:
    """One line in the log for each time that the cluster goes away."""
    if breaker.failed():
        logger.warning("Elasticsearch cannot answer: %s", reason)


def error_of(answer: dict[str, Any]) -> Exception:
    """Of one answer among several, which came with status 200."""
    reason = answer["error"]
    kind = reason.get("type", "") if isinstance(reason, dict) else str(reason)
    status = answer.get("status", BROKEN)
    if kind == MISSING_INDEX:
        return NoIndex("no index yet")
    if is_away(status, kind) or status >= BROKEN:
        return SearchUnavailable(f"Elasticsearch: {kind}")
    return RuntimeError(f"Elasticsearch: {kind}")


def is_away(status: int, kind: str) -> bool:
    """Whether the error of one operation is the cluster's, not the operation's."""
    return status in AWAY or kind in LOST
