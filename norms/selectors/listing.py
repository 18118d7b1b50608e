"""The list of normative documents with its facets."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from norms.citations.titles import title_key
from norms.enums import DocumentKind, DocumentStatus
from norms.models import DocumentVersion, NormativeDocument

WITH_TEXT, WITHOUT_TEXT = "yes", "no"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The search words and filters of the list; `of` drops unknown values."""

    words: str = ""
    kind: str = ""
    status: str = ""
    text: str = ""

    @classmethod
    def of(cls, data: dict[str, str]) -> ListQuery:
        def chosen(name: str, allowed: list[str]) -> str:
            return data.get(name, "") if data.get(name) in allowed else ""

        return cls(
            words=data.get("q", "").replace("\0", "").strip()[:100],
            kind=chosen("kind", DocumentKind.values),
            status=chosen("status", DocumentStatus.values),
            text=chosen("text", [WITH_TEXT, WITHOUT_TEXT]),
        )

    @property
    def filter_count(self) -> int:
        """Return how many filters are chosen, without the search words."""
        return sum(map(bool, (self.kind, self.status, self.text)))


def documents_listed(query: ListQuery) -> QuerySet[NormativeDocument]:
    """Return documents with a text first, then by kind, the latest first; `current_versions` is prefetched."""
    rank = Case(
        *(When(kind=kind, then=Value(index)) for index, kind in enumerate(DocumentKind.values)),
        output_field=IntegerField(),
    )
    versions = DocumentVersion.objects.filter(document=OuterRef("pk")).order_by()
    current = versions.filter(is_current=True).values("promulgated_on")[:1]
    count = versions.values("document").annotate(count=Count("pk")).values("count")
    return (
        _narrowed(NormativeDocument.objects.all(), query)
        .annotate(
            rank=rank,
            texts=Coalesce(Subquery(count, output_field=IntegerField()), 0),
            dated=Coalesce(Subquery(current), F("promulgated_on")),
        )
        .order_by(
            # Documents without a text come last, whatever their kind.
            Case(When(texts=0, then=Value(1)), default=Value(0)),
            "rank",
            F("dated").desc(nulls_last=True),
            "title",
        )
        .prefetch_related(Prefetch("versions", DocumentVersion.objects.current(), to_attr="current_versions"))
    )


def _narrowed(documents: QuerySet[NormativeDocument], query: ListQuery) -> QuerySet[NormativeDocument]:
    if query.words:
        key = title_key(query.words)
        by_words = Q(title__icontains=query.words) | Q(title_en__icontains=query.words)
        by_words |= Q(document_number__icontains=query.words)
        if key:
            by_words |= Q(title_key__contains=key)
            by_alias = NormativeDocument.objects.filter(aliases__key__contains=key)
            by_words |= Q(pk__in=by_alias.values("pk"))
        documents = documents.filter(by_words)
    if query.kind:
        documents = documents.filter(kind=query.kind)
    if query.status:
        documents = documents.filter(status=query.status)
    if query.text:
        with_text = DocumentVersion.objects.values("document_id")
        has_text = Q(pk__in=with_text)
        documents = documents.filter(has_text if query.text == WITH_TEXT else ~has_text)
    return documents


def facet_counts(query: ListQuery) -> dict[str, dict[str, int]]:
    """Return by facet ("kind", "status", "text") the number of documents of each value under the other conditions.

    One query: the documents with the words, counted by the three together, are few rows.
    """
    has_text = Exists(DocumentVersion.objects.filter(document=OuterRef("pk")))
    text = Case(When(has_text, then=Value(WITH_TEXT)), default=Value(WITHOUT_TEXT))
    rows = _narrowed(NormativeDocument.objects.all(), ListQuery(words=query.words)).order_by()
    facets = ("kind", "status", "text")
    chosen = [getattr(query, facet) for facet in facets]
    counts: dict[str, dict[str, int]] = {facet: {} for facet in facets}
    for *values, count in rows.annotate(text=text).values_list(*facets).annotate(Count("pk")):
        differing = [
            facet
            for facet, wanted, value in zip(facets, chosen, values, strict=True)
            if wanted not in ("", value)
        ]
        for facet, value in zip(facets, values, strict=True):
            if not set(differing) - {facet}:
                counts[facet][value] = counts[facet].get(value, 0) + count
    return counts
