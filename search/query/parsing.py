"""What people type, read without ever failing: keywords, "exact phrases", -exclusions, field:value, sentences."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

from search.facets import FACET_BY_ALIAS, FACETS
from search.plan import DATE, RELEVANCE
from search.text.analysis import is_han, runs, unigrams

# A longer run of Han characters is read as natural language.
KEYWORD_HAN = 8
# So is a stretch without spaces whose parts, punctuation apart, are together longer than this.
CHUNK_KEYWORDS = 12
MAX_CHARACTERS = 500
MAX_FIELDS = 20

_QUOTED = r"""(?:"[^"]+"|“[^”]+”|＂[^＂]+＂|「[^」]+」)"""
QUOTED = re.compile(r"""(?<!\S)([-－]?)(?:"([^"]+)"|“([^”]+)”|＂([^＂]+)＂|「([^」]+)」)(?!\S)""")
# Signs that a stretch is a sentence, however short.
ASKING = re.compile(
    r"[?？!！。；;]|吗|呢|什么|如何|怎么|怎样|哪些|能否|是否|可否|多少|为何|谁|\b(?:what|how|who|when|why)\b",
    re.I,
)
EXCLUDED = re.compile(r"(?<!\S)[-－](\S+)")
# Or a phrase, which is passed over: what looks like a field in it is none.
FIELD = re.compile(
    rf"(?<!\S)[-－]?{_QUOTED}(?!\S)|(?<!\S)(?P<minus>[-－]?)"
    rf"(?P<facet>{'|'.join(sorted(FACET_BY_ALIAS, key=len, reverse=True))})[:：](?P<written>{_QUOTED}|\S+)",
    re.IGNORECASE,
)
SEPARATORS = re.compile(r"[,，|]")
QUOTATION_MARKS = '"“”＂「」'


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One `field:value` as typed; which records that means is for `search.query.fields` to say."""

    facet: str
    written: str
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class ParsedText:
    """`keywords` are runs that must occur, `sentences` match in part, `phrases` word for word."""

    keywords: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    fields: tuple[FieldValue, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.keywords or self.sentences or self.phrases or self.excluded)

    @property
    def wanted(self) -> tuple[str, ...]:
        return (*self.keywords, *self.sentences, *self.phrases)


Values = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """`filters` pairs a facet with the values of which one must hold; facets narrow one another.

    `without` are facet values that must not hold; `unknown` are typed values that no record has.
    """

    text: str = ""
    filters: Values = ()
    sort: str = ""
    offset: int = 0
    limit: int = 10
    facets: tuple[str, ...] = ()
    without: Values = ()
    unknown: tuple[FieldValue, ...] = ()
    parsed: ParsedText = field(default_factory=ParsedText, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parsed", parse_text(self.text))
        for name in ("filters", "without"):
            kept = tuple(
                (facet, values) for facet, values in getattr(self, name) if facet in FACETS and values
            )
            object.__setattr__(self, name, kept)
        if self.sort not in (RELEVANCE, DATE):
            object.__setattr__(self, "sort", RELEVANCE)

    @property
    def effective_sort(self) -> str:
        """Without words there is nothing to be relevant to: newest first."""
        return self.sort if self.parsed.wanted else DATE

    def values(self, facet: str) -> tuple[str, ...]:
        return dict(self.filters).get(facet, ())

    def meaning(self, keywords: tuple[str, ...]) -> Self:
        """The same query with other keywords understood by its text."""
        meant = replace(self)
        object.__setattr__(meant, "parsed", replace(self.parsed, keywords=keywords))
        return meant

    def page(self, *, offset: int, limit: int) -> Self:
        return replace(self, offset=offset, limit=limit)


def parse_text(text: str) -> ParsedText:
    rest = text[:MAX_CHARACTERS]
    fields: list[FieldValue] = []
    phrases: list[str] = []
    excluded: list[str] = []

    def take_field(match: re.Match[str]) -> str:
        if match["facet"] is None:
            return match[0]
        fields.extend(_field_values(match))
        return " "

    def take_quoted(match: re.Match[str]) -> str:
        quoted = next(group for group in match.groups()[1:] if group is not None)
        (excluded if match[1] else phrases).append(quoted)
        return " "

    def take_excluded(match: re.Match[str]) -> str:
        excluded.append(match[1])
        return " "

    rest = FIELD.sub(take_field, rest)
    rest = QUOTED.sub(take_quoted, rest)
    rest = EXCLUDED.sub(take_excluded, rest)
    keywords, sentences = _split_chunks(rest)
    return ParsedText(
        keywords=tuple(dict.fromkeys(keywords)),
        sentences=tuple(dict.fromkeys(sentences)),
        phrases=tuple(phrase for phrase in phrases if runs(phrase)),
        excluded=tuple(item for item in excluded if runs(item)),
        fields=tuple(dict.fromkeys(fields))[:MAX_FIELDS],
    )


def with_fields(text: str, keep: Callable[[FieldValue], bool]) -> str:
    """The text as typed, less those `field:value` parts that are not to be kept."""

    def put(match: re.Match[str]) -> str:
        if match["facet"] is None:
            return match[0]
        values = _field_values(match)
        kept = [value for value in values if keep(value)]
        if len(kept) == len(values):
            return match[0]
        return (
            f"{match['minus']}{match['facet']}:{','.join(value.written for value in kept)}" if kept else " "
        )

    return " ".join(FIELD.sub(put, text[:MAX_CHARACTERS]).split())


def without_fields(text: str) -> str:
    """The text as typed, less all of them."""
    return with_fields(text, lambda value: False)


def in_quotes(text: str, words: str) -> str:
    """The text with words that stand between spaces in quotation marks, so that they are taken word for word.

    As it was where they do not stand side by side in it, each on its own.
    """
    wanted = words.split()
    parts = text.split()
    for place in range(len(parts) - len(wanted) + 1):
        found = parts[place : place + len(wanted)]
        if wanted and [runs(part) for part in found] == [[word] for word in wanted] and not _is_marked(found):
            return " ".join([*parts[:place], f'"{" ".join(found)}"', *parts[place + len(wanted) :]])
    return " ".join(parts)


def _is_marked(parts: list[str]) -> bool:
    return any(part[0] in f"-－{QUOTATION_MARKS}" for part in parts)


def _field_values(match: re.Match[str]) -> list[FieldValue]:
    facet = FACET_BY_ALIAS[match["facet"].lower()].name
    written = match["written"]
    if written[0] in QUOTATION_MARKS and len(written) > 1:
        values = [written.strip(QUOTATION_MARKS)]
    else:
        values = SEPARATORS.split(written)
    return [FieldValue(facet, value.strip(), bool(match["minus"])) for value in values if value.strip()]


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
