"""Articles of law as people type them in the search box; `norms.citations` reads them, short forms included."""

from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from norms.citations import OwnText, parse
from norms.models import NormativeDocument
from norms.selectors import find_documents_by_name
from search.documents.citations import article_value
from search.query.parsing import MAX_CHARACTERS
from search.text.analysis import fold

# Documents of the same name that are compared.
MAX_NAMESAKES = 5


@dataclass(frozen=True, slots=True)
class ArticleReference:
    """An article of a document; `suffix`, `paragraph` and `item` are 0 if the query has none."""

    document: NormativeDocument
    article: int
    suffix: int = 0
    paragraph: int = 0
    item: int = 0

    @property
    def value(self) -> str:
        """Return the article as records that cite it carry it in the index."""
        return article_value(self.document.slug, self.article, self.suffix)


def read_article(text: str, *, within: str = "") -> ArticleReference | None:
    """Return the article that a query is, the first of a range, or None for other queries.

    An article without a name belongs to the document with the slug `within`.
    """
    own = OwnText(key=within) if within else None
    references = parse(fold(text[:MAX_CHARACTERS]), own=own, is_query=True)
    if not references:
        return None
    name, locator = references[0].document_name, references[0].locators[0]
    document = cited_document(name) if name else document_at(within)
    if document is None or locator.article is None:
        return None
    return ArticleReference(
        document, locator.article, locator.suffix, locator.paragraph or 0, locator.item or 0
    )


def cited_document(name: str) -> NormativeDocument | None:
    """Return the document that citations call so; of several, one whose text the portal holds."""
    documents = find_documents_by_name(name)[:MAX_NAMESAKES]
    prefetch_related_objects(documents, "versions")
    return max(documents, key=has_text, default=None)


def document_named(name: str) -> NormativeDocument | None:
    """Return the document with this title or other name; of several, one whose text the portal holds."""
    documents = NormativeDocument.objects.with_name(name).prefetch_related("versions")[:MAX_NAMESAKES]
    return max(documents, key=has_text, default=None)


def has_text(document: NormativeDocument) -> bool:
    return bool(document.versions.all())


def document_at(slug: str) -> NormativeDocument | None:
    return NormativeDocument.objects.filter(slug=slug).first()
