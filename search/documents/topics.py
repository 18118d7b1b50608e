"""Topics as facet values: a merged topic counts as the one that replaced it."""

from collections.abc import Iterable

from portal.org.models import Topic
from search.documents.text import distinct

MAX_MERGE_DEPTH = 10


class TopicSlugs:
    """Slugs by topic, merges followed; the vocabulary is read once."""

    def __init__(self) -> None:
        self._rows = {
            pk: (slug, merged) for pk, slug, merged in Topic.objects.values_list("pk", "slug", "merged_into")
        }

    def of(self, topic_ids: Iterable[int]) -> tuple[str, ...]:
        return distinct(self._slug(pk) for pk in topic_ids)

    def _slug(self, pk: int) -> str:
        for _step in range(MAX_MERGE_DEPTH):
            slug, merged = self._rows.get(pk, ("", None))
            if merged is None:
                return slug
            pk = merged
        return ""
