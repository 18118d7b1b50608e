"""Documents by the names they go by."""

from __future__ import annotations

from norms.citations import NameTable
from norms.models import DocumentAlias, NormativeDocument

_built: tuple[tuple, NameTable] = ((), NameTable())


def known_names() -> NameTable:
    """Return titles and other names of all documents, keyed by primary key; built anew when one of them changed."""
    global _built
    names = (
        *NormativeDocument.objects.order_by("pk").values_list("title", "pk"),
        *DocumentAlias.objects.order_by("pk").values_list("name", "document_id"),
    )
    if names != _built[0]:
        _built = (names, NameTable(names))
    return _built[1]


def find_documents_by_name(name: str) -> list[NormativeDocument]:
    """Return the documents a name stands for: by title or other name, else as citations shorten titles."""
    documents = list(NormativeDocument.objects.named(name))
    if not documents and (key := known_names().lookup(name)) is not None:
        documents = list(NormativeDocument.objects.filter(pk=key))
    return documents
