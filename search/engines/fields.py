"""A document as the fields that every engine indexes."""

from datetime import date

from search.documents.base import SearchDocument
from search.documents.names import lookup_names
from search.facets import FACET_NAMES

# Part of every index's name: raise it whenever analysis, fields or documents change.
FORMAT = "v3"

VALUE_FIELDS = ("key", "source", "names", "audience", "cites", *FACET_NAMES)
# Characters; no engine takes a value of more than 32,766 bytes.
MAX_VALUE_LENGTH = 8_000


def values_of(document: SearchDocument) -> list[tuple[str, str]]:
    """Return (field, value) of everything that is matched as a whole."""
    values = [
        ("key", document.key),
        ("source", document.source or document.key),
        *[("names", name) for name in lookup_names(document)],
        *[("audience", token) for token in document.audience],
        *[("cites", article) for article in document.cites],
    ]
    for facet in FACET_NAMES:
        value = getattr(document, facet)
        if isinstance(value, str):
            values.append((facet, value))
        else:
            values += [(facet, code) for code in dict.fromkeys(value)]
    return [pair for pair in values if 0 < len(pair[1]) <= MAX_VALUE_LENGTH]


def ordinal(iso_date: str) -> int:
    """Return the number of days since year 1; 0 without a date, so that undated documents sort last."""
    return date.fromisoformat(iso_date).toordinal() if iso_date else 0
