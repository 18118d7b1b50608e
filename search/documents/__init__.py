from search.documents.base import SearchDocument, SourceState, facet_values

__all__ = ["SearchDocument", "SourceState", "facet_values"]
