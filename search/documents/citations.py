"""Which normative documents a record cites, as facet values."""

from collections.abc import Sequence

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from norms.models import Citation
from search.documents.reading import by_key, within
from search.documents.text import distinct


def cited_documents(model: type[Model], ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Slugs of the documents cited by each record, in the order of their first mention."""
    if not ids:
        return {}
    content_type = ContentType.objects.get_for_model(model, for_concrete_model=False)
    rows = (
        Citation.objects.filter(within("object_id", ids), content_type=content_type, document__isnull=False)
        .order_by("object_id", "start", "pk")
        .values_list("object_id", "document__slug")
    )
    return {record: distinct(slugs) for record, slugs in by_key(rows, ids).items()}
