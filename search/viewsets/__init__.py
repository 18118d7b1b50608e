from search.viewsets.group import SearchGroup

__all__ = ["SearchGroup"]
