"""The normative documents and articles that a record cites, as values of the index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from norms.models import Citation
from search.documents.related_rows import by_key, within
from search.documents.text import distinct


@dataclass(frozen=True, slots=True)
class CitationValues:
    """Slugs of documents, and articles as `article_value` writes them, in the order of their first mention."""

    documents: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()

    @classmethod
    def merged(cls, parts: Iterable["CitationValues"]) -> "CitationValues":
        all_cited = list(parts)
        return cls(
            distinct(slug for cited in all_cited for slug in cited.documents),
            distinct(article for cited in all_cited for article in cited.articles),
        )


def article_value(slug: str, article: int, suffix: int = 0) -> str:
    return f"{slug}#{article}-{suffix}" if suffix else f"{slug}#{article}"


def citations_of(model: type[Model], ids: Sequence[int]) -> dict[int, CitationValues]:
    """Return by record what it cites in its own text."""
    if not ids:
        return {}
    content_type = ContentType.objects.get_for_model(model, for_concrete_model=False)
    rows = (
        Citation.objects.filter(within("object_id", ids), content_type=content_type, document__isnull=False)
        .order_by("object_id", "start", "pk")
        .values_list("object_id", "document__slug", "locator")
    )
    mentions_by_record = by_key(((record, (slug, locator)) for record, slug, locator in rows), ids)
    return {
        record: CitationValues(
            distinct(slug for slug, _locator in cited),
            distinct(
                article_value(slug, locator["article"], locator.get("suffix") or 0)
                for slug, locator in cited
                if locator.get("article")
            ),
        )
        for record, cited in mentions_by_record.items()
    }
