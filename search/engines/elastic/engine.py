"""The production engine: an Elasticsearch cluster, one index for each kind of record behind an alias."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError
from elasticsearch.dsl import Q, Search

from search.documents.base import KINDS, Replacement, SearchDocument
from search.engines.base import (
    MAX_WINDOW,
    EngineHit,
    EngineResult,
    Indexed,
    NoIndex,
    Outcome,
    SearchUnavailable,
)
from search.engines.breaker import CircuitBreaker
from search.engines.elastic.building import ElasticBuild, prepare
from search.engines.elastic.client import AWAY, MISSING_INDEX, Cluster, connect, translated
from search.engines.elastic.compiling import facet_counts, narrowed_search, search_of
from search.engines.elastic.mapping import alias_of, aliases
from search.engines.elastic.operations import Target, put
from search.plan import RELEVANCE, Frequencies, Plan, Term, resolved, undecided

CURSOR_STEP = 1_000
CONTENTS_STEP = 5_000
KEEP_CURSOR = "1m"
PATIENT_SECONDS = 60.0
PING_SECONDS = 2.0
SOMEBODY = Q("exists", field="audience")
"""Documents that somebody may find; tombstones have no audience."""
STABLE: dict[str, Any] = {"allow_partial_search_results": False, "search_type": "dfs_query_then_fetch"}
"""No hit is left out in silence, and word statistics are those of all kinds together."""


class ElasticEngine:
    name = "elastic"

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.breaker = CircuitBreaker()
        self._client: Elasticsearch | None = None

    @property
    def client(self) -> Elasticsearch:
        if self._client is None:
            self._client = connect(self.cluster)
        return self._client

    @property
    def patient(self) -> Elasticsearch:
        """For work that nobody waits for on a page."""
        return self.client.options(request_timeout=PATIENT_SECONDS)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with translated(self.breaker):
            yield

    # Reading

    def search(self, plan: Plan) -> EngineResult:
        ready = self._decided(plan)
        body = search_of(ready).extra(track_total_hits=True).to_dict()
        with self._asking():
            answer = self.client.search(
                index=self._all, body=body, preference=_copy_for(plan), request_cache=False, **STABLE
            )
        facets = facet_counts(ready, answer["aggregations"]) if ready.facets else {}
        hits = (
            tuple(_hits(answer["hits"]["hits"], ready)) if ready.limit and ready.offset < MAX_WINDOW else ()
        )
        return EngineResult(total=answer["hits"]["total"]["value"], hits=hits, facets=facets)

    def counts(self, plans: Sequence[Plan]) -> list[int]:
        if not plans:
            return []
        lines: list[dict[str, Any]] = []
        for plan in self._all_decided(plans):
            query = narrowed_search(plan).extra(size=0, track_total_hits=True).to_dict()
            query.pop("sort", None)
            lines += [{"index": self._all, "allow_partial_search_results": False}, query]
        with self._asking():
            answers = self.client.msearch(searches=lines)["responses"]
        for answer in answers:
            if "error" in answer:
                raise _reading_error(answer)
        return [answer["hits"]["total"]["value"] for answer in answers]

    def scan(self, plan: Plan, *, most: int = MAX_WINDOW) -> Iterator[EngineHit]:
        ready = self._decided(plan)
        body = narrowed_search(ready)
        yield from _hits(self._cursor(body, CURSOR_STEP, most), ready)

    def frequencies(self, terms: Sequence[Term]) -> Frequencies:
        """Of one shard of each index, which is all that matters to how rare terms are beside one another."""
        fields = sorted({term.field for term in terms})
        if not fields:
            return Frequencies(0)
        text = " ".join(dict.fromkeys(term.token for term in terms))
        wanted = {
            "doc": {"text": text, "headings": text},
            "fields": fields,
            "term_statistics": True,
            "field_statistics": True,
            "positions": False,
            "offsets": False,
            "payloads": False,
        }
        with self._asking():
            answer = self.client.mtermvectors(docs=[{"_index": name, **wanted} for name in self._all])
        return _frequencies(answer["docs"], terms)

    def contents(self, sources: Sequence[str] | None = None) -> Iterator[Indexed]:
        of_these = [] if sources is None else [Q("terms", source=list(sources))]
        body = Search().query(Q("bool", filter=[SOMEBODY, *of_these])).source(False).sort("_doc")
        body = body.extra(docvalue_fields=["key", "source", "digest"])
        for hit in self._cursor(body, CONTENTS_STEP, None):
            fields = hit["fields"]
            yield Indexed(fields["key"][0], fields["source"][0], fields["digest"][0])

    def ping(self) -> None:
        """A node that refuses is passed over, one that hangs is not; every shard must answer."""
        seconds = min(self.cluster.timeout, PING_SECONDS)
        brief = self.client.options(request_timeout=seconds, retry_on_timeout=False)
        nothing = Search().query(SOMEBODY).extra(size=0, track_total_hits=False, terminate_after=1)
        with self._asking():
            brief.search(index=self._all, body=nothing.to_dict(), **STABLE)

    def size(self) -> tuple[int, int]:
        with self._asking():
            self._require_indices()
            documents = self.client.count(index=self._all, query=SOMEBODY.to_dict())["count"]
            stats = self.client.indices.stats(index=self._all, metric="store")
        return documents, stats["_all"]["total"]["store"]["size_in_bytes"]

    @property
    def _all(self) -> list[str]:
        return aliases(self.cluster.prefix)

    def _require_indices(self) -> None:
        if not self.client.indices.exists_alias(name=self._all):
            raise NoIndex("no index yet")

    def _decided(self, plan: Plan) -> Plan:
        return self._all_decided([plan])[0]

    def _all_decided(self, plans: Sequence[Plan]) -> list[Plan]:
        """Choices by rarity made, with one request for all of them."""
        terms = {term: None for plan in plans for choice in undecided(plan.match) for term in choice.terms}
        known = self.frequencies(list(terms)) if terms else Frequencies(0)
        return [replace(plan, match=resolved(plan.match, known)) for plan in plans]

    def _cursor(self, body: Search, step: int, most: int | None) -> Iterator[dict[str, Any]]:
        """Hits one after another from one state of the index."""
        with self._asking():
            opened = self.patient.open_point_in_time(index=self._all, keep_alive=KEEP_CURSOR)
        cursor = opened["id"]
        try:
            after: list[Any] | None = None
            left = most
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
                    return
                after = hits[-1]["sort"]
                left = None if left is None else left - len(hits)
        finally:
            with suppress(ApiError, TransportError):  # it ends by itself a minute later
                self.client.close_point_in_time(id=cursor)

    # Writing

    def exclusive(self) -> AbstractContextManager[None]:
        """Versions keep older states from following newer ones, so that several workers can write."""
        return nullcontext()

    def apply(self, replacements: Sequence[Replacement], *, version: int) -> Outcome:
        with self._asking():
            return put(replacements, version=version, target=self._live)

    prepare = staticmethod(prepare)

    def build(self) -> ElasticBuild:
        return ElasticBuild(self.patient, self.cluster, self.breaker)

    @property
    def _live(self) -> Target:
        names = {kind: alias_of(self.cluster.prefix, kind) for kind in KINDS}
        return Target(self.patient, names, refresh=True, by_alias=True)


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
        if "error" in answer:
            raise _reading_error(answer)
        vectors = answer.get("term_vectors", {})
        documents += max(
            (max(one["field_statistics"]["doc_count"], 0) for one in vectors.values()), default=0
        )
        for term in terms:
            known = vectors.get(term.field, {}).get("terms", {}).get(term.token)
            found[term] += known.get("doc_freq", 0) if known else 0
    return Frequencies(documents, found)


def _reading_error(answer: dict[str, Any]) -> Exception:
    """The error of one answer among several."""
    reason = answer["error"]
    kind = reason.get("type", "") if isinstance(reason, dict) else str(reason)
    if kind == MISSING_INDEX:
        return NoIndex("no index yet")
    if answer.get("status", 500) in AWAY:
        return SearchUnavailable(f"Elasticsearch: {kind}")
    return RuntimeError(f"Elasticsearch: {kind}")
