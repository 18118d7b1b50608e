"""Records similar or related to a text."""

from collections.abc import Iterable
from dataclasses import replace

from search.answers.results import SearchHit, reconcile_with_outbox
from search.documents.base import SearchDocument
from search.engines.base import Engine, EngineHit
from search.engines.fallback import with_fallback
from search.query.highlighting import mark, snippet
from search.query.parsing import MAX_CHARACTERS, ParsedText
from search.query.planning import similar_plan
from search.text.analysis import runs
from search.text.similarity import coverage, similarity

# From this similarity on two texts are nearly the same.
DUPLICATE_SIMILARITY = 0.6
# Less similar records must contain this share of the text's words, and so many of them.
MIN_COVERAGE = 0.4
MIN_WORDS = 2
# Hits of the engine that are compared in full.
MAX_CANDIDATES = 50
# Related provisions score at least this share of the first one.
RELATED_SHARE = 0.5


def similar(
    text: str,
    audience: frozenset[str],
    *,
    kinds: tuple[str, ...] = ("question",),
    limit: int = 5,
    without: Iterable[str] = (),
    engine: Engine | None = None,
) -> list[SearchHit]:
    """Return records that may ask the same, the most similar first, without those of the keys `without`.

    Paraphrases share few words with a text. Records that cover much of it are therefore returned, too, and the reader
    decides.
    """
    scored = [
        (similarity(text, document.title, document.text), hit)
        for hit in _candidates(text, audience, kinds, without, engine)
        if not (document := hit.document).status.endswith((".withdrawn", ".closed"))
    ]
    similar_hits = [
        (score, hit) for score, hit in scored if score >= DUPLICATE_SIMILARITY or _covers(hit.document, text)
    ]
    similar_hits.sort(key=lambda pair: (-pair[0], pair[1].document.key))
    return [
        replace(_present(hit, text, rank), similarity=round(score, 4))
        for rank, (score, hit) in enumerate(similar_hits[:limit], 1)
    ]


def related(
    text: str,
    audience: frozenset[str],
    *,
    kinds: tuple[str, ...] = ("provision",),
    limit: int = 5,
    without: Iterable[str] = (),
    engine: Engine | None = None,
) -> list[SearchHit]:
    """Return records of the same subject, best first, such as articles beside a question; no law as a whole."""
    candidates = _candidates(text, audience, kinds, without, engine)
    hits = [hit for hit in candidates if not hit.document.fact("whole")]
    if not hits:
        return []
    min_score = hits[0].score * RELATED_SHARE
    related_hits = [hit for hit in hits if hit.score >= min_score][:limit]
    return [_present(hit, text, rank) for rank, hit in enumerate(related_hits, 1)]


def _candidates(
    text: str, audience: frozenset[str], kinds: tuple[str, ...], without: Iterable[str], engine: Engine | None
) -> list[EngineHit]:
    line = " ".join(text.split())[:MAX_CHARACTERS]
    if not runs(line):
        return []
    excluded_keys = set(without)
    plan = similar_plan(line, audience, kinds=kinds, limit=MAX_CANDIDATES)
    result = with_fallback(lambda used: used.search(plan), engine=engine).value
    hits, _hidden_count = reconcile_with_outbox(result.hits, audience, ParsedText(sentences=(line,)))
    return [hit for hit in hits if hit.document.key not in excluded_keys]


def _present(hit: EngineHit, text: str, rank: int) -> SearchHit:
    sentence = ParsedText(sentences=(text,))
    return SearchHit(
        rank=rank,
        document=hit.document,
        score=round(hit.score, 4),
        title=mark(hit.document.title, sentence),
        snippet=snippet(hit.document.excerptable, sentence),
    )


def _covers(document: SearchDocument, text: str) -> bool:
    share, words = coverage(text, document.text)
    return share >= MIN_COVERAGE and words >= MIN_WORDS
