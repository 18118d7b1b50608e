"""The connection to a cluster, and its errors in the portal's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from search.engines.base import NoIndex, SearchUnavailable
from search.engines.breaker import CircuitBreaker

AWAY = frozenset({401, 403, 408, 429, 502, 503, 504})
"""Answers that say something of the cluster, not of the request."""
MISSING_INDEX = "index_not_found_exception"


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
    """A node that does not answer is left out for a while and the next one asked."""
    options: dict[str, Any] = {}
    if cluster.api_key:
        options["api_key"] = cluster.api_key
    if cluster.ca_file:
        options["ca_certs"] = cluster.ca_file
    return Elasticsearch(
        list(cluster.hosts),
        request_timeout=cluster.timeout,
        max_retries=max(1, len(cluster.hosts) - 1),
        retry_on_timeout=len(cluster.hosts) > 1,
        **options,
    )


@contextmanager
def translated(breaker: CircuitBreaker) -> Iterator[None]:
    """Around one request. Raises SearchUnavailable where the cluster is away, at once while the breaker is open."""
    if not breaker.lets_through():
        raise SearchUnavailable("Elasticsearch did not answer a moment ago")
    try:
        yield
    except NotFoundError as error:
        breaker.succeeded()
        if _is_missing_index(error):
            raise NoIndex("no index yet") from error
        raise
    except TransportError as error:
        breaker.failed()
        raise SearchUnavailable(f"Elasticsearch: {type(error).__name__}") from error
    except ApiError as error:
        if error.status_code in AWAY:
            breaker.failed()
            raise SearchUnavailable(f"Elasticsearch: {error.status_code}") from error
        breaker.succeeded()
        raise
    else:
        breaker.succeeded()


def _is_missing_index(error: NotFoundError) -> bool:
    return MISSING_INDEX in str(error.error) or MISSING_INDEX in str(error.body)
