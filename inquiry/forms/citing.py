"""Citations in a text that is still being typed."""

from __future__ import annotations

from norms.citations import NameTable, parse
from norms.models import DocumentAlias, NormativeDocument


def citations_in(*texts: str) -> list[str]:
    """Citations as written, in the order in which they stand, each once."""
    names = NameTable(
        [
            *NormativeDocument.objects.values_list("title", "pk"),
            *DocumentAlias.objects.values_list("name", "document_id"),
        ]
    )
    found = [reference.text for text in texts if text for reference in parse(text, names=names)]
    return list(dict.fromkeys(found))
