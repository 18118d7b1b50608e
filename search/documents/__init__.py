from search.documents.base import KINDS, SearchDocument, facet_values

__all__ = ["KINDS", "SearchDocument", "facet_values"]
