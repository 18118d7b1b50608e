"""Documents by the names they go by."""

from __future__ import annotations

from typing import cast

from norms.citations import NameTable
from norms.models import DocumentAlias, NormativeDocument
from norms.models.documents import NAMES_CACHE
from portal.foundation.cached_tables import TableCache


def _name_table() -> NameTable:
    return NameTable(
        (
            *NormativeDocument.objects.order_by("pk").values_list("title", "pk"),
            *DocumentAlias.objects.order_by("pk").values_list("name", "document_id"),
        ),
        numbers=NormativeDocument.objects.exclude(document_number="").values_list("document_number", "pk"),
    )


_name_tables = TableCache(NAMES_CACHE, build=_name_table)


def known_names() -> NameTable:
    """Return titles, other names and numbers of all documents, keyed by primary key; built anew when one has changed."""
    return _name_tables.get()


def find_documents_by_name(name: str) -> list[NormativeDocument]:
    """Return the documents a name stands for: by title or other name, else as citations shorten titles."""
    documents = list(NormativeDocument.objects.with_name(name))
    if not documents and (key := known_names().lookup(name)) is not None:
        documents = list(NormativeDocument.objects.filter(pk=cast(int, key)))
    return documents
