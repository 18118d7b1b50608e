"""Reading of a query from the parameters of a URL, where nothing is an error."""

from django.http import QueryDict

from search.facets import FACET_NAMES, status_codes
from search.query.parsing import MAX_CHARACTERS, SearchQuery

PAGE_SIZE = 10
MAX_VALUES = 20
MAX_VALUE_LENGTH = 120


def read_query(data: QueryDict, *, limit: int = PAGE_SIZE, facets: tuple[str, ...] = ()) -> SearchQuery:
    page = read_page(data)
    return SearchQuery(
        text=clean(data.get("q", ""))[:MAX_CHARACTERS],
        filters=tuple((facet, _values(data, facet)) for facet in FACET_NAMES),
        sort=data.get("sort", ""),
        offset=(page - 1) * limit,
        limit=limit,
        facets=facets,
    )


def read_page(data: QueryDict) -> int:
    written = data.get("page", "1")
    return max(1, int(written)) if written.isascii() and written.isdigit() and len(written) < 6 else 1


def clean(text: str) -> str:
    """Return the text on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _values(data: QueryDict, facet: str) -> tuple[str, ...]:
    written = [value[:MAX_VALUE_LENGTH] for value in data.getlist(facet)[:MAX_VALUES] if value]
    if facet == "status":
        written = [code for text in written for code in status_codes(text) or (text,)]
    return tuple(dict.fromkeys(written))
