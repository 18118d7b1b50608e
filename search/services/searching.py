"""Searches: a query and the reader's tokens in, hits that the reader may see out."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from search.analysis import coverage, similarity
from search.documents.base import SearchDocument
from search.documents.registry import SOURCES
from search.engines.base import Engine, EngineHit
from search.engines.configured import get_engine
from search.highlight import Segment, mark, matches, snippet
from search.models import OutboxEntry
from search.plan import AnyOf, Bool, Everything, Plan
from search.planning import ENOUGH, TIER, Plans, make_plans, similar_plan
from search.query import ParsedText, SearchQuery

COPY = 0.6
"""From this similarity on two texts are all but the same."""
LEAST_COVERAGE = 0.4
LEAST_WORDS = 2
CANDIDATES = 30
RELATED_SHARE = 0.5
"""Related provisions score at least this share of the first one."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """`similarity` is 1.0 for the same text, and 0.0 where similarity was not asked for."""

    rank: int
    document: SearchDocument
    score: float
    title: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    is_soft: bool = False
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`strict_total` says how many contain every word, where softer hits follow them; else it is None."""

    query: SearchQuery
    total: int
    hits: tuple[SearchHit, ...]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    strict_total: int | None = None
    milliseconds: float = 0.0


def search(query: SearchQuery, tokens: frozenset[str], *, engine: Engine | None = None) -> SearchResult:
    """Raises SearchUnavailable while there is no index."""
    engine = engine or get_engine()
    started = time.perf_counter()
    plans = make_plans(query, tokens)
    plan, strict_total = _choose(engine, plans)
    found = engine.search(plan)
    kept, gone = _fresh(found.hits, tokens, query.parsed)
    hits = tuple(
        _present(hit, query, rank, soft=strict_total is not None)
        for rank, hit in enumerate(kept, query.offset + 1)
    )
    return SearchResult(
        query=query,
        total=found.total - gone,
        hits=hits,
        facets=found.facets,
        strict_total=_explained(strict_total, found.total),
        milliseconds=(time.perf_counter() - started) * 1000,
    )


def find_document(key: str, tokens: frozenset[str], *, engine: Engine | None = None) -> SearchDocument | None:
    """The document of that key, as far as the reader may see it."""
    plan = _plan_for(AnyOf("key", (key,)), tokens)
    found = (engine or get_engine()).search(plan)
    kept, _gone = _fresh(found.hits, tokens, ParsedText())
    return kept[0].document if kept else None


def similar(
    text: str,
    tokens: frozenset[str],
    *,
    kinds: tuple[str, ...] = ("question",),
    limit: int = 5,
    without: Iterable[str] = (),
    engine: Engine | None = None,
) -> list[SearchHit]:
    """What may ask the same: near copies first, then what speaks of most of it; `without` are keys to leave out.

    Few paraphrases share many words with the text, so that `similarity` alone would miss them: who reads decides.
    """
    hits = [
        replace(hit, similarity=round(_likeness(text, hit.document), 4))
        for hit in _candidates(text, tokens, kinds, without, engine)
        if not hit.document.status.endswith(".withdrawn")
    ]
    copies = sorted((hit for hit in hits if hit.similarity >= COPY), key=lambda hit: -hit.similarity)
    others = [hit for hit in hits if hit.similarity < COPY and _speaks_of(text, hit.document)]
    return [replace(hit, rank=rank) for rank, hit in enumerate([*copies, *others][:limit], 1)]


def related(
    text: str,
    tokens: frozenset[str],
    *,
    kinds: tuple[str, ...] = ("provision",),
    limit: int = 5,
    without: Iterable[str] = (),
    engine: Engine | None = None,
) -> list[SearchHit]:
    """What speaks of the same things, best first: for provisions and cases beside a question."""
    hits = _candidates(text, tokens, kinds, without, engine)
    if not hits:
        return []
    least = hits[0].score * RELATED_SHARE
    return [hit for hit in hits if hit.score >= least][:limit]


def suggest_titles(
    text: str, tokens: frozenset[str], *, limit: int = 8, engine: Engine | None = None
) -> list[SearchDocument]:
    """Documents whose title begins with what was typed so far."""
    plan = replace(_plan_for(Everything(), tokens), limit=limit)
    found = (engine or get_engine()).titles_with_prefix(text, plan)
    hits = [EngineHit(document, 0.0) for document in found]
    return [hit.document for hit in _fresh(hits, tokens, ParsedText())[0]]


