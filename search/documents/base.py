"""Search documents: immutable, the same for every engine."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Self

from django.db.models import Model

from portal.foundation.titles import without_title

# By model of what changed: from the changed objects to the primary keys of the records that carry something of them.
Dependencies = Mapping[type[Model], Callable[[Sequence[Any]], Iterable[int]]]


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One document of the index; an empty `audience` means that nobody may find it.

    `text` starts with the title as its first line. `key` is "kind:primary key" and unique; `source` names the record
    that the document was made from and is replaced with (a normative document yields many provisions). `date` is an ISO
    date or empty; facet values are codes, empty when absent. `cites` are articles as `citations.article_value` writes
    them. `names` are other forms of the number that lead here exactly, `aliases` other titles to be completed while
    typing; they are searched and never shown. `facts` are small figures for display, without words of any language.
    """

    kind: str
    key: str
    number: str
    title: str
    text: str
    url: str
    audience: tuple[str, ...]
    source: str = ""
    headings: str = ""
    department: tuple[str, ...] = ()
    session: tuple[str, ...] = ()
    year: str = ""
    topic: tuple[str, ...] = ()
    status: str = ""
    document: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    date: str = ""
    lang: str = "zh-hans"
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def body(self) -> str:
        """Return the text without its title line."""
        return self.text.partition("\n")[2]

    @property
    def excerptable(self) -> str:
        """Return what is shown of the body: no aliases, and no title that was made of its first sentence."""
        aliases = {alias.strip() for alias in self.aliases}
        body = "\n".join(line for line in self.body.split("\n") if line not in aliases)
        return without_title(body, self.title)

    @property
    def month(self) -> str:
        return self.date[:7]

    @property
    def pk(self) -> str:
        return self.key.partition(":")[2]

    def fact(self, name: str) -> str:
        return dict(self.facts).get(name, "")

    def to_json(self) -> str:
        return json.dumps(_VALUES(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, raw: str | bytes) -> Self:
        values = (tuple(value) if isinstance(value, list) else value for value in json.loads(raw))
        values_by_name: dict[str, Any] = dict(zip(_NAMES, values, strict=True))
        values_by_name["facts"] = tuple((name, value) for name, value in values_by_name["facts"])
        return cls(**values_by_name)


_NAMES = tuple(field.name for field in fields(SearchDocument))
_VALUES = attrgetter(*_NAMES)


def digest_of(stored: str) -> str:
    """Return sixteen hexadecimal digits that differ where two documents do."""
    return blake2b(stored.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class SourceState:
    """The present state of one source: all its documents, none when it is gone or hidden from everybody."""

    source: str
    documents: tuple[SearchDocument, ...]


def facet_values(document: SearchDocument, facet: str) -> tuple[str, ...]:
    """Return the values under which `document` is counted in one facet."""
    value = getattr(document, facet)
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(value))
    return (value,) if value else ()
