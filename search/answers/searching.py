"""Searches: hits of a query that readers of an audience may see."""

import time
from dataclasses import dataclass, replace

from search.answers.results import SearchHit, SearchResult, reconcile_with_outbox
from search.answers.spelling import read_pinyin
from search.documents.base import SearchDocument
from search.engines.base import MAX_WINDOW, Engine, EngineHit, EngineResult
from search.engines.fallback import with_fallback
from search.plan import DATE, Terms
from search.query.articles import ArticleReference, read_article
from search.query.fields import read_fields
from search.query.highlighting import mark, snippet
from search.query.parsing import ParsedText, SearchQuery
from search.query.planning import MIN_STRICT_HITS, STRICT_BONUS, Plans, make_plans, plan_for, synonym_matches
from search.query.thesaurus import Thesaurus
from search.query.vocabulary import thesaurus


@dataclass(frozen=True, slots=True)
class _EngineSearch:
    """The query as an engine answered it, with the answer; the fields are those of `SearchResult`."""

    query: SearchQuery
    result: EngineResult
    strict_total: int | None
    pinyin_conversions: tuple[tuple[str, str], ...]


def search(query: SearchQuery, audience: frozenset[str], *, engine: Engine | None = None) -> SearchResult:
    """Search on the configured engine, or another one while it is away.

    Raises SearchUnavailable while no engine can answer.
    """
    started = time.perf_counter()
    query = read_fields(query)
    words = thesaurus() if query.parsed.included else Thesaurus()
    article = article_in(query)
    cited = article.value if article else ""
    answer = with_fallback(lambda used: _search(used, query, audience, words, cited), engine=engine)
    searched = answer.value
    parsed = _with_synonyms(searched.query.parsed, words)
    hits, hidden_count = reconcile_with_outbox(searched.result.hits, audience, parsed)
    return SearchResult(
        query=searched.query,
        total=searched.result.total - hidden_count,
        hits=tuple(
            _present(hit, searched, parsed, rank) for rank, hit in enumerate(hits, searched.query.offset + 1)
        ),
        facets=searched.result.facets,
        strict_total=searched.strict_total if searched.result.total else None,
        milliseconds=(time.perf_counter() - started) * 1000,
        engine=answer.engine,
        is_fallback=answer.is_fallback,
        pinyin_conversions=searched.pinyin_conversions,
        other_words=tuple(
            (match.word, match.alternatives) for match in synonym_matches(searched.query.parsed, words)
        ),
        article=article,
        words=words,
    )


def find_document(
    key: str, audience: frozenset[str], *, engine: Engine | None = None
) -> SearchDocument | None:
    """Return the document of that key, if the reader may see it."""
    plan = plan_for(Terms("key", (key,)), audience)
    result = with_fallback(lambda used: used.search(plan), engine=engine).value
    hits, _hidden_count = reconcile_with_outbox(result.hits, audience, ParsedText())
    return hits[0].document if hits else None


def search_all(
    query: SearchQuery, audience: frozenset[str], *, limit: int = MAX_WINDOW, engine: Engine | None = None
) -> SearchResult:
    """Return the hits of all pages of a search, read by a cursor over one state of the index."""
    first = search(replace(query, offset=0, limit=1, facets=()), audience, engine=engine)
    query, words = first.query, first.words
    plans = make_plans(query, audience, words, article=first.article.value if first.article else "")
    plan = plans.strict if first.strict_total is None or plans.relaxed is None else plans.relaxed
    scanned = with_fallback(lambda used: list(used.scan(plan, limit=limit)), engine=engine).value
    searched = _EngineSearch(
        query, EngineResult(first.total, ()), first.strict_total, first.pinyin_conversions
    )
    parsed = _with_synonyms(query.parsed, words)
    hits, _hidden_count = reconcile_with_outbox(scanned, audience, parsed)
    return replace(
        first,
        hits=tuple(_present(hit, searched, parsed, rank) for rank, hit in enumerate(hits, 1)),
    )


def article_in(query: SearchQuery) -> ArticleReference | None:
    """Return the article that the text names: of the law it names, or of the only one chosen as a filter."""
    within = query.values("document")
    return read_article(query.text, within=within[0] if len(within) == 1 else "") if query.text else None


def _search(
    engine: Engine, query: SearchQuery, audience: frozenset[str], words: Thesaurus, article: str
) -> _EngineSearch:
    """Search strictly; where hardly any hit has every word, search again with relaxed hits below them."""
    query, conversions = read_pinyin(engine, query, audience, words)
    plans = make_plans(query, audience, words, article=article)
    strict = engine.search(plans.strict)
    if plans.relaxed is None or is_enough(engine, plans, strict.total):
        return _EngineSearch(query, strict, None, conversions)
    return _EngineSearch(query, engine.search(plans.relaxed), strict.total, conversions)


def is_enough(engine: Engine, plans: Plans, strict_total: int) -> bool:
    """Return whether a query has hits enough without relaxed ones.

    Hits are counted without filters: otherwise ticking a value could relax the query and give more hits than the
    count beside the value.
    """
    if strict_total >= MIN_STRICT_HITS or not plans.strict.filters:
        return strict_total >= MIN_STRICT_HITS
    return engine.counts([replace(plans.strict, filters=())])[0] >= MIN_STRICT_HITS


def _with_synonyms(parsed: ParsedText, words: Thesaurus) -> ParsedText:
    """Add synonyms to the keywords, so that they are marked in hits like the typed words."""
    texts = [variant for keyword in parsed.keywords for variant in words.variants(keyword)]
    texts += [synonym for match in synonym_matches(parsed, words) for synonym in match.alternatives]
    added = [run for text in texts for run in text.split()]
    return replace(parsed, keywords=tuple(dict.fromkeys((*parsed.keywords, *added))))


def _present(hit: EngineHit, searched: _EngineSearch, parsed: ParsedText, rank: int) -> SearchHit:
    # The relaxed plan lifts strict hits by STRICT_BONUS, which no sum of words reaches; the reader sees the score without it.
    is_strict = hit.score >= STRICT_BONUS
    is_ranked = searched.query.effective_sort != DATE
    return SearchHit(
        rank=rank,
        document=hit.document,
        score=round(hit.score - STRICT_BONUS if is_strict else hit.score, 4),
        title=mark(hit.document.title, parsed),
        snippet=snippet(hit.document.excerptable, parsed),
        is_relaxed=searched.strict_total is not None and is_ranked and not is_strict,
    )
