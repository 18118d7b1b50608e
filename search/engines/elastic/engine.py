"""The production engine: an Elasticsearch cluster, one index for each kind of record behind an alias."""

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
    Indexed,
    NoIndex,
    Outcome,
    SearchUnavailable,
)
from search.engines.breaker import CircuitBreaker, Turn
from search.engines.elastic.building import ElasticBuild, prepare
from search.engines.elastic.client import Cluster, error_of, translated
from search.engines.elastic.compiling import facet_counts, narrowed_search, search_of
from search.engines.elastic.mapping import alias_of, aliases
from search.engines.elastic.nodes import Nodes
from search.engines.elastic.operations import WriteTarget, put
from search.kinds import DOCUMENT_KINDS
from search.plan import RELEVANCE, Frequencies, Plan, Term, resolved, undecided_choices

T = TypeVar("T")

CURSOR_STEP = 1_000
CONTENTS_STEP = 5_000
KEEP_CURSOR = "1m"
PATIENT_SECONDS = 60.0
PING_SECONDS = 2.0
# Documents that somebody may find; tombstones have no audience.
SOMEBODY = Q("exists", field="audience")
# No hit is left out in silence, and word statistics are those of all kinds together.
STABLE: dict[str, Any] = {"allow_partial_search_results": False, "search_type": "dfs_query_then_fetch"}


