"""Suggestions while a query is being typed: records by name, and frequent queries."""

from search.answers.results import reconcile_with_outbox
from search.documents.base import SearchDocument
from search.engines.base import Engine
from search.engines.fallback import with_fallback
from search.models import QueryCount
from search.plan import WEIGHT, Plan
from search.query.parsing import ParsedText, parse_text
from search.query.planning import keyword_plan, names_plan
from search.query.vocabulary import thesaurus
from search.text.analysis import normalised

MAX_TITLES = 8
MAX_QUERIES = 3
# Frequent queries whose hits are counted for the reader, in one request.
MAX_CANDIDATES = 8


def suggest_titles(
    text: str, audience: frozenset[str], *, limit: int = MAX_TITLES, engine: Engine | None = None
) -> list[SearchDocument]:
    """Return records whose title, alias or number begins with what was typed, also in pinyin or its initials."""
    plan = names_plan(text, audience, limit=limit, sort=WEIGHT)
    result = with_fallback(lambda used: used.search(plan), engine=engine).value
    return [hit.document for hit in reconcile_with_outbox(result.hits, audience, ParsedText())[0]]


def suggest_queries(
    text: str, audience: frozenset[str], *, limit: int = MAX_QUERIES, engine: Engine | None = None
) -> list[str]:
    """Return queries that five people or more have typed, that begin so, and that have hits for this reader."""
    typed = normalised(text)
    if not typed:
        return []
    frequent = QueryCount.objects.frequent().beginning_with(typed).exclude(key=typed)
    queries = list(frequent.values_list("key", flat=True)[:MAX_CANDIDATES])
    if not queries:
        return []
    words = thesaurus()
    plans = {query: keyword_plan(query, audience, words) for query in queries}
    counts = with_fallback(lambda used: used.counts(list(plans.values())), engine=engine).value
    suggestions: list[str] = []
    for (query, plan), count in zip(plans.items(), counts, strict=True):
        if len(suggestions) < limit and count and _has_visible_hits(query, plan, count, audience, engine):
            suggestions.append(query)
    return suggestions


def _has_visible_hits(
    query: str, plan: Plan, count: int, audience: frozenset[str], engine: Engine | None
) -> bool:
    """Return whether a hit remains; few hits are read, since each may be hidden by a change not indexed yet."""
    if count > plan.limit:
        return True
    hits = with_fallback(lambda used: used.search(plan), engine=engine).value.hits
    return bool(reconcile_with_outbox(hits, audience, parse_text(query))[0])
