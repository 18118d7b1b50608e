"""Reads of normative documents that cross models or depend on the reader."""

from .cited import CitedByGroup, CitingRecord, cited_by, cited_by_counts
from .names import find_documents_by_name, known_names
from .resolution import Resolver, resolve, version_on
from .spans import Span, spans_of
from .texts import article_texts, provisions_in_order

__all__ = [
    "CitedByGroup",
    "CitingRecord",
    "Resolver",
    "Span",
    "article_texts",
    "cited_by",
    "cited_by_counts",
    "find_documents_by_name",
    "known_names",
    "provisions_in_order",
    "resolve",
    "spans_of",
    "version_on",
]
