from search.documents.base import Replacement, SearchDocument, facet_values

__all__ = ["Replacement", "SearchDocument", "facet_values"]
