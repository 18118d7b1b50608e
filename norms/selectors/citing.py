"""What a text cites, as a caller outside the portal reads it; nothing is stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from norms.citations import Locator, Reference, parse
from norms.models import NormativeDocument
from norms.models.citations import MAX_CITATIONS_OF_TEXT
from norms.selectors.names import known_names
from norms.selectors.resolution import Resolver, document_pk


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """Title and number of a document that the portal knows, or as a text gives them."""

    title: str
    number: str


class CitationSummary:
    """Reads texts one after the other and looks each document up once."""

    def __init__(self, on: dt.date) -> None:
        self.on = on
        self._resolver = Resolver()
        self._documents: dict[int, CitedDocument] = {}

    def of_text(self, text: str) -> list[dict[str, Any]]:
        """Return the citations of a text in its order.

        Shape: `{"span": [start, end], "document", "number", "articles": ["120-1"], "paragraph", "item", "resolved"}`;
        of a range, paragraph and item are those of its beginning.
        """
        references = parse(text, names=known_names(), limit=MAX_CITATIONS_OF_TEXT)
        return [self._summary(reference) for reference in references]

    def _summary(self, reference: Reference) -> dict[str, Any]:
        version = self._resolver.version_of(reference, self.on)
        locators = self._resolver.locators_of(reference.locators, version)
        document = self._document(reference)
        first = locators[0] if locators else Locator()
        return {
            "span": [reference.start, reference.end],
            "document": document.title or None,
            "number": document.number or None,
            "articles": list(dict.fromkeys(_article(locator) for locator in locators if locator.article)),
            "paragraph": first.paragraph,
            "item": first.item,
            "resolved": self._is_resolved(reference, locators),
        }

    def _is_resolved(self, reference: Reference, locators: tuple[Locator, ...]) -> bool:
        """Return whether a reference leads somewhere: to its articles, or to a document whose text is not held."""
        document = document_pk(reference)
        if document is None or reference.former:
            return False
        version = self._resolver.version_of(reference, self.on)
        if not locators or version is None:
            return not locators or not self._resolver.has_text(document)
        index = self._resolver.index_of(version.pk)
        return all(index.find(locator).provision for locator in (locators[0], locators[-1]))

    def _document(self, reference: Reference) -> CitedDocument:
        pk = document_pk(reference)
        if pk is None:
            is_number_only = reference.document_name == reference.document_number
            return CitedDocument("" if is_number_only else reference.document_name, reference.document_number)
        if pk not in self._documents:
            fields = NormativeDocument.objects.values_list("title", "document_number").get(pk=pk)
            self._documents[pk] = CitedDocument(*fields)
        document = self._documents[pk]
        return CitedDocument(document.title, reference.document_number or document.number)


def _article(locator: Locator) -> str:
    return f"{locator.article}-{locator.suffix}" if locator.suffix else str(locator.article)
