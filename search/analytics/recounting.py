"""Recount of past queries: how many hits they have today, and which of their words have none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from search.engines.base import Engine, SearchUnavailable
from search.engines.fallback import with_fallback
from search.plan import Plan
from search.query.fields import read_fields
from search.query.parsing import SearchQuery
from search.query.planning import keyword_plan, make_plans
from search.query.vocabulary import thesaurus

# Plans of one request to the engine.
BATCH_SIZE = 200


@dataclass(frozen=True, slots=True)
class Recount:
    """Hits with every word or a synonym of it, None while no engine answers; `missing` are the words without hits."""

    hits: int | None = None
    missing: tuple[str, ...] = ()


def recount(texts: Sequence[str], audience: frozenset[str]) -> list[Recount]:
    """Return the recount of each text, in their order, as far as this reader may see."""
    words = thesaurus()
    queries = [read_fields(SearchQuery(text)) for text in texts]
    plans = [make_plans(query, audience, words).strict for query in queries]
    parts = [(query.parsed.keywords if len(query.parsed.included) > 1 else ()) for query in queries]
    plans += [keyword_plan(word, audience, words) for keywords in parts for word in keywords]
    try:
        counts = _counts(plans)
        hits = [next(counts) for _query in queries]
        return [
            Recount(total, tuple(word for word in keywords if not next(counts)))
            for total, keywords in zip(hits, parts, strict=True)
        ]
    except SearchUnavailable:
        return [Recount() for _query in queries]


def _counts(plans: Sequence[Plan]) -> Iterator[int]:
    for start in range(0, len(plans), BATCH_SIZE):
        batch = plans[start : start + BATCH_SIZE]
        yield from with_fallback(partial(_batch_counts, batch)).value


def _batch_counts(batch: Sequence[Plan], engine: Engine) -> list[int]:
    return engine.counts(batch)
