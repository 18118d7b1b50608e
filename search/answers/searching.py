"""Searches: a query and the reader's tokens in, hits that the reader may see out."""

import time
from dataclasses import dataclass, replace

from search.answers.results import SearchHit, SearchResult, reconcile_with_outbox
from search.answers.spelling import read_pinyin
from search.documents.base import SearchDocument
from search.engines.base import MAX_WINDOW, Engine, EngineHit, EngineResult
from search.engines.fallback import with_fallback
from search.plan import Terms
from search.query.articles import ArticleReference, read_article
from search.query.fields import read_fields
from search.query.highlighting import mark, snippet
from search.query.parsing import ParsedText, SearchQuery
from search.query.planning import ENOUGH, TIER, Plans, make_plans, plan_for, synonym_matches
from search.query.thesaurus import Thesaurus
from search.query.vocabulary import thesaurus


@dataclass(frozen=True, slots=True)
class _Found:
    query: SearchQuery
    result: EngineResult
    strict_total: int | None
    read_as: tuple[tuple[str, str], ...]


def search(query: SearchQuery, audience: frozenset[str], *, engine: Engine | None = None) -> SearchResult:
    """Raises SearchUnavailable while no engine can answer."""
    started = time.perf_counter()
    asked = read_fields(query)
    words = thesaurus() if asked.parsed.included else Thesaurus()
    article = article_in(asked)
    cited = article.value if article else ""
    answer = with_fallback(lambda one: _find(one, asked, audience, words, cited), engine=engine)
    found = answer.value
    parsed = _with_other_words(found.query.parsed, words)
    kept, gone = reconcile_with_outbox(found.result.hits, audience, parsed)
    return SearchResult(
        query=found.query,
        total=found.result.total - gone,
        hits=tuple(
            _present(hit, found, parsed, rank) for rank, hit in enumerate(kept, found.query.offset + 1)
        ),
        facets=found.result.facets,
        strict_total=found.strict_total if found.result.total else None,
        milliseconds=(time.perf_counter() - started) * 1000,
        engine=answer.engine,
        is_fallback=answer.is_fallback,
        read_as=found.read_as,
        other_words=tuple(
            (each.word, each.alternatives) for each in synonym_matches(found.query.parsed, words)
        ),
        article=article,
        words=words,
    )


def find_document(
    key: str, audience: frozenset[str], *, engine: Engine | None = None
) -> SearchDocument | None:
    """The document of that key, as far as the reader may see it."""
    plan = plan_for(Terms("key", (key,)), audience)
    found = with_fallback(lambda one: one.search(plan), engine=engine).value
    kept, _gone = reconcile_with_outbox(found.hits, audience, ParsedText())
    return kept[0].document if kept else None


def every_hit(
    query: SearchQuery, audience: frozenset[str], *, limit: int = MAX_WINDOW, engine: Engine | None = None
) -> SearchResult:
    """All that the pages of a search would list, read by a cursor over one state of the index."""
    first = search(replace(query, offset=0, limit=1, facets=()), audience, engine=engine)
    asked = first.query
    words = first.words
    plans = make_plans(asked, audience, words, article=first.article.value if first.article else "")
    plan = plans.strict if first.strict_total is None or plans.relaxed is None else plans.relaxed
    hits = with_fallback(lambda one: list(one.scan(plan, limit=limit)), engine=engine).value
    found = _Found(asked, EngineResult(first.total, ()), first.strict_total, first.read_as)
    parsed = _with_other_words(asked.parsed, words)
    kept, _gone = reconcile_with_outbox(hits, audience, parsed)
    return replace(
        first,
        hits=tuple(_present(hit, found, parsed, rank) for rank, hit in enumerate(kept, 1)),
    )


def article_in(query: SearchQuery) -> ArticleReference | None:
    """The article that the text names, of its law or of the only one that is chosen."""
    within = query.values("document")
    return read_article(query.text, within=within[0] if len(within) == 1 else "") if query.text else None


def _find(
    engine: Engine, query: SearchQuery, audience: frozenset[str], words: Thesaurus, article: str
) -> _Found:
    """Strict hits, or relaxed ones below them where hardly any hold every word."""
    understood, read_as = read_pinyin(engine, query, audience, words)
    plans = make_plans(understood, audience, words, article=article)
    strict = engine.search(plans.strict)
    if plans.relaxed is None or is_enough(engine, plans, strict.total):
        return _Found(understood, strict, None, read_as)
    return _Found(understood, engine.search(plans.relaxed), strict.total, read_as)


def is_enough(engine: Engine, plans: Plans, strict_total: int) -> bool:
    """Filters do not count, so that ticking a value narrows to just the number beside it."""
    if strict_total >= ENOUGH or not plans.strict.filters:
        return strict_total >= ENOUGH
    return engine.counts([replace(plans.strict, filters=())])[0] >= ENOUGH


def _with_other_words(parsed: ParsedText, words: Thesaurus) -> ParsedText:
    """For marks in hits: other words count like those that were typed."""
    others = [run for text in parsed.keywords for variant in words.variants(text) for run in variant.split()]
    others += [
        run for each in synonym_matches(parsed, words) for other in each.alternatives for run in other.split()
    ]
    return replace(parsed, keywords=tuple(dict.fromkeys((*parsed.keywords, *others))))


def _present(hit: EngineHit, found: _Found, parsed: ParsedText, rank: int) -> SearchHit:
    is_strict = hit.score >= TIER
    ranked = found.query.effective_sort != "date"
    return SearchHit(
        rank=rank,
        document=hit.document,
        score=round(hit.score - TIER if is_strict else hit.score, 4),
        title=mark(hit.document.title, parsed),
        snippet=snippet(hit.document.excerptable, parsed),
        is_relaxed=found.strict_total is not None and ranked and not is_strict,
    )
