"""The text of a trace, without numbers and addresses that could identify a person."""

import re
from collections.abc import Iterable

from portal.foundation.secrecy import bears_star
from search.documents.names import MAX_PINYIN_TITLE_LENGTH, readings_of
from search.models.traces import MAX_TEXT_LENGTH
from search.query.parsing import SearchQuery, Values, parse_text
from search.text.analysis import exact_key, fold, normalised

# Longer texts are not counted among frequent queries: nobody types the same twice.
MAX_COUNTED_LENGTH = 40
# Values of a facet in a trace, and characters of each.
MAX_VALUES = 10
MAX_VALUE_LENGTH = 60
ELLIPSIS = "…"
# Eleven digits or more, with spaces or hyphens between them and an X at the end (telephone, identity card and account
# numbers), and addresses of mail.
PERSONAL = re.compile(r"\d(?:[ -]?\d){10,}[xXｘＸ]?|\S+[@＠]\S+")


def traced_text(text: str) -> str:
    """Return the text on one line, cut, with an ellipsis for numbers and addresses that belong to a person.

    Of a text that was copied with its mark of classification nothing is kept.
    """
    if bears_star(text):
        return ELLIPSIS
    return PERSONAL.sub(ELLIPSIS, _on_one_line(text))[:MAX_TEXT_LENGTH]


def traced_filters(filters: Values) -> dict[str, list[str]]:
    return {
        facet: [
            PERSONAL.sub(ELLIPSIS, _on_one_line(value))[:MAX_VALUE_LENGTH] for value in values[:MAX_VALUES]
        ]
        for facet, values in filters
    }


def query_key(text: str) -> str:
    """Return the folded form of a query: words in their order, then phrases, exclusions and fields."""
    parsed = parse_text(text)
    if not (parsed.phrases or parsed.excluded or parsed.fields):
        return normalised(text)[:MAX_TEXT_LENGTH]
    parts = [
        normalised(" ".join((*parsed.keywords, *parsed.sentences))),
        *(f'"{normalised(phrase)}"' for phrase in parsed.phrases),
        *(f"-{normalised(excluded)}" for excluded in parsed.excluded),
        *(f"{_minus(field.excluded)}{field.facet}:{fold(field.written)}" for field in parsed.fields),
    ]
    return " ".join(_filled(parts))[:MAX_TEXT_LENGTH]


def pinyin_of(key: str) -> tuple[str, str]:
    """Return the pinyin of a query's first words, and its initials; empty texts where it is not Chinese."""
    readings = readings_of(exact_key(key)[:MAX_PINYIN_TITLE_LENGTH])
    return (readings[0], readings[1]) if readings else ("", "")


def has_conditions(query: SearchQuery) -> bool:
    """Return whether a query has words or filters at all; without any, it lists everything."""
    return bool(query.parsed or query.parsed.fields or query.filters)


def is_countable(text: str) -> bool:
    """Return whether a query may be offered to others: a few keywords and nothing else.

    All keywords occur in each hit, so that hits show that it is a useful query. A sentence has hits that share a
    single word with it.
    """
    parsed = parse_text(text)
    if not parsed.keywords or parsed.sentences or parsed.phrases or parsed.excluded or parsed.fields:
        return False
    return len(text) <= MAX_COUNTED_LENGTH and ELLIPSIS not in traced_text(text)


def _minus(excluded: bool) -> str:
    return "-" if excluded else ""


def _filled(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if part]


def _on_one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
