from search.documents.base import KINDS, Replacement, SearchDocument, facet_values

__all__ = ["KINDS", "Replacement", "SearchDocument", "facet_values"]
