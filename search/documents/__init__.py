from search.documents.base import KINDS, SearchDocument, SourceState, facet_values

__all__ = ["KINDS", "SearchDocument", "SourceState", "facet_values"]
