"""What is indexed: one immutable document per record, the same for every engine."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

KINDS = ("question", "cluster", "provision", "case", "dossier", "session")


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """`text` starts with the title as its first line; an empty `audience` means nobody may find the document.

    `key` is "kind:primary key"; `date` is an ISO date or empty; facet values are plain, empty when absent.
    """

    kind: str
    key: str
    number: str
    title: str
    text: str
    url: str
    audience: tuple[str, ...]
    headings: str = ""
    department: tuple[str, ...] = ()
    session: str = ""
    year: str = ""
    topic: tuple[str, ...] = ()
    status: str = ""
    document: str = ""
    date: str = ""
    lang: str = "zh-hans"
    meta: str = ""

    @property
    def body(self) -> str:
        """The text without its title line."""
        return self.text.partition("\n")[2]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, raw: str) -> Self:
        data: dict[str, Any] = json.loads(raw)
        for name in ("audience", "department", "topic"):
            data[name] = tuple(data[name])
        return cls(**data)


def facet_values(document: SearchDocument, facet: str) -> tuple[str, ...]:
    """The values under which `document` is counted in one facet."""
    value = getattr(document, facet)
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(value))
    return (value,) if value else ()
