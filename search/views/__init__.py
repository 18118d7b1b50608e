from search.views.exporting import export
from search.views.fragments import (
    cited_by_fragment,
    pick_fragment,
    related_fragment,
    significant_fragment,
    similar_fragment,
    suggest,
)
from search.views.pages import page

__all__ = [
    "cited_by_fragment",
    "export",
    "page",
    "pick_fragment",
    "related_fragment",
    "significant_fragment",
    "similar_fragment",
    "suggest",
]
