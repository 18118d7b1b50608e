"""What a trace keeps of a query: less than was typed where that could name somebody."""

import re
from collections.abc import Iterable

from search.documents.names import LONGEST_READING, readings_of
from search.models.traces import LONGEST_TEXT
from search.query.parsing import SearchQuery, Values, parse_text
from search.text.analysis import exact_key, fold, normalised

# Longer texts are not counted among frequent queries: nobody types the same twice.
LONGEST_COUNTED = 40
MAX_VALUES = 10
LONGEST_VALUE = 60
LEFT_OUT = "…"
# Telephone, identity card and account numbers, and addresses of mail.
OF_A_PERSON = re.compile(r"\d(?:[ -]?\d){10,}[xXｘＸ]?|\S+[@＠]\S+")


def traced_text(text: str) -> str:
    """The text on one line, cut, with an ellipsis for numbers and addresses that belong to one person."""
    return OF_A_PERSON.sub(LEFT_OUT, _on_one_line(text))[:LONGEST_TEXT]


def traced_filters(filters: Values) -> dict[str, list[str]]:
    return {
        facet: [
            OF_A_PERSON.sub(LEFT_OUT, _on_one_line(value))[:LONGEST_VALUE] for value in values[:MAX_VALUES]
        ]
        for facet, values in filters
    }


def query_key(text: str) -> str:
    """The same for queries that ask the same: folded words in their order, then phrases, exclusions and fields."""
    parsed = parse_text(text)
    if not (parsed.phrases or parsed.excluded or parsed.fields):
        return normalised(text)[:LONGEST_TEXT]
    parts = [
        normalised(" ".join((*parsed.keywords, *parsed.sentences))),
        *(f'"{normalised(phrase)}"' for phrase in parsed.phrases),
        *(f"-{normalised(excluded)}" for excluded in parsed.excluded),
        *(f"{_minus(one.excluded)}{one.facet}:{fold(one.written)}" for one in parsed.fields),
    ]
    return " ".join(_filled(parts))[:LONGEST_TEXT]


def pinyin_of(key: str) -> tuple[str, str]:
    """How the first words of a query are read, and the initials of that; empty where it is not Chinese."""
    read = readings_of(exact_key(key)[:LONGEST_READING])
    return (read[0], read[1]) if read else ("", "")


def is_asking(query: SearchQuery) -> bool:
    """Whether anything was asked, by words or filters."""
    return bool(query.parsed or query.parsed.fields or query.filters)


def is_countable(text: str) -> bool:
    """Keywords alone, and few: all of them must occur in a hit, so that hits for a reader mean something.

    A sentence also finds what has but a word in common with it.
    """
    parsed = parse_text(text)
    if not parsed.keywords or parsed.sentences or parsed.phrases or parsed.excluded or parsed.fields:
        return False
    return len(text) <= LONGEST_COUNTED and LEFT_OUT not in traced_text(text)


def _minus(excluded: bool) -> str:
    return "-" if excluded else ""


def _filled(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if part]


def _on_one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
