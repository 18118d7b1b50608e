"""Records that say what a text says, with a number for how alike they are."""

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

# From this similarity on two texts are all but the same.
COPY = 0.6
LEAST_COVERAGE = 0.4
LEAST_WORDS = 2
CANDIDATES = 50
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
    """What may ask the same, the most alike first; `without` are keys to leave out.

    Few paraphrases share many words with the text: what speaks of much of it is kept, too, and who reads decides.
    """
    alike = [
        (similarity(text, one.title, one.text), hit)
        for hit in _candidates(text, audience, kinds, without, engine)
        if not (one := hit.document).status.endswith(".withdrawn")
    ]
    kept = [(share, hit) for share, hit in alike if share >= COPY or _speaks_of(text, hit.document)]
    kept.sort(key=lambda pair: (-pair[0], pair[1].document.key))
    return [
        replace(_present(hit, text, rank), similarity=round(share, 4))
        for rank, (share, hit) in enumerate(kept[:limit], 1)
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
    """What speaks of the same things, best first: articles and cases beside a question, no law as a whole."""
    found = _candidates(text, audience, kinds, without, engine)
    hits = [hit for hit in found if not hit.document.fact("whole")]
    if not hits:
        return []
    least = hits[0].score * RELATED_SHARE
    kept = [hit for hit in hits if hit.score >= least][:limit]
    return [_present(hit, text, rank) for rank, hit in enumerate(kept, 1)]


def _candidates(
    text: str, audience: frozenset[str], kinds: tuple[str, ...], without: Iterable[str], engine: Engine | None
) -> list[EngineHit]:
    line = " ".join(text.split())[:MAX_CHARACTERS]
    if not runs(line):
        return []
    left_out = set(without)
    plan = similar_plan(line, audience, kinds=kinds, limit=CANDIDATES)
    found = with_fallback(lambda one: one.search(plan), engine=engine).value
    kept, _gone = reconcile_with_outbox(found.hits, audience, ParsedText(sentences=(line,)))
    return [hit for hit in kept if hit.document.key not in left_out]


def _present(hit: EngineHit, text: str, rank: int) -> SearchHit:
    sentence = ParsedText(sentences=(text,))
    return SearchHit(
        rank=rank,
        document=hit.document,
        score=round(hit.score, 4),
        title=mark(hit.document.title, sentence),
        snippet=snippet(hit.document.excerptable, sentence),
    )


def _speaks_of(text: str, document: SearchDocument) -> bool:
    share, words = coverage(text, document.text)
    return share >= LEAST_COVERAGE and words >= LEAST_WORDS
