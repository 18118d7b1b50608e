"""Jump targets: the article or record whose name or number was typed, in whatever form."""

from dataclasses import dataclass, replace
from typing import Any

from norms.models import Provision
from portal.foundation.numbers import first_numbered, parse_number, read_typed_number
from search.answers.results import SearchHit, SearchResult
from search.answers.searching import find_document, search
from search.documents.base import SearchDocument, facet_values
from search.kinds import RECORD_KINDS
from search.plan import DATE
from search.query.articles import ArticleReference, document_named, read_article
from search.query.highlighting import mark, snippet
from search.query.parsing import MAX_CHARACTERS, SearchQuery
from search.text.analysis import fold

KIND_BY_SERIES = {kind.number_series: kind for kind in RECORD_KINDS.values() if kind.number_series}
NUMBER_WIDTHS = {series: kind.number_width for series, kind in KIND_BY_SERIES.items()}


@dataclass(frozen=True, slots=True)
class JumpTarget:
    """The page to go to. `key` is that of its search document, empty where there is none."""

    url: str
    title: str
    key: str = ""


def record_target(text: str, audience: frozenset[str]) -> JumpTarget | None:
    """Return the record of a permanent number, if the reader may see it."""
    numbers = read_typed_number(fold(text[:MAX_CHARACTERS]), widths=NUMBER_WIDTHS)
    if not numbers:
        return None
    kind = KIND_BY_SERIES[parse_number(numbers[0]).series]
    record: Any = first_numbered(kind.model._default_manager.all(), numbers)
    if record is None or audience.isdisjoint(kind.audience(record)):
        return None
    return JumpTarget(record.get_absolute_url(), record.number, f"{kind.document_kind}:{record.pk}")


def article_target(text: str, *, within: str = "") -> JumpTarget | None:
    """Return the article that was typed: of the document it names, else of the one with the slug `within`."""
    reference = read_article(text, within=within)
    provision = _provision(reference) if reference else None
    if reference is None or provision is None:
        return None
    article = provision if provision.kind == "article" else _article_of(provision)
    title = f"{reference.document.title}\u3000{article.label}"
    return JumpTarget(provision.get_absolute_url(), title, f"provision:{article.pk}")


def is_missing(reference: ArticleReference) -> bool:
    """Return whether the portal lacks the text of that article, or the law has none of that number."""
    return _provision(reference) is None


def document_target(text: str) -> JumpTarget | None:
    """Return the normative document whose title or alias was typed."""
    document = document_named(text[:MAX_CHARACTERS].strip())
    return JumpTarget(document.get_absolute_url(), document.title) if document else None


def search_with_target(query: SearchQuery, audience: frozenset[str]) -> SearchResult:
    """Search, with the typed article or record, if any, before all other hits."""
    result = search(query, audience)
    if query.offset or query.effective_sort == DATE:
        return result
    within = query.values("document")
    target = record_target(query.text, audience) or article_target(
        query.text, within=within[0] if len(within) == 1 else ""
    )
    document = find_document(target.key, audience) if target and target.key else None
    if target is None or document is None or not _passes(document, query):
        return result
    following = [hit for hit in result.hits if hit.document.key != document.key]
    score = following[0].score if following else 0.0
    first = SearchHit(
        rank=1,
        document=replace(document, url=target.url),
        score=max(score, next((hit.score for hit in result.hits if hit.document.key == document.key), 0.0)),
        title=mark(document.title, query.parsed),
        snippet=snippet(document.excerptable, query.parsed),
    )
    hits = [first, *(replace(hit, rank=rank) for rank, hit in enumerate(following, 2))][: query.limit]
    return replace(result, hits=tuple(hits), total=max(result.total, len(hits)))


def _passes(document: SearchDocument, query: SearchQuery) -> bool:
    return all(set(values) & set(facet_values(document, facet)) for facet, values in query.filters)


def _provision(reference: ArticleReference) -> Provision | None:
    """Return the deepest provision that exists: a paragraph or item that does not exist leads to its article."""
    version = reference.document.versions.current().first()
    if version is None:
        return None
    anchor = f"art-{reference.article}"
    if reference.suffix:
        anchor += f"_{reference.suffix}"
    anchors = [anchor]
    if reference.paragraph:
        anchors.append(f"{anchor}-p{reference.paragraph}")
    if reference.item:
        anchors.append(f"{anchor}-p{reference.paragraph or 1}-i{reference.item}")
    rows = {row.anchor: row for row in version.provisions.filter(anchor__in=anchors).select_related("parent")}
    if anchor not in rows:
        return None
    provision = next(rows[name] for name in reversed(anchors) if name in rows)
    version.document = reference.document
    provision.version = version
    return provision


def _article_of(provision: Provision) -> Provision:
    while provision.parent is not None and provision.kind != "article":
        provision = provision.parent
    return provision
