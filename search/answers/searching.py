"""Searches: a query and the reader's tokens in, hits that the reader may see out."""

import time
from dataclasses import dataclass, replace

from search.answers.results import SearchHit, SearchResult, fresh
from search.answers.spelling import read_pinyin
from search.documents.base import SearchDocument
from search.engines.base import MAX_WINDOW, Engine, EngineHit, EngineResult
from search.engines.fallback import ask
from search.plan import AnyOf
from search.query.articles import ArticleReference, read_article
from search.query.fields import read_fields
from search.query.highlighting import mark, snippet
from search.query.parsing import ParsedText, SearchQuery
from search.query.planning import ENOUGH, TIER, Plans, make_plans, plan_for, replacements
from search.query.thesaurus import Thesaurus
from search.query.vocabulary import thesaurus


@dataclass(frozen=True, slots=True)
class _Found:
    query: SearchQuery
    result: EngineResult
    strict_total: int | None
    read_as: tuple[tuple[str, str], ...]


def search(query: SearchQuery, tokens: frozenset[str], *, engine: Engine | None = None) -> SearchResult:
    """Raises SearchUnavailable while no engine can answer."""
    started = time.perf_counter()
    asked = read_fields(query)
    words = thesaurus() if asked.parsed.wanted else Thesaurus()
    article = article_in(asked)
    cited = article.value if article else ""
    answer = ask(lambda one: _find(one, asked, tokens, words, cited), engine=engine)
    found = answer.value
    parsed = _with_other_words(found.query.parsed, words)
    kept, gone = fresh(found.result.hits, tokens, parsed)
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
        stands_in=answer.stands_in,
        read_as=found.read_as,
        other_words=tuple((each.word, each.alternatives) for each in replacements(found.query.parsed, words)),
        article=article,
        words=words,
    )


def find_document(key: str, tokens: frozenset[str], *, engine: Engine | None = None) -> SearchDocument | None:
    """The document of that key, as far as the reader may see it."""
    plan = plan_for(AnyOf("key", (key,)), tokens)
    found = ask(lambda one: one.search(plan), engine=engine).value
    kept, _gone = fresh(found.hits, tokens, ParsedText())
    return kept[0].document if kept else None


def every_hit(
    query: SearchQuery, tokens: frozenset[str], *, most: int = MAX_WINDOW, engine: Engine | None = None
) -> SearchResult:
    """All that the pages of a search would list, read by a cursor over one state of the index."""
    first = search(replace(query, offset=0, limit=1, facets=()), tokens, engine=engine)
    asked = first.query
    words = first.words
    plans = make_plans(asked, tokens, words, article=first.article.value if first.article else "")
    plan = plans.strict if first.strict_total is None or plans.soft is None else plans.soft
    hits = ask(lambda one: list(one.scan(plan, most=most)), engine=engine).value
    found = _Found(asked, EngineResult(first.total, ()), first.strict_total, first.read_as)
    parsed = _with_other_words(asked.parsed, words)
    kept, _gone = fresh(hits, tokens, parsed)
    return replace(
        first,
        hits=tuple(_present(hit, found, parsed, rank) for rank, hit in enumerate(kept, 1)),
    )


def article_in(query: SearchQuery) -> ArticleReference | None:
    """The article that the text names, of its law or of the only one that is chosen."""
    within = query.values("document")
    return read_article(query.text, within=within[0] if len(within) == 1 else "") if query.text else None


def _find(
    engine: Engine, query: SearchQuery, tokens: frozenset[str], words: Thesaurus, article: str
) -> _Found:
    """Strict hits, or softer ones below them where hardly any hold every word."""
    understood, read_as = read_pinyin(engine, query, tokens, words)
    plans = make_plans(understood, tokens, words, article=article)
    strict = engine.search(plans.strict)
    if plans.soft is None or is_enough(engine, plans, strict.total):
        return _Found(understood, strict, None, read_as)
    return _Found(understood, engine.search(plans.soft), strict.total, read_as)


def is_enough(engine: Engine, plans: Plans, strict_total: int) -> bool:
    """Filters do not count, so that ticking a value narrows to just the number beside it."""
    if strict_total >= ENOUGH or not plans.strict.filters:
        return strict_total >= ENOUGH
    return engine.counts([replace(plans.strict, filters=())])[0] >= ENOUGH


def _with_other_words(parsed: ParsedText, words: Thesaurus) -> ParsedText:
    """For marks in hits: other words count like those that were typed."""
    others = [run for text in parsed.keywords for variant in words.variants(text) for run in variant.split()]
    others += [
        run for each in replacements(parsed, words) for other in each.alternatives for run in other.split()
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
        is_soft=found.strict_total is not None and ranked and not is_strict,
    )
