"""Citations that lead nowhere yet, grouped so that staff can do something about them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef

from norms.models import Citation, DocumentVersion, NormativeDocument

MOST = 200


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name as written that no document bears; `example` is a place cited under it."""

    name: str
    citations: int
    example: str


@dataclass(frozen=True, slots=True)
class MissingPlace:
    """A known document whose text is not held, or lacks the place."""

    document: NormativeDocument
    place: str
    citations: int


def unknown_names() -> list[UnknownName]:
    """The most cited first; at most `MOST`."""
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
    return [UnknownName(row["name"], row["citations"], row["example"]) for row in rows[:MOST]]


def documents_without_text() -> list[tuple[NormativeDocument, int]]:
    """Known documents that are cited by article and have no text yet, with how often."""
    waiting = Citation.objects.unresolved().order_by()
    counts = dict(
        waiting.exclude(document=None)
        .exclude(Exists(DocumentVersion.objects.filter(document=OuterRef("document"))))
        .values_list("document")
        .annotate(Count("pk"))
    )
    documents = NormativeDocument.objects.in_bulk(counts)
    found = [(documents[pk], count) for pk, count in counts.items()]
    return sorted(found, key=lambda pair: (-pair[1], pair[0].title))[:MOST]


def missing_places() -> list[MissingPlace]:
    """Places that the text of a document does not have."""
    rows = (
        Citation.objects.unresolved()
        .filter(Exists(DocumentVersion.objects.filter(document=OuterRef("document"))))
        .order_by()
        .values_list("document", "locator_text")
        .annotate(count=Count("pk"))
        .order_by("-count", "document", "locator_text")[:MOST]
    )
    rows = list(rows)
    documents = NormativeDocument.objects.in_bulk({pk for pk, _place, _count in rows})
    return [MissingPlace(documents[pk], place, count) for pk, place, count in rows]
