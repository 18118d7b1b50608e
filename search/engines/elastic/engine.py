"""The production engine: an Elasticsearch cluster with one index behind an alias for each kind of document."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import cached_property
from hashlib import blake2b
from typing import Any, TypeVar

from elasticsearch import ApiError, ConnectionTimeout, Elasticsearch, TransportError
from elasticsearch.dsl import Q, Search

from search.documents.base import SearchDocument, SourceState
from search.engines.base import (
    MAX_WINDOW,
    EngineHit,
    EngineResult,
    IndexedDocument,
    NoIndex,
    SearchUnavailable,
    WriteOutcome,
)
from search.engines.breaker import CircuitBreaker, Turn
from search.engines.elastic.building import ElasticBuild, prepare
from search.engines.elastic.client import Cluster, error_of, translated
from search.engines.elastic.compiling import facet_counts, narrowed_search, search_of
from search.engines.elastic.mapping import alias_of, aliases
from search.engines.elastic.nodes import Nodes
from search.engines.elastic.operations import WriteTarget, put
from search.kinds import DOCUMENT_KINDS
from search.plan import RELEVANCE, Frequencies, Plan, Term, resolved, unresolved_choices

T = TypeVar("T")

# Hits in one answer of a cursor: whole documents, or keys and digests alone.
CURSOR_STEP = 1_000
CONTENTS_STEP = 5_000
CURSOR_KEEP_ALIVE = "1m"
PATIENT_TIMEOUT_SECONDS = 60.0
PING_TIMEOUT_SECONDS = 2.0
# Tombstones have no audience.
HAS_AUDIENCE = Q("exists", field="audience")
# A shard that fails is an error, not a gap among the hits; term statistics are those of all indices together.
STABLE: dict[str, Any] = {"allow_partial_search_results": False, "search_type": "dfs_query_then_fetch"}


class ElasticEngine:
    """Searches and writes a cluster; `apply` gives each document the version of its state."""

    name = "elastic"

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.breaker = CircuitBreaker()

    @cached_property
    def nodes(self) -> Nodes:
        return Nodes(self.cluster)

    @property
    def patient(self) -> Elasticsearch:
        """Return a client for work that no page waits for and that can be sent twice."""
        return self.nodes.client.options(
            request_timeout=PATIENT_TIMEOUT_SECONDS, retry_on_timeout=self.nodes.are_several
        )

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Guard requests: raise SearchUnavailable at once while the breaker is open; on trial, probe the nodes first."""
        turn = self.breaker.turn()
        if turn is Turn.REFUSED:
            raise SearchUnavailable("Elasticsearch did not answer a moment ago")
        with translated(self.breaker):
            if turn is Turn.TRIAL and not self.nodes.probe():
                raise SearchUnavailable("Elasticsearch: no node answers")
            yield

    def _read(self, send: Callable[[Elasticsearch, str], T]) -> T:
        """Send a read with a client and a preference of shard copies; after a failure once more, past nodes that hang."""
        with self._guarded():
            try:
                return send(self.nodes.client, self.nodes.preference)
            except NoIndex:
                raise
            except ConnectionTimeout:
                if not self.nodes.are_several or not self.nodes.probe():
                    raise
            except SearchUnavailable:
                pass
            return send(self.nodes.client, self.nodes.preference)

    # Reading

    def search(self, plan: Plan) -> EngineResult:
        resolved_plan = self._resolved(plan)
        body = search_of(resolved_plan).extra(track_total_hits=True).to_dict()
        answer = self._read(
            lambda client, preference: client.search(
                index=self._aliases,
                body=body,
                preference=preference or _copy_for(plan),
                request_cache=False,
                **STABLE,
            )
        )
        facets = facet_counts(resolved_plan, answer["aggregations"]) if plan.facets else {}
        hits = tuple(_hits(answer["hits"]["hits"], plan)) if plan.limit and plan.offset < MAX_WINDOW else ()
        return EngineResult(total=answer["hits"]["total"]["value"], hits=hits, facets=facets)

    def counts(self, plans: Sequence[Plan]) -> list[int]:
        if not plans:
            return []
        queries = [_counting(plan) for plan in self._all_resolved(plans)]

        def send(client: Elasticsearch, preference: str) -> list[dict[str, Any]]:
            header = {"index": self._aliases, "allow_partial_search_results": False}
            header |= {"preference": preference} if preference else {}
            lines = [line for query in queries for line in (header, query)]
            return _without_errors(client.msearch(searches=lines)["responses"])

        return [answer["hits"]["total"]["value"] for answer in self._read(send)]

    def scan(self, plan: Plan, *, limit: int = MAX_WINDOW) -> Iterator[EngineHit]:
        resolved_plan = self._resolved(plan)
        body = narrowed_search(resolved_plan)
        yield from _hits(self._cursor(body, CURSOR_STEP, limit), plan)

    def frequencies(self, terms: Sequence[Term]) -> Frequencies:
        """Return the frequencies in one shard of each index, which is enough to compare terms by rarity."""
        fields = sorted({term.field for term in terms})
        if not fields:
            return Frequencies(0)
        text = " ".join(dict.fromkeys(term.value for term in terms))
        options: dict[str, Any] = {
            "doc": {"text": text, "headings": text},
            "fields": fields,
            "term_statistics": True,
            "field_statistics": True,
            "positions": False,
            "offsets": False,
            "payloads": False,
        }

        def send(client: Elasticsearch, preference: str) -> list[Any]:
            if preference:  # `mtermvectors` ignores it
                return [
                    client.termvectors(index=name, preference=preference, **options) for name in self._aliases
                ]
            return _without_errors(
                client.mtermvectors(docs=[{"_index": name, **options} for name in self._aliases])["docs"]
            )

        return _frequencies(self._read(send), terms)

    def contents(self, sources: Sequence[str] | None = None) -> Iterator[IndexedDocument]:
        of_sources = [] if sources is None else [Q("terms", source=list(sources))]
        body = Search().query(Q("bool", filter=[HAS_AUDIENCE, *of_sources])).source(False).sort("_doc")
        body = body.extra(docvalue_fields=["key", "source", "digest"])
        for hit in self._cursor(body, CONTENTS_STEP, None):
            fields = hit["fields"]
            yield IndexedDocument(fields["key"][0], fields["source"][0], fields["digest"][0])

    def ping(self) -> None:
        """Search every shard with a short timeout."""
        timeout = min(self.cluster.timeout, PING_TIMEOUT_SECONDS)
        any_document = Search().query(HAS_AUDIENCE).extra(size=0, track_total_hits=False, terminate_after=1)
        self._read(
            lambda client, preference: client.options(request_timeout=timeout).search(
                index=self._aliases, body=any_document.to_dict(), preference=preference or None, **STABLE
            )
        )

    def size(self) -> tuple[int, int]:
        return self._read(lambda client, _preference: self._size(client))

    @property
    def _aliases(self) -> list[str]:
        return aliases(self.cluster.prefix)

    def _size(self, client: Elasticsearch) -> tuple[int, int]:
        if not client.indices.exists_alias(name=self._aliases):
            raise NoIndex("no index yet")
        documents = client.count(index=self._aliases, query=HAS_AUDIENCE.to_dict())["count"]
        stats = client.indices.stats(index=self._aliases, metric="store")
        return documents, stats["_all"]["total"]["store"]["size_in_bytes"]

    def _resolved(self, plan: Plan) -> Plan:
        return self._all_resolved([plan])[0]

    def _all_resolved(self, plans: Sequence[Plan]) -> list[Plan]:
        """Make the choices by rarity in all plans, with one request."""
        terms = {
            term: None for plan in plans for choice in unresolved_choices(plan.match) for term in choice.terms
        }
        frequencies = self.frequencies(list(terms)) if terms else Frequencies(0)
        return [replace(plan, match=resolved(plan.match, frequencies)) for plan in plans]

    def _cursor(self, body: Search, step: int, limit: int | None) -> Iterator[dict[str, Any]]:
        """Yield hits, `step` in one request, from one state of the index; `limit` of None means all."""
        cursor = self._read(
            lambda client, preference: client.open_point_in_time(
                index=self._aliases, keep_alive=CURSOR_KEEP_ALIVE, preference=preference or None
            )["id"]
        )
        after: list[Any] | None = None
        remaining = limit
        while remaining is None or remaining > 0:
            request = body.extra(
                size=step if remaining is None else min(step, remaining),
                pit={"id": cursor, "keep_alive": CURSOR_KEEP_ALIVE},
                track_total_hits=False,
                **({"search_after": after} if after else {}),
            )
            with self._guarded():
                answer = self.patient.search(body=request.to_dict(), **STABLE)
            hits = answer["hits"]["hits"]
            cursor = answer.get("pit_id", cursor)
            yield from hits
            if not hits:
                break
            after = hits[-1]["sort"]
            remaining = None if remaining is None else remaining - len(hits)
        # A cursor that stays open ends by itself a minute later.
        with suppress(ApiError, TransportError):
            self.nodes.client.close_point_in_time(id=cursor)

    # Writing

    def exclusive(self) -> AbstractContextManager[None]:
        """Lock nothing: versions keep older states from following newer ones, so several workers can write."""
        return nullcontext()

    def apply(self, states: Sequence[SourceState], *, version: int) -> WriteOutcome:
        with self._guarded():
            return put(states, version=version, target=self._live)

    prepare = staticmethod(prepare)

    def build(self) -> ElasticBuild:
        return ElasticBuild(self.patient, self.cluster, self._guarded)

    @property
    def _live(self) -> WriteTarget:
        names = {kind: alias_of(self.cluster.prefix, kind) for kind in DOCUMENT_KINDS}
        return WriteTarget(self.patient, names, refresh=True, by_alias=True)