class ElasticEngine:
    name = "elastic"

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.breaker = CircuitBreaker()

    @cached_property
    def nodes(self) -> Nodes:
        return Nodes(self.cluster)

    @property
    def patient(self) -> Elasticsearch:
        """For work that nobody waits for on a page, and that can be sent twice."""
        return self.nodes.client.options(
            request_timeout=PATIENT_SECONDS, retry_on_timeout=self.nodes.are_several
        )

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Raises SearchUnavailable at once while the breaker is open; who is on trial waits for a sign of life."""
        turn = self.breaker.turn()
        if turn is Turn.REFUSED:
            raise SearchUnavailable("Elasticsearch did not answer a moment ago")
        with translated(self.breaker):
            if turn is Turn.TRIAL and not self.nodes.look():
                raise SearchUnavailable("Elasticsearch: no node answers")
            yield

    def _read(self, send: Callable[[Elasticsearch, str], T]) -> T:
        """What `send` gets with a client and the copies to prefer; asked once more, round nodes that hang."""
        with self._asking():
            try:
                return send(self.nodes.client, self.nodes.preference)
            except NoIndex:
                raise
            except ConnectionTimeout:
                if not self.nodes.are_several or not self.nodes.look():
                    raise
            except SearchUnavailable:
                pass
            return send(self.nodes.client, self.nodes.preference)

    # Reading

    def search(self, plan: Plan) -> EngineResult:
        ready = self._decided(plan)
        body = search_of(ready).extra(track_total_hits=True).to_dict()
        answer = self._read(
            lambda client, preference: client.search(
                index=self._all,
                body=body,
                preference=preference or _copy_for(plan),
                request_cache=False,
                **STABLE,
            )
        )
        facets = facet_counts(ready, answer["aggregations"]) if ready.facets else {}
        hits = (
            tuple(_hits(answer["hits"]["hits"], ready)) if ready.limit and ready.offset < MAX_WINDOW else ()
        )
        return EngineResult(total=answer["hits"]["total"]["value"], hits=hits, facets=facets)

    def counts(self, plans: Sequence[Plan]) -> list[int]:
        if not plans:
            return []
        queries = [_counting(plan) for plan in self._all_decided(plans)]

        def send(client: Elasticsearch, preference: str) -> list[dict[str, Any]]:
            header = {"index": self._all, "allow_partial_search_results": False}
            header |= {"preference": preference} if preference else {}
            lines = [line for query in queries for line in (header, query)]
            return _whole(client.msearch(searches=lines)["responses"])

        return [answer["hits"]["total"]["value"] for answer in self._read(send)]

    def scan(self, plan: Plan, *, limit: int = MAX_WINDOW) -> Iterator[EngineHit]:
        ready = self._decided(plan)
        body = narrowed_search(ready)
        yield from _hits(self._cursor(body, CURSOR_STEP, limit), ready)

    def frequencies(self, terms: Sequence[Term]) -> Frequencies:
        """Of one shard of each index, which is all that matters to how rare terms are beside one another."""
        fields = sorted({term.field for term in terms})
        if not fields:
            return Frequencies(0)
        text = " ".join(dict.fromkeys(term.value for term in terms))
        wanted: dict[str, Any] = {
            "doc": {"text": text, "headings": text},
            "fields": fields,
            "term_statistics": True,
            "field_statistics": True,
            "positions": False,
            "offsets": False,
            "payloads": False,
        }

        def send(client: Elasticsearch, preference: str) -> list[Any]:
            if preference:  # which mtermvectors does not heed
                return [client.termvectors(index=name, preference=preference, **wanted) for name in self._all]
            return _whole(
                client.mtermvectors(docs=[{"_index": name, **wanted} for name in self._all])["docs"]
            )

        answers = self._read(send)
        return _frequencies(answers, terms)

    def contents(self, sources: Sequence[str] | None = None) -> Iterator[Indexed]:
        of_these = [] if sources is None else [Q("terms", source=list(sources))]
        body = Search().query(Q("bool", filter=[SOMEBODY, *of_these])).source(False).sort("_doc")
        body = body.extra(docvalue_fields=["key", "source", "digest"])
        for hit in self._cursor(body, CONTENTS_STEP, None):
            fields = hit["fields"]
            yield Indexed(fields["key"][0], fields["source"][0], fields["digest"][0])

    def ping(self) -> None:
        """Every shard must answer, within a short time."""
        seconds = min(self.cluster.timeout, PING_SECONDS)
        nothing = Search().query(SOMEBODY).extra(size=0, track_total_hits=False, terminate_after=1)
        self._read(
            lambda client, preference: client.options(request_timeout=seconds).search(
                index=self._all, body=nothing.to_dict(), preference=preference or None, **STABLE
            )
        )

    def size(self) -> tuple[int, int]:
        return self._read(lambda client, _preference: self._size(client))

    @property
    def _all(self) -> list[str]:
        return aliases(self.cluster.prefix)

    def _size(self, client: Elasticsearch) -> tuple[int, int]:
        if not client.indices.exists_alias(name=self._all):
            raise NoIndex("no index yet")
        documents = client.count(index=self._all, query=SOMEBODY.to_dict())["count"]
        stats = client.indices.stats(index=self._all, metric="store")
        return documents, stats["_all"]["total"]["store"]["size_in_bytes"]

    def _decided(self, plan: Plan) -> Plan:
        return self._all_decided([plan])[0]

    def _all_decided(self, plans: Sequence[Plan]) -> list[Plan]:
        """Choices by rarity made, with one request for all of them."""
        terms = {
            term: None for plan in plans for choice in undecided_choices(plan.match) for term in choice.terms
        }
        known = self.frequencies(list(terms)) if terms else Frequencies(0)
        return [replace(plan, match=resolved(plan.match, known)) for plan in plans]

    def _cursor(self, body: Search, step: int, limit: int | None) -> Iterator[dict[str, Any]]:
        """Hits one after another from one state of the index."""
        cursor = self._read(
            lambda client, preference: client.open_point_in_time(
                index=self._all, keep_alive=KEEP_CURSOR, preference=preference or None
            )["id"]
        )
        after: list[Any] | None = None
        left = limit
        while left is None or left > 0:
            request = body.extra(
                size=step if left is None else min(step, left),
                pit={"id": cursor, "keep_alive": KEEP_CURSOR},
                track_total_hits=False,
                **({"search_after": after} if after else {}),
            )
            with self._asking():
                answer = self.patient.search(body=request.to_dict(), **STABLE)
            hits = answer["hits"]["hits"]
            cursor = answer.get("pit_id", cursor)
            yield from hits
            if not hits:
                break
            after = hits[-1]["sort"]
            left = None if left is None else left - len(hits)
        with suppress(ApiError, TransportError):  # one that is left open ends by itself a minute later
            self.nodes.client.close_point_in_time(id=cursor)

    # Writing

    def exclusive(self) -> AbstractContextManager[None]:
        """Versions keep older states from following newer ones, so that several workers can write."""
        return nullcontext()

    def apply(self, states: Sequence[SourceState], *, version: int) -> Outcome:
        with self._asking():
            return put(states, version=version, target=self._live)

    prepare = staticmethod(prepare)

    def build(self) -> ElasticBuild:
        return ElasticBuild(self.patient, self.cluster, self._asking)

    @property
    def _live(self) -> WriteTarget:
        names = {kind: alias_of(self.cluster.prefix, kind) for kind in DOCUMENT_KINDS}
        return WriteTarget(self.patient, names, refresh=True, by_alias=True)


def _counting(plan: Plan) -> dict[str, Any]:
    query: dict[str, Any] = narrowed_search(plan).extra(size=0, track_total_hits=True).to_dict()
    query.pop("sort", None)
    return query


def _whole(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Several answers to one request, none of them an error."""
    for answer in answers:
        if "error" in answer:
            raise error_of(answer)
    return answers


def _hits(found: Iterable[dict[str, Any]], plan: Plan) -> Iterator[EngineHit]:
    for hit in found:
        score = float(hit["_score"] or 0.0) if plan.sort == RELEVANCE else 0.0
        yield EngineHit(SearchDocument.from_json(hit["_source"]["stored"]), score)


def _copy_for(plan: Plan) -> str:
    """The same copies of the shards for the same question, so that equal scores keep their order over pages."""
    return blake2b(repr((plan.match, plan.filters)).encode(), digest_size=8).hexdigest()


def _frequencies(answers: Sequence[dict[str, Any]], terms: Sequence[Term]) -> Frequencies:
    documents = 0
    found: dict[Term, int] = dict.fromkeys(terms, 0)
    for answer in answers:
        vectors = answer.get("term_vectors", {})
        documents += max(
            (max(one["field_statistics"]["doc_count"], 0) for one in vectors.values()), default=0
        )
        for term in terms:
            known = vectors.get(term.field, {}).get("terms", {}).get(term.value)
            found[term] += known.get("doc_freq", 0) if known else 0
    return Frequencies(documents, found)
