"""What waits to be indexed, and what the index holds."""

from __future__ import annotations

from search.answers.searching import search
from search.models import OutboxEntry
from search.query.parsing import SearchQuery

STAFF = frozenset({"all", "staff"})


def waiting() -> list[str]:
    return [f"{row.kind}:{row.object_id}" for row in OutboxEntry.objects.order_by("pk")]


def titles(text: str = "") -> list[str]:
    return [hit.document.title for hit in search(SearchQuery(text=text), STAFF).hits]