def _plan_for(match: AnyOf | Everything, tokens: frozenset[str]) -> Plan:
    return Plan(match=Bool(must=(match,)), audience=AnyOf("audience", tuple(sorted(tokens))))


def _candidates(
    text: str, tokens: frozenset[str], kinds: tuple[str, ...], without: Iterable[str], engine: Engine | None
) -> list[SearchHit]:
    query = SearchQuery(text=" ".join(text.split()))
    sentence = ParsedText(sentences=(query.text,))
    if not query.parsed.wanted:
        return []
    left_out = set(without)
    plan = similar_plan(query.text, tokens, kinds=kinds, limit=CANDIDATES)
    found = (engine or get_engine()).search(plan)
    kept, _gone = _fresh(found.hits, tokens, sentence)
    return [
        SearchHit(
            rank=rank,
            document=hit.document,
            score=round(hit.score, 4),
            title=mark(hit.document.title, sentence),
            snippet=snippet(hit.document.excerptable, sentence),
        )
        for rank, hit in enumerate(kept, 1)
        if hit.document.key not in left_out
    ]


def _likeness(text: str, document: SearchDocument) -> float:
    return max(
        similarity(text, document.title), similarity(text, document.body), similarity(text, document.text)
    )


def _speaks_of(text: str, document: SearchDocument) -> bool:
    share, words = coverage(text, document.text)
    return share >= LEAST_COVERAGE and words >= LEAST_WORDS


def _choose(engine: Engine, plans: Plans) -> tuple[Plan, int | None]:
    """Softer hits follow where hardly any hold every word; filters do not count, so that they only narrow."""
    if plans.soft is None:
        return plans.strict, None
    if engine.count(replace(plans.strict, filters=())) >= ENOUGH:
        return plans.strict, None
    return plans.soft, engine.count(plans.strict)


def _explained(strict_total: int | None, total: int) -> int | None:
    return strict_total if total else None


def _present(hit: EngineHit, query: SearchQuery, rank: int, *, soft: bool) -> SearchHit:
    is_strict = hit.score >= TIER
    return SearchHit(
        rank=rank,
        document=hit.document,
        score=round(hit.score - TIER if is_strict else hit.score, 4),
        title=mark(hit.document.title, query.parsed),
        snippet=snippet(hit.document.excerptable, query.parsed),
        is_soft=soft and query.effective_sort != "date" and not is_strict,
    )


def _fresh(
    hits: Sequence[EngineHit], tokens: frozenset[str], parsed: ParsedText
) -> tuple[list[EngineHit], int]:
    """Hits as their records are now, where a change waits to be indexed; what is hidden by now is left out.

    Without this, words taken out of a record could be found and read until the worker comes round.
    """
    waiting = _waiting(hits)
    kept: list[EngineHit] = []
    for hit in hits:
        if hit.document.source not in waiting:
            kept.append(hit)
        elif (document := _present_form(hit.document, tokens)) and _still_says(document, parsed):
            kept.append(EngineHit(document, hit.score))
    return kept, len(hits) - len(kept)


def _still_says(document: SearchDocument, parsed: ParsedText) -> bool:
    return not parsed.wanted or bool(matches(document.text, parsed))


def _waiting(hits: Sequence[EngineHit]) -> set[str]:
    sources = {hit.document.source for hit in hits if hit.document.kind != "provision"}
    ids = {int(pk) for _kind, _colon, pk in (source.partition(":") for source in sources) if pk.isdigit()}
    if not ids:
        return set()
    rows = OutboxEntry.objects.filter(object_id__in=ids).values_list("kind", "object_id").distinct()
    return sources.intersection(f"{kind}:{pk}" for kind, pk in rows)


def _present_form(document: SearchDocument, tokens: frozenset[str]) -> SearchDocument | None:
    kind, _colon, pk = document.source.partition(":")
    made = {one.key: one for one in SOURCES[kind].build([int(pk)])}
    present = made.get(document.key)
    return present if present and not tokens.isdisjoint(present.audience) else None
