"""Which normative documents a record cites, as facet values."""

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from norms.models import Citation


def cited_documents(model: type[Model], ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Slugs of the documents cited by each record, in the order of their first mention."""
    content_type = ContentType.objects.get_for_model(model, for_concrete_model=False)
    rows = (
        Citation.objects.filter(content_type=content_type, object_id__in=list(ids), document__isnull=False)
        .order_by("object_id", "start", "pk")
        .values_list("object_id", "document__slug")
    )
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for record, slug in rows:
        found[record][slug] = None
    return {record: tuple(slugs) for record, slugs in found.items()}
