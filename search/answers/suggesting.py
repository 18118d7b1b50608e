"""What may be meant, while it is still being typed."""

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
# Frequent queries that are counted for the reader.
CANDIDATES = 8


def suggest_titles(
    text: str, audience: frozenset[str], *, limit: int = MAX_TITLES, engine: Engine | None = None
) -> list[SearchDocument]:
    """Records whose title, other name or number begins with what was typed, also in pinyin or its initials."""
    plan = names_plan(text, audience, limit=limit, sort=WEIGHT)
    found = with_fallback(lambda one: one.search(plan), engine=engine).value
    return [hit.document for hit in reconcile_with_outbox(found.hits, audience, ParsedText())[0]]


def suggest_queries(
    text: str, audience: frozenset[str], *, limit: int = MAX_QUERIES, engine: Engine | None = None
) -> list[str]:
    """What five people or more have typed, begins so, and finds something that this reader may see."""
    typed = normalised(text)
    if not typed:
        return []
    known = QueryCount.objects.frequent().beginning_with(typed).exclude(key=typed)
    queries = list(known.values_list("key", flat=True)[:CANDIDATES])
    if not queries:
        return []
    words = thesaurus()
    plans = {query: keyword_plan(query, audience, words) for query in queries}
    counts = with_fallback(lambda one: one.counts(list(plans.values())), engine=engine).value
    found: list[str] = []
    for (query, plan), count in zip(plans.items(), counts, strict=True):
        if len(found) < limit and count and _still_finds(query, plan, count, audience, engine):
            found.append(query)
    return found


def _still_finds(query: str, plan: Plan, count: int, audience: frozenset[str], engine: Engine | None) -> bool:
    """Few hits are looked at one by one: each may be hidden by a change that waits to be indexed."""
    if count > plan.limit:
        return True
    hits = with_fallback(lambda one: one.search(plan), engine=engine).value.hits
    return bool(reconcile_with_outbox(hits, audience, parse_text(query))[0])
