"""Citations that lead nowhere yet, grouped so that staff can do something about them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, QuerySet

from norms.models import Citation, DocumentVersion, NormativeDocument

# Rows that one page of the admin shows; the most cited come first.
MAX_ROWS = 200


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name as written that no document has; `example` is an article cited by it."""

    name: str
    citations: int
    example: str


@dataclass(frozen=True, slots=True)
class MissingProvision:
    """An article cited of a document whose text does not have it."""

    document: NormativeDocument
    locator_text: str
    citations: int


def unknown_names() -> list[UnknownName]:
    """Return names that no document has, the most cited first; at most `MAX_ROWS`."""
    rows = (
        Citation.objects.filter(document=None)
        .exclude(document_key="")
        .order_by()
        .values("document_key")
        .annotate(
            name=Min("document_name"),
            citations=Count("pk"),
            example=Min("locator_text"),
        )
        .order_by("-citations", "document_key")
    )
    return [UnknownName(row["name"], row["citations"], row["example"]) for row in rows[:MAX_ROWS]]


def cited_documents_without_text() -> QuerySet[NormativeDocument]:
    """Return the documents without a text that are cited by article."""
    cited = Citation.objects.unresolved().filter(document=OuterRef("pk"))
    versions = DocumentVersion.objects.filter(document=OuterRef("pk"))
    return NormativeDocument.objects.filter(Exists(cited), ~Exists(versions))


def documents_without_text() -> list[tuple[NormativeDocument, int]]:
    """Return documents without a text that are cited by article, and how often."""
    unresolved = Citation.objects.unresolved().order_by()
    counts = dict(
        unresolved.exclude(document=None)
        .exclude(Exists(DocumentVersion.objects.filter(document=OuterRef("document"))))
        .values_list("document")
        .annotate(Count("pk"))
    )
    documents = NormativeDocument.objects.in_bulk(counts)
    documents_with_count = [(documents[pk], count) for pk, count in counts.items()]
    return sorted(documents_with_count, key=lambda pair: (-pair[1], pair[0].title))[:MAX_ROWS]


def missing_provisions() -> list[MissingProvision]:
    """Return what is cited of documents and not in their texts."""
    rows = (
        Citation.objects.unresolved()
        .filter(Exists(DocumentVersion.objects.filter(document=OuterRef("document"))))
        .order_by()
        .values_list("document", "locator_text")
        .annotate(count=Count("pk"))
        .order_by("-count", "document", "locator_text")[:MAX_ROWS]
    )
    rows = list(rows)
    documents = NormativeDocument.objects.in_bulk({pk for pk, _locator, _count in rows})
    return [MissingProvision(documents[pk], locator_text, count) for pk, locator_text, count in rows]
