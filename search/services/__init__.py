from search.services.likeness import related, similar
from search.services.outbox import drain, enqueue
from search.services.rebuilding import rebuild
from search.services.results import SearchHit, SearchResult
from search.services.searching import search
from search.services.suggesting import suggest_queries, suggest_titles

__all__ = [
    "SearchHit",
    "SearchResult",
    "drain",
    "enqueue",
    "rebuild",
    "related",
    "search",
    "similar",
    "suggest_queries",
    "suggest_titles",
]
