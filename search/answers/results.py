"""What a search gives, brought up to changes that still wait to be indexed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from search.documents.base import SearchDocument
from search.engines.base import EngineHit
from search.kinds import RECORD_KINDS
from search.models import OutboxEntry
from search.query.articles import ArticleReference
from search.query.highlighting import Segment, matches
from search.query.parsing import ParsedText, SearchQuery
from search.query.thesaurus import Thesaurus


@dataclass(frozen=True, slots=True)
class SearchHit:
    """`similarity` is 1.0 for the same text, and 0.0 where similarity was not asked for."""

    rank: int
    document: SearchDocument
    score: float
    title: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    is_relaxed: bool = False
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`strict_total` says how many contain every word, where relaxed hits follow them; else it is None.

    `query` is the one that was answered: fields read, pinyin understood (`read_as`: what was typed, and as what).
    `engine` answered it; `stands_in` where that is not the first one. `other_words` may stand for typed ones.
    `article` is the one that the text names, whether or not its text is here; `words` is the thesaurus as it was.
    """

    query: SearchQuery
    total: int
    hits: tuple[SearchHit, ...]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    strict_total: int | None = None
    milliseconds: float = 0.0
    engine: str = ""
    is_fallback: bool = False
    read_as: tuple[tuple[str, str], ...] = ()
    other_words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    article: ArticleReference | None = None
    words: Thesaurus = field(default_factory=Thesaurus, repr=False, compare=False)


def reconcile_with_outbox(
    hits: Sequence[EngineHit], audience: Iterable[str], parsed: ParsedText
) -> tuple[list[EngineHit], int]:
    """Hits as their records are now, where a change waits to be indexed; what is hidden by now is left out.

    Without this, words taken out of a record could be found and read until the worker comes round. Also says how
    many were left out.
    """
    waiting = _waiting(hits)
    readers = frozenset(audience)
    kept: list[EngineHit] = []
    for hit in hits:
        if hit.document.source not in waiting:
            kept.append(hit)
        elif (document := _present_form(hit.document, readers)) and _still_says(document, parsed):
            kept.append(EngineHit(document, hit.score))
    return kept, len(hits) - len(kept)


def _still_says(document: SearchDocument, parsed: ParsedText) -> bool:
    return not parsed.included or bool(matches(document.text, parsed))


def _waiting(hits: Sequence[EngineHit]) -> set[str]:
    sources = {hit.document.source for hit in hits if hit.document.kind != "provision"}
    ids = {int(pk) for _kind, _colon, pk in (source.partition(":") for source in sources) if pk.isdigit()}
    if not ids:
        return set()
    rows = OutboxEntry.objects.waiting().filter(object_id__in=ids).values_list("kind", "object_id").distinct()
    return sources.intersection(f"{kind}:{pk}" for kind, pk in rows)


def _present_form(document: SearchDocument, audience: frozenset[str]) -> SearchDocument | None:
    kind, _colon, pk = document.source.partition(":")
    made = {one.key: one for one in RECORD_KINDS[kind].documents([int(pk)])}
    present = made.get(document.key)
    return present if present and not audience.isdisjoint(present.audience) else None