def _counting(plan: Plan) -> dict[str, Any]:
    """Return a request for the number of a plan's hits."""
    query: dict[str, Any] = narrowed_search(plan).extra(size=0, track_total_hits=True).to_dict()
    query.pop("sort", None)
    return query


def _without_errors(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the answers to one request of several parts; raise the first error among them."""
    for answer in answers:
        if "error" in answer:
            raise error_of(answer)
    return answers


def _hits(hits: Iterable[dict[str, Any]], plan: Plan) -> Iterator[EngineHit]:
    for hit in hits:
        score = float(hit["_score"] or 0.0) if plan.sort == RELEVANCE else 0.0
        yield EngineHit(SearchDocument.from_json(hit["_source"]["stored"]), score)


def _copy_for(plan: Plan) -> str:
    """Return a preference of shard copies that is the same for equal plans, so that ties keep their order over pages."""
    return blake2b(repr((plan.match, plan.filters)).encode(), digest_size=8).hexdigest()


def _frequencies(answers: Sequence[dict[str, Any]], terms: Sequence[Term]) -> Frequencies:
    """Add up the term statistics of several indices."""
    documents = 0
    counts: dict[Term, int] = dict.fromkeys(terms, 0)
    for answer in answers:
        vectors = answer.get("term_vectors", {})
        # A field that no document has counts -1 documents.
        field_counts = (max(vector["field_statistics"]["doc_count"], 0) for vector in vectors.values())
        documents += max(field_counts, default=0)
        for term in terms:
            statistics = vectors.get(term.field, {}).get("terms", {}).get(term.value)
            counts[term] += statistics.get("doc_freq", 0) if statistics else 0
    return Frequencies(documents, counts)
