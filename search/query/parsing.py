"""Parsing of what people type: keywords, "exact phrases", -exclusions, field:value, sentences. Nothing is an error."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

from search.facets import FACET_BY_ALIAS, FACETS
from search.plan import DATE, RELEVANCE
from search.text.analysis import is_han, runs, unigrams

# A longer run of Han characters is read as natural language, of which a hit need not have every word.
MAX_KEYWORD_HAN = 8
# So is a stretch without spaces whose parts, punctuation apart, are together longer than this.
MAX_CHUNK_LENGTH = 12
# Longer texts are cut: they take time and find no more.
MAX_CHARACTERS = 500
MAX_FIELDS = 20

# Straight, curly, full-width and corner quotation marks, each with its own closing one.
_QUOTED = r"""(?:"[^"]+"|“[^”]+”|＂[^＂]+＂|「[^」]+」)"""
# A quoted phrase between spaces, with a minus (of either width) where it is excluded: marks inside a sentence are
# punctuation.
QUOTED = re.compile(r"""(?<!\S)([-－]?)(?:"([^"]+)"|“([^”]+)”|＂([^＂]+)＂|「([^」]+)」)(?!\S)""")
# Signs that a stretch is a sentence, however short.
SENTENCE_SIGNS = re.compile(
    r"[?？!！。；;]|吗|呢|什么|如何|怎么|怎样|哪些|能否|是否|可否|多少|为何|谁|\b(?:what|how|who|when|why)\b",
    re.I,
)
# A minus before a word; one inside a word (COVID-19) is part of it.
EXCLUDED = re.compile(r"(?<!\S)[-－](\S+)")
# A field with its value, or a phrase, which is passed over: what looks like a field inside a phrase is none.
FIELD = re.compile(
    rf"(?<!\S)[-－]?{_QUOTED}(?!\S)|(?<!\S)(?P<minus>[-－]?)"
    rf"(?P<facet>{'|'.join(sorted(FACET_BY_ALIAS, key=len, reverse=True))})[:：](?P<written>{_QUOTED}|\S+)",
    re.IGNORECASE,
)
# Several values of one field stand in a list: 部门:法院,检察院.
SEPARATORS = re.compile(r"[,，|]")
QUOTATION_MARKS = '"“”＂「」'


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A `field:value` as typed; `search.query.fields` decides which facet values it means."""

    facet: str
    written: str
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A parsed text: `keywords` are runs that must occur, `sentences` match in part, `phrases` word for word."""

    keywords: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    fields: tuple[FieldValue, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.keywords or self.sentences or self.phrases or self.excluded)

    @property
    def included(self) -> tuple[str, ...]:
        """Return every part that hits are scored by: keywords, sentences, phrases."""
        return (*self.keywords, *self.sentences, *self.phrases)


Values = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A search as requested: `filters` pairs a facet with values of which a record must have one; all must hold.

    `without` are facet values that must not hold; `unknown` are typed fields whose value means no code of the facet.
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
            usable = tuple(
                (facet, values) for facet, values in getattr(self, name) if facet in FACETS and values
            )
            object.__setattr__(self, name, usable)
        if self.sort not in (RELEVANCE, DATE):
            object.__setattr__(self, "sort", RELEVANCE)

    @property
    def effective_sort(self) -> str:
        """Return the chosen order; newest first where there are no words that a hit could be relevant to."""
        return self.sort if self.parsed.included else DATE

    def values(self, facet: str) -> tuple[str, ...]:
        return dict(self.filters).get(facet, ())

    def with_keywords(self, keywords: tuple[str, ...]) -> Self:
        """Return the same query, its text unchanged, with other keywords to search by."""
        query = replace(self)
        object.__setattr__(query, "parsed", replace(self.parsed, keywords=keywords))
        return query

    def page(self, *, offset: int, limit: int) -> Self:
        return replace(self, offset=offset, limit=limit)


def parse_text(text: str) -> ParsedText:
    """Parse a text: fields first, then phrases and exclusions; what remains is keywords and sentences."""
    remainder = text[:MAX_CHARACTERS]
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

    remainder = FIELD.sub(take_field, remainder)
    remainder = QUOTED.sub(take_quoted, remainder)
    remainder = EXCLUDED.sub(take_excluded, remainder)
    keywords, sentences = _split_chunks(remainder)
    return ParsedText(
        keywords=tuple(dict.fromkeys(keywords)),
        sentences=tuple(dict.fromkeys(sentences)),
        phrases=tuple(phrase for phrase in phrases if runs(phrase)),
        excluded=tuple(item for item in excluded if runs(item)),
        fields=tuple(dict.fromkeys(fields))[:MAX_FIELDS],
    )


def with_fields(text: str, keep: Callable[[FieldValue], bool]) -> str:
    """Return the text as typed, without those `field:value` parts for which `keep` is false."""

    def rewritten(match: re.Match[str]) -> str:
        if match["facet"] is None:
            return match[0]
        values = _field_values(match)
        remaining = [value.written for value in values if keep(value)]
        if len(remaining) == len(values):
            return match[0]
        return f"{match['minus']}{match['facet']}:{','.join(remaining)}" if remaining else " "

    return " ".join(FIELD.sub(rewritten, text[:MAX_CHARACTERS]).split())


def without_fields(text: str) -> str:
    """Return the text as typed, without any `field:value`."""
    return with_fields(text, lambda value: False)


def in_quotes(text: str, words: str) -> str:
    """Return the text with these words in quotation marks, so that they are searched word for word.

    The text stays as it is where the words do not stand side by side in it, separated by spaces alone.
    """
    phrase = words.split()
    parts = text.split()
    for start in range(len(parts) - len(phrase) + 1):
        end = start + len(phrase)
        window = parts[start:end]
        if (
            phrase
            and [runs(part) for part in window] == [[word] for word in phrase]
            and not _is_marked(window)
        ):
            return " ".join([*parts[:start], f'"{" ".join(window)}"', *parts[end:]])
    return " ".join(parts)


def _is_marked(parts: list[str]) -> bool:
    """Return whether a part begins with a minus or a quotation mark, so that quoting it would change more."""
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
    """Return (keywords, sentences) of the stretches between spaces."""
    keywords: list[str] = []
    sentences: list[str] = []
    for chunk in text.split():
        chunk_runs = runs(chunk)
        if chunk_runs and (SENTENCE_SIGNS.search(chunk) or _is_long(chunk_runs)):
            sentences.append(chunk)
        else:
            keywords.extend(chunk_runs)
    return keywords, sentences


def _is_long(chunk_runs: list[str]) -> bool:
    if any(is_han(run) and len(run) > MAX_KEYWORD_HAN for run in chunk_runs):
        return True
    return len(unigrams("".join(chunk_runs))) > MAX_CHUNK_LENGTH
