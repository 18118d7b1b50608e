"""Explanation of a query to those who keep the synonyms: how it is read, and what synonyms change."""

from collections.abc import Sequence
from dataclasses import dataclass

from search.answers.searching import is_enough
from search.answers.spelling import read_pinyin
from search.engines.base import Engine, SearchUnavailable
from search.engines.configured import engine_names, get_engine
from search.facets import codes_named
from search.models import Synonym
from search.query.fields import read_fields
from search.query.parsing import FieldValue, ParsedText, SearchQuery
from search.query.planning import Plans, make_plans, synonym_matches
from search.query.thesaurus import Thesaurus
from search.query.vocabulary import SynonymSource, sources_of, thesaurus, thesaurus_with
from search.text.analysis import RUN, fold_with_offsets


@dataclass(frozen=True, slots=True)
class Expansion:
    """A typed word with the sources of its synonyms."""

    word: str
    sources: tuple[SynonymSource, ...]


@dataclass(frozen=True, slots=True)
class FieldMeaning:
    """A typed `field:value` with the facet values that it means; without any, it is searched as a word."""

    typed: FieldValue
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HitCounts:
    """Hits with every word, and relaxed hits that the search page would list below them."""

    strict: int
    relaxed: int


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """Hits of this reader on one engine, with and without synonyms; None while the engine is away."""

    engine: str
    parsed: ParsedText
    pinyin_conversions: tuple[tuple[str, str], ...] = ()
    with_synonyms: HitCounts | None = None
    without_synonyms: HitCounts | None = None

    @property
    def is_away(self) -> bool:
        return self.with_synonyms is None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reading of a query: `parsed` is searched, `folded` pairs what was typed with the form that is searched."""

    parsed: ParsedText
    fields: tuple[FieldMeaning, ...]
    folded: tuple[tuple[str, str], ...]
    pinyin_conversions: tuple[tuple[str, str], ...]
    expansions: tuple[Expansion, ...]
    answers: tuple[EngineAnswer, ...]


def explain(
    query: SearchQuery,
    audience: frozenset[str],
    *,
    draft: Synonym | None = None,
    engines: Sequence[Engine] | None = None,
) -> Explanation:
    """Explain a query as a search by this reader would read it, with an unsaved row of synonyms if one is given."""
    with_filters = read_fields(query)
    words = thesaurus_with(draft) if draft else thesaurus()
    used = [get_engine(name) for name in engine_names()] if engines is None else engines
    answers = tuple(_answer(engine, with_filters, audience, words) for engine in used)
    first = next((answer for answer in answers if not answer.is_away), EngineAnswer("", with_filters.parsed))
    return Explanation(
        parsed=first.parsed,
        fields=tuple(
            FieldMeaning(typed, codes_named(typed.facet, typed.written)) for typed in query.parsed.fields
        ),
        folded=_folded(query.text),
        pinyin_conversions=first.pinyin_conversions,
        expansions=_expansions(first.parsed, words, draft),
        answers=answers,
    )


def _answer(engine: Engine, query: SearchQuery, audience: frozenset[str], words: Thesaurus) -> EngineAnswer:
    try:
        converted, conversions = read_pinyin(engine, query, audience, words)
        with_synonyms, without_synonyms = (
            _hit_counts(engine, make_plans(converted, audience, synonyms))
            for synonyms in (words, Thesaurus())
        )
    except SearchUnavailable:
        return EngineAnswer(engine.name, query.parsed)
    return EngineAnswer(engine.name, converted.parsed, conversions, with_synonyms, without_synonyms)


def _hit_counts(engine: Engine, plans: Plans) -> HitCounts:
    strict, relaxed = engine.counts([plans.strict, plans.relaxed or plans.strict])
    return HitCounts(strict, 0 if is_enough(engine, plans, strict) else relaxed - strict)


def _expansions(parsed: ParsedText, words: Thesaurus, draft: Synonym | None) -> tuple[Expansion, ...]:
    word_by_key = {"".join(match.word.split()): match.word for match in synonym_matches(parsed, words)}
    sources = sources_of(word_by_key, draft)
    return tuple(Expansion(word, tuple(sources[key])) for key, word in word_by_key.items())


def _folded(text: str) -> tuple[tuple[str, str], ...]:
    """Return (typed, folded) runs in traditional characters, full width and the like; not those in upper case alone."""
    folded, offsets = fold_with_offsets(text)
    pairs = (
        (text[offsets[run.start()] : offsets[run.end() - 1] + 1], run[0]) for run in RUN.finditer(folded)
    )
    return tuple(dict.fromkeys((typed, form) for typed, form in pairs if typed.lower() != form))
