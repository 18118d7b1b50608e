from search.models.outbox import IndexBuild, IndexVersion, OutboxEntry
from search.models.synonyms import Synonym

__all__ = ["IndexBuild", "IndexVersion", "OutboxEntry", "Synonym"]
