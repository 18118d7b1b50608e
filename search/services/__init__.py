from search.services.outbox import drain, enqueue
from search.services.rebuilding import rebuild
from search.services.searching import SearchHit, SearchResult, search, similar, suggest_titles

__all__ = ["SearchHit", "SearchResult", "drain", "enqueue", "rebuild", "search", "similar", "suggest_titles"]
