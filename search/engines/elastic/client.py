"""The connection to a cluster, and the translation of its errors into those of `search.engines.base`."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError, UnsupportedProductError

from search.engines.base import NoIndex, SearchUnavailable
from search.engines.breaker import CircuitBreaker

logger = logging.getLogger(__name__)

# Statuses that tell of the cluster's state, not of the request.
AWAY_STATUSES = frozenset({401, 403, 408, 429, 502, 503, 504})
# A shard went away during the request, or the server cannot bear the query; another engine may answer it.
RETRIED_STATUSES = (429, HTTPStatus.INTERNAL_SERVER_ERROR, 502, 503, 504)
# Errors of single operations that mean that a node went away, although their status does not say so.
NODE_LOST_ERRORS = frozenset(
    {
        "connect_transport_exception",
        "node_closed_exception",
        "node_disconnected_exception",
        "node_not_connected_exception",
    }
)
INDEX_MISSING = "index_not_found_exception"
CURSOR_LOST = "search_context_missing_exception"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The address of a cluster, and how its indices are laid out; `timeout` is in seconds, for one try at one node."""

    hosts: tuple[str, ...]
    api_key: str = ""
    ca_file: str = ""
    prefix: str = "tongtang"
    shards: int = 1
    replicas: int = 1
    timeout: float = 3.0


def connect(cluster: Cluster) -> Elasticsearch:
    """Return a client that passes over a node that refuses connections; `Nodes` deals with nodes that hang."""
    options: dict[str, Any] = {}
    if cluster.api_key:
        options["api_key"] = cluster.api_key
    if cluster.ca_file:
        options["ca_certs"] = cluster.ca_file
    # Two nodes or more: each request is tried at every other node once before it fails.
    return Elasticsearch(
        list(cluster.hosts),
        request_timeout=cluster.timeout,
        max_retries=max(1, len(cluster.hosts) - 1),
        retry_on_status=RETRIED_STATUSES,
        **options,
    )


@contextmanager
def translated(breaker: CircuitBreaker) -> Iterator[None]:
    """Translate the errors of one request, and report its result to the breaker.

    Raises SearchUnavailable if the cluster cannot answer now.
    """
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
    # A proxy in front of the cluster may answer with a whole page instead of the name of an error.
    kind = error.error if error.error.isidentifier() else ""
    message = f"Elasticsearch: {error.status_code} {kind}".strip()
    if error.status_code in AWAY_STATUSES:
        _note(breaker, message)
        raise SearchUnavailable(message) from error
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning(message)
        raise SearchUnavailable(message) from error
    breaker.succeeded()
    if isinstance(error, NotFoundError):
        description = f"{error.error} {error.body}"
        if INDEX_MISSING in description:
            raise NoIndex("no index yet") from error
        if CURSOR_LOST in description:
            raise SearchUnavailable("Elasticsearch: the cursor is lost") from error


def _note(breaker: CircuitBreaker, reason: str) -> None:
    """Report a failure to the breaker, and log the first one of an outage."""
    if breaker.failed():
        logger.warning("Elasticsearch cannot answer: %s", reason)


def error_of(answer: dict[str, Any]) -> Exception:
    """Return the exception for one failed answer among several that came with status 200."""
    reason = answer["error"]
    kind = reason.get("type", "") if isinstance(reason, dict) else str(reason)
    status = answer.get("status", HTTPStatus.INTERNAL_SERVER_ERROR)
    if kind == INDEX_MISSING:
        return NoIndex("no index yet")
    if is_away(status, kind) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return SearchUnavailable(f"Elasticsearch: {kind}")
    return RuntimeError(f"Elasticsearch: {kind}")


def is_away(status: int, kind: str) -> bool:
    """Return whether the error of one operation is due to the cluster, not to the operation."""
    return status in AWAY_STATUSES or kind in NODE_LOST_ERRORS
