"""What people type, read without ever failing: keywords, "exact phrases", -exclusions and whole sentences."""

import re
from dataclasses import dataclass, field, replace
from typing import Self

from search.analysis import is_han, runs, unigrams
from search.plan import DATE, FACETS, RELEVANCE

KEYWORD_HAN = 8
"""A longer run of Han characters is read as natural language."""
CHUNK_KEYWORDS = 12
"""So is a stretch without spaces whose parts, punctuation apart, are together longer than this."""
MAX_CHARACTERS = 500

QUOTED = re.compile(r"""(?<!\S)([-－]?)(?:"([^"]+)"|“([^”]+)”|＂([^＂]+)＂|「([^」]+)」)(?!\S)""")
ASKING = re.compile(
    r"[?？!！。；;]|吗|呢|什么|如何|怎么|怎样|哪些|能否|是否|可否|多少|为何|谁|\b(?:what|how|who|when|why)\b",
    re.I,
)
"""Signs that a stretch is a sentence, however short."""
EXCLUDED = re.compile(r"(?<!\S)[-－](\S+)")


@dataclass(frozen=True, slots=True)
class ParsedText:
    """`keywords` are runs that must occur, `sentences` match in part, `phrases` word for word."""

    keywords: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.keywords or self.sentences or self.phrases or self.excluded)

    @property
    def wanted(self) -> tuple[str, ...]:
        return (*self.keywords, *self.sentences, *self.phrases)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """`filters` pairs a facet with the values of which one must hold; facets narrow one another."""

    text: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: str = ""
    offset: int = 0
    limit: int = 10
    facets: tuple[str, ...] = ()
    parsed: ParsedText = field(default_factory=ParsedText, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parsed", parse_text(self.text))
        kept = tuple((name, values) for name, values in self.filters if name in FACETS and values)
        object.__setattr__(self, "filters", kept)
        if self.sort not in (RELEVANCE, DATE):
            object.__setattr__(self, "sort", RELEVANCE)

    @property
    def effective_sort(self) -> str:
        """Without words there is nothing to be relevant to: newest first."""
        return self.sort if self.parsed.wanted else DATE

    def values(self, facet: str) -> tuple[str, ...]:
        return dict(self.filters).get(facet, ())

    def page(self, *, offset: int, limit: int) -> Self:
        return replace(self, offset=offset, limit=limit)


def parse_text(text: str) -> ParsedText:
    rest = text[:MAX_CHARACTERS]
    phrases: list[str] = []
    excluded: list[str] = []

    def take_quoted(match: re.Match[str]) -> str:
        quoted = next(group for group in match.groups()[1:] if group is not None)
        (excluded if match[1] else phrases).append(quoted)
        return " "

    def take_excluded(match: re.Match[str]) -> str:
        excluded.append(match[1])
        return " "

    rest = QUOTED.sub(take_quoted, rest)
    rest = EXCLUDED.sub(take_excluded, rest)
    keywords, sentences = _split_chunks(rest)
    return ParsedText(
        keywords=tuple(dict.fromkeys(keywords)),
        sentences=tuple(dict.fromkeys(sentences)),
        phrases=tuple(phrase for phrase in phrases if runs(phrase)),
        excluded=tuple(item for item in excluded if runs(item)),
    )


def _split_chunks(text: str) -> tuple[list[str], list[str]]:
    keywords: list[str] = []
    sentences: list[str] = []
    for chunk in text.split():
        found = runs(chunk)
        if found and (ASKING.search(chunk) or _is_long(found)):
            sentences.append(chunk)
        else:
            keywords.extend(found)
    return keywords, sentences


def _is_long(found: list[str]) -> bool:
    if any(is_han(run) and len(run) > KEYWORD_HAN for run in found):
        return True
    return len(unigrams("".join(found))) > CHUNK_KEYWORDS
