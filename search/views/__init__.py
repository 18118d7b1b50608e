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
from search.views.traces import clicked, traces, traces_export

__all__ = [
    "cited_by_fragment",
    "clicked",
    "export",
    "page",
    "pick_fragment",
    "related_fragment",
    "significant_fragment",
    "similar_fragment",
    "suggest",
    "traces",
    "traces_export",
]
