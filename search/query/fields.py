"""Reading of `field:value`: the facet values that a written value means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from search.facets import codes_named
from search.query.parsing import FieldValue, SearchQuery, Values, without_fields

COLONS = re.compile(r"[:：]")


@dataclass(frozen=True, slots=True)
class ReadField:
    """One typed field with the codes that it means; none where its value is unknown."""

    typed: FieldValue
    values: tuple[str, ...]

    @property
    def narrows(self) -> bool:
        return bool(self.values) and not self.typed.excluded


def named_fields(query: SearchQuery) -> tuple[ReadField, ...]:
    return tuple(ReadField(typed, codes_named(typed.facet, typed.written)) for typed in query.parsed.fields)


def read_fields(query: SearchQuery, fields: Sequence[ReadField] | None = None) -> SearchQuery:
    """Return the query with its typed fields as filters. Unknown values become words, listed in `unknown`.

    `fields` are its `named_fields`, where they have been read already.
    """
    if not query.parsed.fields:
        return query
    filters = {facet: list(values) for facet, values in query.filters}
    without = {facet: list(values) for facet, values in query.without}
    unknown: list[FieldValue] = []
    words = [without_fields(query.text)]
    for field in named_fields(query) if fields is None else fields:
        typed = field.typed
        if field.values:
            (without if typed.excluded else filters).setdefault(typed.facet, []).extend(field.values)
        else:
            unknown.append(typed)
            words.append(_as_words(typed))
    return replace(
        query,
        text=" ".join(word for word in words if word),
        filters=_values(filters),
        without=_values(without),
        unknown=tuple(unknown),
    )


def _as_words(typed: FieldValue) -> str:
    """Return a field as plain words, without its colon, which would make it a field once more."""
    words = COLONS.sub(" ", typed.written)
    if not typed.excluded:
        return words
    return f'-"{words}"' if " " in words else f"-{words}"


def _values(codes_by_facet: dict[str, list[str]]) -> Values:
    return tuple((facet, tuple(dict.fromkeys(values))) for facet, values in codes_by_facet.items())
