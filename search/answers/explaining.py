"""What a query is read as, and what other words do to it: for those who keep the synonyms."""

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
    """A word that was typed, and who lets which others stand for it."""

    word: str
    sources: tuple[SynonymSource, ...]


@dataclass(frozen=True, slots=True)
class FieldMeaning:
    """`values` are the facet's values that are called so; none where nothing is: then it is looked for as a word."""

    typed: FieldValue
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Hits that have every word, and how many looser ones the search page would list below them."""

    strict: int
    looser: int


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """What the person who asks finds on one engine, with other words and without; None while it is away."""

    engine: str
    parsed: ParsedText
    read_as: tuple[tuple[str, str], ...] = ()
    with_others: Found | None = None
    without: Found | None = None

    @property
    def is_away(self) -> bool:
        return self.with_others is None


@dataclass(frozen=True, slots=True)
class Explanation:
    """`parsed` is what is looked for; `folded` what was typed in another form, and which form is looked for."""

    parsed: ParsedText
    fields: tuple[FieldMeaning, ...]
    folded: tuple[tuple[str, str], ...]
    read_as: tuple[tuple[str, str], ...]
    expansions: tuple[Expansion, ...]
    answers: tuple[EngineAnswer, ...]


def explain(
    query: SearchQuery,
    audience: frozenset[str],
    *,
    draft: Synonym | None = None,
    engines: Sequence[Engine] | None = None,
) -> Explanation:
    """As a search by this reader would read it, with a row that is not saved yet if one is given."""
    asked = read_fields(query)
    words = thesaurus_with(draft) if draft else thesaurus()
    asked_engines = [get_engine(name) for name in engine_names()] if engines is None else engines
    answers = tuple(_answer(engine, asked, audience, words) for engine in asked_engines)
    told = next((answer for answer in answers if not answer.is_away), EngineAnswer("", asked.parsed))
    return Explanation(
        parsed=told.parsed,
        fields=tuple(
            FieldMeaning(typed, codes_named(typed.facet, typed.written)) for typed in query.parsed.fields
        ),
        folded=_folded(query.text),
        read_as=told.read_as,
        expansions=_expansions(told.parsed, words, draft),
        answers=answers,
    )


def _answer(engine: Engine, asked: SearchQuery, audience: frozenset[str], words: Thesaurus) -> EngineAnswer:
    try:
        understood, read_as = read_pinyin(engine, asked, audience, words)
        with_others, without = (
            _found(engine, make_plans(understood, audience, known)) for known in (words, Thesaurus())
        )
    except SearchUnavailable:
        return EngineAnswer(engine.name, asked.parsed)
    return EngineAnswer(engine.name, understood.parsed, read_as, with_others, without)


def _found(engine: Engine, plans: Plans) -> Found:
    strict, relaxed = engine.counts([plans.strict, plans.relaxed or plans.strict])
    return Found(strict, 0 if is_enough(engine, plans, strict) else relaxed - strict)


def _expansions(parsed: ParsedText, words: Thesaurus, draft: Synonym | None) -> tuple[Expansion, ...]:
    found = {"".join(each.word.split()): each.word for each in synonym_matches(parsed, words)}
    sources = sources_of(found, draft)
    return tuple(Expansion(word, tuple(sources[key])) for key, word in found.items())


def _folded(text: str) -> tuple[tuple[str, str], ...]:
    """Runs in traditional characters, full width or another form; upper case alone goes without saying."""
    folded, offsets = fold_with_offsets(text)
    found = (
        (text[offsets[run.start()] : offsets[run.end() - 1] + 1], run[0]) for run in RUN.finditer(folded)
    )
    return tuple(dict.fromkeys((typed, form) for typed, form in found if typed.lower() != form))
