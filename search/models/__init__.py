from search.models.outbox import IndexBuild, IndexVersion, OutboxEntry
from search.models.synonyms import Synonym
from search.models.traces import QueryCount, QueryMark, SearchTrace

__all__ = ["IndexBuild", "IndexVersion", "OutboxEntry", "QueryCount", "QueryMark", "SearchTrace", "Synonym"]
