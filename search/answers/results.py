"""Results of a search, reconciled with changes that are not indexed yet."""

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
    """A hit as it is shown. `similarity` is 1.0 for the same text; 0.0 for hits of an ordinary search."""

    rank: int
    document: SearchDocument
    score: float
    title: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    is_relaxed: bool = False
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits of one page with the facts around them.

    `query` is the query as it was answered: with its fields as filters, and with pinyin converted to Han words
    (`pinyin_conversions`, pairs of what was typed and what it became). `strict_total` counts the hits with every
    word where relaxed hits follow them, and is None elsewhere. `engine` names the engine that answered;
    `is_fallback` says that it is not the first one configured. `other_words` pairs typed words with their synonyms.
    `article` is the article that the text names, whether or not the portal holds it; `words` is the thesaurus used.
    """

    query: SearchQuery
    total: int
    hits: tuple[SearchHit, ...]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    strict_total: int | None = None
    milliseconds: float = 0.0
    engine: str = ""
    is_fallback: bool = False
    pinyin_conversions: tuple[tuple[str, str], ...] = ()
    other_words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    article: ArticleReference | None = None
    words: Thesaurus = field(default_factory=Thesaurus, repr=False, compare=False)


def reconcile_with_outbox(
    hits: Sequence[EngineHit], audience: Iterable[str], parsed: ParsedText
) -> tuple[list[EngineHit], int]:
    """Return hits with records whose change waits to be indexed in their present form, and how many hits are hidden.

    A hit is hidden where its record no longer exists, matches, or may be seen. Without this, words removed from a
    record could be found and read until the index worker has caught up.
    """
    waiting = _waiting(hits)
    readers = frozenset(audience)
    visible: list[EngineHit] = []
    for hit in hits:
        if hit.document.source not in waiting:
            visible.append(hit)
        elif (document := _present_form(hit.document, readers)) and _still_matches(document, parsed):
            visible.append(EngineHit(document, hit.score))
    return visible, len(hits) - len(visible)


def _still_matches(document: SearchDocument, parsed: ParsedText) -> bool:
    return not parsed.included or bool(matches(document.text, parsed))


def _waiting(hits: Sequence[EngineHit]) -> set[str]:
    """Return the sources of hits with a row in the outbox; laws change rarely and are left as they are."""
    sources = {hit.document.source for hit in hits if hit.document.kind != "provision"}
    ids = {int(pk) for _kind, _colon, pk in (source.partition(":") for source in sources) if pk.isdigit()}
    if not ids:
        return set()
    rows = OutboxEntry.objects.waiting().filter(object_id__in=ids).values_list("kind", "object_id").distinct()
    return sources.intersection(f"{kind}:{pk}" for kind, pk in rows)


def _present_form(document: SearchDocument, audience: frozenset[str]) -> SearchDocument | None:
    kind, _colon, pk = document.source.partition(":")
    documents = {document.key: document for document in RECORD_KINDS[kind].documents([int(pk)])}
    present = documents.get(document.key)
    return present if present and not audience.isdisjoint(present.audience) else None
